// The core as its wasm surface shows it to TypeScript: scalars in, bytes out. What it can do stands in generated/glue.d.ts.
import type { Core } from "#glue";

export type { Core };
export type Surface = Pick<typeof import("#glue"), "Restore">;

/** What the engine wants stored: 0 put, 1 delete, 2 delete through `number`, 3 wipe. */
export type Write = [op: number, cls: number, number: number, value: Uint8Array];

/** What is called with the moment it happened at, on the page's steady clock and its wall clock, both in ms. */
export type Method = { [K in keyof Core]: Core[K] extends (m: number, w: number, ...rest: any[]) => unknown ? K : never }[keyof Core];
/** What follows the moment. */
export type Rest<K extends Method> = Core[K] extends (m: number, w: number, ...rest: infer R) => unknown ? R : never;

/** What `next` says where it names no time to wait. */
export const READY = -1;
export const IDLE = -2;

/** Reasons of losses as `stats` lists them, after its seven counts. */
export const LOSSES = ["queue_full", "expired", "too_large", "refused", "consent_withdrawn", "storage_failed", "unconfirmed"];
export const FIRST_LOSS = 7;
