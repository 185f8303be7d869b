// The public handle: its calls become ops, each at its own moment.
import { CONSENTS, type Op, type What } from "../shared/op.ts";
import type { Conversion, Handle } from "../shared/handle.ts";
import type { Host, Start } from "../shared/port.ts";
import { now } from "../first/queue.ts";
import { clean } from "../first/text.ts";
import type { Trees } from "./trees.ts";
import { tidy } from "./what.ts";

/** Calls never throw; one that makes no sense is dropped, and said so in debug mode. `moment` is that of the call. */
export function openHandle(start: Start, host: Host, trees: Trees, arrive: (path?: string) => void, moment: () => number): Handle {
  const push = (...op: unknown[]) => start.push([moment(), ...op] as unknown as Op);
  const guard = <A extends unknown[]>(work: (...args: A) => void) =>
    start.guard((...args: A) => {
      try {
        work(...args);
      } catch (error) {
        if (start.settings.debug) console.warn("eyeline:", error);
      }
    });
  const known = (raw: object): What => {
    const what = tidy(raw);
    if (!what) throw "content is missing";
    return what;
  };
  return {
    impression: guard((el, what) => trees.say(el, known(what))),
    serve: guard((what) => push("serve", known(what))),
    convert: guard((goal, { value = -1, currency = "", order = "" }: Conversion = {}) => {
      const name = clean(goal);
      if (!name) throw "goal is missing";
      if (value >= 0 && !/^[A-Z]{3}$/.test(currency)) throw "a value needs a currency of three letters";
      push("convert", name, value >= 0 ? Math.round(value) : -1, value >= 0 ? currency : "", clean(order));
    }),
    page: guard(arrive),
    consent: guard((choice) => {
      const code = CONSENTS.indexOf(choice);
      if (code < 0) throw `consent is one of ${CONSENTS.join(", ")}`;
      start.consent = choice;
      keepDenial(start, choice);
      push("consent", code);
    }),
    forget: guard(() => push("forget")),
    flush: () => host.flush(),
    stats: () => host.stats(),
    stop() {
      trees.stop();
      host.stop();
      start.stopped = true;
    },
  };
}

const DENIED = CONSENTS.indexOf("denied") as 3;

/** Where a denial is kept, as its own value. */
const denialOf = (start: Start): string => `eyeline:${start.settings.key}`;

/**
 * What the same visitor denies in another tab of the site holds here too. Who is in this page is in no other: listening,
 * which takes the browser as long as a tenth of all starting, begins when it is left for the first time.
 */
export function hearDenial(start: Start): void {
  const heard = start.guard(({ key, newValue }: StorageEvent) => key == denialOf(start) && newValue && start.push([now(), "consent", DENIED]));
  const look = start.guard(() => {
    if (document.hasFocus() && !document.hidden) return;
    addEventListener("storage", heard);
    // WebKit tells only pages that have looked there themselves. Where storage is refused, no tab can keep a denial.
    localStorage.getItem("");
  });
  addEventListener("blur", look);
  document.addEventListener("visibilitychange", look);
  look();
}

/** A denial outlives the page, so that the first script keeps still at the next visit before anybody could ask the store. */
function keepDenial(start: Start, choice: string): void {
  try {
    if (choice == "denied") localStorage.setItem(denialOf(start), choice);
    else localStorage.removeItem(denialOf(start));
  } catch {
    // Storage is refused: nothing was kept, nothing is.
  }
}
