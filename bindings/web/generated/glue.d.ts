/* tslint:disable */
/* eslint-disable */

/**
 * A tab's engine.
 */
export class Core {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The tab is (no longer) visible and focused.
     */
    active(m: number, w: number, active: boolean): void;
    /**
     * The visitor did something.
     */
    activity(m: number, w: number): void;
    /**
     * How the upload of this ticket went. `code` is 0 unreachable, 1 timed out, 2 taken (the host read the answer: how many
     * events are `ok`, and the numbers of those `rejected`), else the HTTP status, with its `Retry-After` header or an
     * empty string. An answer to an upload that the engine no longer waits for is ignored.
     */
    answer(m: number, w: number, ticket: number, code: number, ok: number, rejected: Float64Array | number[], retry_after: string): void;
    /**
     * The page is hidden, from where it may never return: what is watched is told as it stands, the open batch closes.
     */
    background(m: number, w: number): void;
    /**
     * The upload's body, handed over: ask once, after path and kind.
     */
    body(): Uint8Array;
    /**
     * An impression was clicked; `target` is host and path.
     */
    click(m: number, w: number, imp: number, trusted: boolean, target: string): void;
    /**
     * The visitor chose: 0 pending, 1 full, 2 measure only, 3 denied.
     */
    consent(m: number, w: number, choice: number): void;
    /**
     * A goal was reached. `value` is in minor units and holds where `currency` is three letters of ISO 4217.
     */
    convert(m: number, w: number, goal: string, value: number, currency: string, order: string): void;
    /**
     * The device as it is now; arguments as for a start.
     */
    device(m: number, w: number, text: string, tz: number, vw: number, vh: number): void;
    /**
     * How many events the upload carries.
     */
    events(): number;
    /**
     * Closes the open batch so that it can be sent at once.
     */
    flush(m: number, w: number): void;
    /**
     * The visitor asks to be forgotten.
     */
    forget(m: number, w: number): void;
    /**
     * Whether the browser asks not to be tracked (Global Privacy Control).
     */
    gpc(m: number, w: number, gpc: boolean): void;
    /**
     * An impression ends.
     */
    hide(m: number, w: number, imp: number, why: string): void;
    /**
     * 0 a batch, 1 a request to forget.
     */
    kind(): number;
    /**
     * An impression's media moved on: start, q25, q50, q75, complete, pause, resume, mute, error or stop, as 0 to 9. Times
     * are ms; a negative `watched` and an infinite `length` are unknown; `flags` is 1 autoplay plus 2 muted.
     */
    media(m: number, w: number, imp: number, state: number, position: number, watched: number, length: number, flags: number): void;
    /**
     * What to do now: -1 send an upload, -2 nothing until the next call, else the ms after which to ask again.
     */
    next(m: number, w: number): number;
    /**
     * Another page of a single-page application is shown: what was watched ends. An empty `site` means the same as before.
     */
    page(m: number, w: number, site: string, path: string, referrer: string): void;
    /**
     * The upload's path and query without the write key: append `&k=`.
     */
    path(): string;
    /**
     * Where what was last previewed, or last seen waiting, goes, without the write key.
     */
    previewPath(): string;
    /**
     * The body that would deliver the open batch if the page died now; nothing changes. Undefined where nothing may be sent.
     */
    preview(m: number, w: number): Uint8Array | undefined;
    /**
     * Content is shown. The impression's number, 0 where it was refused. `position` is -1 and `propensity` NaN where
     * unknown; `flags` is 1 measurable plus 2 exploration plus 4 video; `rule` is the name of a
     * rule of the page's own with its visible fraction and ms, or empty; `variant` is the content's form.
     */
    render(m: number, w: number, content: string, placement: string, position: number, request: string, model: string, propensity: number, flags: number, rule: string, fraction: number, ms: number, variant: string): number;
    /**
     * Content was delivered to a placement, whether or not it is ever shown. Arguments as for `render`.
     */
    serve(m: number, w: number, content: string, placement: string, position: number, request: string, model: string, propensity: number, flags: number): void;
    /**
     * Nothing more is recorded; uploads may go on.
     */
    shutdown(m: number, w: number): void;
    /**
     * What became of every event: captured, delivered, queued, bytes queued, batches set aside, requests to forget that
     * wait, failures of the store, then losses by reason in the order `queue_full`, `expired`, `too_large`, `refused`,
     * `consent_withdrawn`, `storage_failed`, `unconfirmed`.
     */
    stats(m: number, w: number): Float64Array;
    /**
     * The host could not store what it was handed last. The engine goes on in memory, counts it, and hands out a whole
     * copy after a while.
     */
    storageFailed(m: number, w: number): void;
    /**
     * The number that names the upload to `answer`.
     */
    ticket(): number;
    /**
     * How much of an impression shows from now on: its visible fraction, its whole size in CSS px.
     */
    visible(m: number, w: number, imp: number, fraction: number, width: number, height: number): void;
    /**
     * The body of the sealed batch number `skip`, from 0, of those that wait while another is on its way; nothing changes.
     * For a page that is left: it sends all of them at once.
     */
    waiting(m: number, w: number, skip: number): Uint8Array | undefined;
    /**
     * Hands out what has to be stored now, as one transaction: for each change its operation (0 set, 1 delete, 2 delete
     * this number and all below, 3 delete everything in this slot), the class, the number and the value.
     */
    writes(each: (op: number, class_: number, number: number, value: Uint8Array) => void): void;
}

/**
 * Collects what the store kept, then starts an engine on it.
 */
export class Restore {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Nothing kept so far.
     */
    constructor();
    /**
     * One entry as [`Core::writes`] handed it out. Entries come ascending by class and number, the order of a database;
     * a class that was never handed out is ignored.
     */
    put(_class: number, number: number, value: Uint8Array | number[]): void;
    /**
     * Starts. `page` is site, path and referrer, `device` class, system and language, `dims` and `exps` keys and values in
     * turn, each list with U+0001 between its parts. `tz` is minutes ahead of UTC, `vw` and `vh` CSS px. `consent` is 0
     * pending, 1 full, 2 measure only, 3 denied; `flags` is 1 for GPC plus 2 for an audience of children. Undefined
     * without a valid affiliate and SDK name.
     */
    start(m: number, w: number, affiliate: string, sdk: string, page: string, device: string, tz: number, vw: number, vh: number, dims: string, exps: string, consent: number, flags: number, rate: number): Core | undefined;
}

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_core_free: (a: number, b: number) => void;
    readonly __wbg_restore_free: (a: number, b: number) => void;
    readonly core_active: (a: number, b: number, c: number, d: number) => void;
    readonly core_activity: (a: number, b: number, c: number) => void;
    readonly core_answer: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => void;
    readonly core_background: (a: number, b: number, c: number) => void;
    readonly core_body: (a: number) => [number, number];
    readonly core_click: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly core_consent: (a: number, b: number, c: number, d: number) => void;
    readonly core_convert: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => void;
    readonly core_device: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly core_events: (a: number) => number;
    readonly core_flush: (a: number, b: number, c: number) => void;
    readonly core_forget: (a: number, b: number, c: number) => void;
    readonly core_gpc: (a: number, b: number, c: number, d: number) => void;
    readonly core_hide: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly core_kind: (a: number) => number;
    readonly core_media: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => void;
    readonly core_next: (a: number, b: number, c: number) => number;
    readonly core_page: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => void;
    readonly core_path: (a: number) => [number, number];
    readonly core_preview: (a: number, b: number, c: number) => [number, number];
    readonly core_previewPath: (a: number) => [number, number];
    readonly core_render: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number) => number;
    readonly core_serve: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number) => void;
    readonly core_shutdown: (a: number, b: number, c: number) => void;
    readonly core_stats: (a: number, b: number, c: number) => [number, number];
    readonly core_storageFailed: (a: number, b: number, c: number) => void;
    readonly core_ticket: (a: number) => number;
    readonly core_visible: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly core_waiting: (a: number, b: number, c: number, d: number) => [number, number];
    readonly core_writes: (a: number, b: any) => void;
    readonly restore_new: () => number;
    readonly restore_put: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly restore_start: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number, s: number, t: number, u: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
