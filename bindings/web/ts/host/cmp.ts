// Listens to the page's consent platform: IAB TCF (`__tcfapi`) and IAB GPP (`__gpp`), in this window or, through their
// locator frames, in one above. A platform may arrive late: it is looked for a few times, no more.
import { guarded } from "./guard.ts";
import { ofGpp, ofTcf, PENDING, stricter, type Choice, type GppPing, type TcData } from "./consent-map.ts";

type Api = (command: string, version: number, callback: (value: unknown, success: boolean) => void) => void;
type Reply = { callId?: unknown; returnValue?: unknown; success?: boolean } | undefined;

/**
 * Tells the choice each time it changes: pending while a platform that was found has not answered; nothing as long as
 * none was found. Where both answer, the stricter stands. Returns how to stop.
 */
export const watchPlatforms = (tell: (choice: Choice) => void, vendor?: number): (() => void) => {
  const choices = new Map<string, Choice>();
  const stops: (() => void)[] = [];
  let told: Choice | undefined;

  const settle = (name: string, choice: Choice) => {
    choices.set(name, choice);
    const all = [...choices.values()];
    const next = all.reduce(stricter);
    if (next !== told) tell((told = next));
  };

  const listen = (name: string, version: number, judge: (value: unknown) => Choice | undefined): boolean => {
    if (choices.has(name)) return true;
    const api = find(name, stops);
    if (!api) return false;
    settle(name, PENDING);
    try {
      const hear = guarded((value: unknown, success: boolean) => {
        const choice = success === false ? undefined : judge(value);
        if (choice !== undefined) settle(name, choice);
      });
      api("addEventListener", version, hear);
    } catch {
      // A broken platform has not answered: pending.
    }
    return true;
  };

  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = guarded(() => {
    const tcf = listen("tcf", 2, (value) => value ? ofTcf(value as TcData, vendor) : undefined);
    const gpp = listen("gpp", 1.1, (value) => {
      const ping = (value as { pingData?: GppPing } | undefined)?.pingData;
      return ping && ofGpp(ping, vendor);
    });
    // At 0.1, 0.3, 0.7 … 25.5 s: the last look is half a minute after the start.
    if (!(tcf && gpp) && tries < LOOKS) timer = setTimeout(look, FIRST_PAUSE_MS * 2 ** tries++);
  });
  look();
  return () => {
    clearTimeout(timer);
    stops.forEach((stop) => stop());
  };
};

/** The platform's function here, or a caller of it in the nearest frame above that says it has one. */
const find = (name: string, stops: (() => void)[]): Api | undefined => {
  const stem = name === "tcf" ? "__tcfapi" : "__gpp";
  const here = (window as unknown as Record<string, unknown>)[stem];
  if (typeof here === "function") {
    // GPP's own order of arguments has no version second.
    return name === "tcf" ? (here as Api) : (command, _, callback) => (here as (...args: unknown[]) => void)(command, callback);
  }
  for (let frame: Window = window; frame !== frame.parent; ) {
    frame = frame.parent;
    try {
      if ((frame.frames as unknown as Record<string, unknown>)[stem + "Locator"]) return throughFrame(stem, frame, stops);
    } catch {
      // A frame of another origin without that name.
    }
  }
  return undefined;
};

const throughFrame = (stem: string, frame: Window, stops: (() => void)[]): Api => (command, version, callback) => {
  const callId = "eyeline" + Math.random();
  const hear = (event: MessageEvent) => {
    if (event.source !== frame) return;
    try {
      const data = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
      const reply: Reply = data?.[stem + "Return"];
      if (reply?.callId === callId) callback(reply.returnValue, reply.success !== false);
    } catch {
      // Somebody else's message.
    }
  };
  addEventListener("message", hear);
  stops.push(() => removeEventListener("message", hear));
  frame.postMessage({ [stem + "Call"]: { command, version: stem === "__gpp" ? "" + version : version, callId } }, "*");
};

/** Ours: how often a platform is looked for. */
const LOOKS = 8;
const FIRST_PAUSE_MS = 100;
