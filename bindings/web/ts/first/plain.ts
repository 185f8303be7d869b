// Wire v1 without the core: what a page that is left too soon still delivers. Renders and clicks; no visitor id.
import type { Id, Mono, What } from "../shared/op.ts";
import type { Start } from "../shared/port.ts";
import { clean, isOn } from "./text.ts";

declare const __VERSION__: string;

/** What the batches of one page share. */
export interface Plain {
  readonly inst: string;
  /** Sampling rate. */
  readonly sr: number;
  /** Number of the last event, and of the last batch. */
  n: number;
  bn: number;
  /** Renders sent so far and their moments: a click repeats what was shown. */
  readonly renders: Record<Id, readonly [Mono, What]>;
}

/** A body to send, how many events it holds, and the number of the attempt. */
export type Body = [json: string, events: number, attempt: number];

/** Takes the renders and clicks out of the port, as one body; those beyond its bounds are left there. */
export function takePlain(port: Start, plain: Plain, now: Mono, dev: object, gpc: unknown): Body | undefined {
  const { settings, t0, page } = port;
  const events: string[] = [];
  let room: number = Limit.BodyBytes;
  let left = 0;

  port.ops = port.ops.filter(([t, kind, id, about, target]: any[]) => {
    const isRender = kind == "render";
    if (!isRender && kind != "click") return true;
    if (room < 0 || events[Limit.Events - 1]) return ++left;
    if (isRender) plain.renders[id] = [t, about];
    // The render of a click may have been dropped from a full queue.
    if (!plain.renders[id]) return void port.dropped++;
    const [rendered, what] = plain.renders[id]!;
    const json = JSON.stringify({
      k: kind,
      n: ++plain.n,
      dt: Math.max(0, Math.round(t - t0.mono)),
      imp: id,
      c: what.content,
      pl: what.placement,
      pos: what.position,
      ...(isRender
        ? {
            // Not seen long enough to be viewable is measured; what may have been viewable is not.
            ms: now - what.seen! >= (what.rule ? what.rule.ms : 1_000) ? 0 : what.measurable,
            var: what.variant,
            req: what.request,
            m: what.model,
            p: what.propensity,
            x: +what.exploration!,
          }
        : { lat: Math.round(t - rendered), tr: +about, tg: target || undefined }),
    });
    room -= new Blob([json]).size;
    events.push(json);
    return;
  });
  if (!events[0]) return;
  const context = {
    v: "1-0-0",
    inst: plain.inst,
    bn: ++plain.bn,
    sdk: `web-first/${__VERSION__}`,
    t0: t0.wall,
    src: { aff: clean(settings.affiliate), site: page.site, page: page.path, ref: page.referrer },
    dev,
    con: { mode: "measure", gpc: +!!gpc, coppa: +isOn(settings.children) },
    exp: settings.exp,
    dim: settings.dim,
    sr: plain.sr,
    loss: { cap: plain.n + left + port.dropped, queue_full: port.dropped },
  };
  // Joined by hand: a page may have taught arrays a toJSON of its own.
  return [`${JSON.stringify(context).slice(0, -1)},"ev":[${events}]}`, events.length, 1];
}

const enum Limit {
  /** Below the 64 KiB that all keepalive requests of a page may hold together. */
  BodyBytes = 55_000,
  /** The wire's. */
  Events = 500,
}
