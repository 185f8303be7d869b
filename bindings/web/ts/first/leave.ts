// The page is hidden or left: the last moment to send for certain. The core is told; before it came, the first script sends.
import type { Start } from "../shared/port.ts";
import { type Body, type Plain, takePlain } from "./plain.ts";
import { now } from "./queue.ts";

/** Throws where the browser has no honest random bits. */
export function sendAtLeave(port: Start): void {
  const { settings, t0 } = port;
  const { key, endpoint, consent } = settings;
  const sr = +(settings.sampling ?? 1);
  // 96 random bits, base64url.
  const bits = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(12)));
  const plain = (port.plain = { inst: btoa(bits).replace(/\+/g, "-").replace(/\//g, "_"), sr, n: 0, bn: 0, renders: {} } as Plain);
  const isSampled = Math.random() < sr;
  const unsent: Body[] = [];

  const send = async (body: Body) => {
    try {
      // Text, and no header of ours: no preflight.
      const query = new URLSearchParams({ k: key, w: Date.now(), a: body[2]++, s: Math.round(now() - t0.mono) } as object as Record<string, string>);
      const { ok } = await fetch(endpoint.replace(/\/*$/, `/v1/batch?${query}`), { method: "POST", body: body[0], keepalive: true, credentials: "omit" });
      if (!ok) throw 0;
      port.sentPlain += body[1];
    } catch {
      // At the next leave, if this was not the last: a page that goes for good is told so of requests that arrive.
      setTimeout(() => unsent.push(body), Limit.SettledMs);
    }
  };

  port.leave = port.guard(() => {
    if (port.sink) port.push([now(), "leave"]);
    else if (isSampled && /^[fm]/.test(port.consent || denial(key) || consent!)) {
      const dev = { lang: navigator.language, tz: -new Date().getTimezoneOffset(), vw: innerWidth, vh: innerHeight };
      const body = takePlain(port, plain, now(), dev, (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl);
      if (body) unsent.push(body);
    }
    unsent.splice(0).forEach(send);
  });
}

/** What a visitor denied at a visit before still holds; unless storage is refused, which knows of nothing. */
function denial(key: string): string | null | undefined {
  try {
    return localStorage.getItem(`eyeline:${key}`);
  } catch {}
  return;
}

const enum Limit {
  /** Ours: longer than a page goes on after its last leave, shorter than a visitor stays away. */
  SettledMs = 1_000,
}
