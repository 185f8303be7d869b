// What kind of device shows the page: class, system, language, offset from UTC, viewport. Nothing finer.
import type { Calls } from "./surface.ts";

type Hints = { mobile?: boolean; platform?: string };

/** In the order the core takes it. */
export const device = (): Calls["device"] => {
  const { userAgent: ua, language, maxTouchPoints } = navigator;
  const hints = (navigator as { userAgentData?: Hints }).userAgentData;
  const names = [classOf(ua, maxTouchPoints, hints), systemOf(ua, maxTouchPoints, hints), language || ""] as const;
  return [...names, -new Date().getTimezoneOffset(), innerWidth, innerHeight];
};

/** An iPad says it is a Mac; no Mac has a touch screen. */
const isPad = (ua: string, touch: number) => /iPad/.test(ua) || (/Macintosh/.test(ua) && touch > 1);

export const classOf = (ua: string, touch: number, hints?: Hints): string =>
  isPad(ua, touch) || /Tablet/.test(ua) || (/Android/.test(ua) && !/Mobile/.test(ua))
    ? "tablet"
    : hints?.mobile || /Mobi|iPhone|Android/.test(ua)
      ? "phone"
      : "desktop";

export const systemOf = (ua: string, touch: number, hints?: Hints): string => {
  if (hints?.platform) return hints.platform;
  if (isPad(ua, touch) || /iPhone|iPod/.test(ua)) {
    const version = /OS (\d+)[_.](\d+)/.exec(ua);
    return version ? `iOS ${version[1]}.${version[2]}` : "iOS";
  }
  // Android says Linux before it says Android.
  const known = (/Android( \d+)?/.exec(ua) ?? /Windows|Mac OS X|CrOS|Linux/.exec(ua))?.[0] ?? "";
  return known === "Mac OS X" ? "macOS" : known === "CrOS" ? "Chrome OS" : known;
};
