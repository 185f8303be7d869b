// What @eyeline/web exports. Written by `cargo xtask web --bless`.

// npm/attributes.d.ts
/** The `data-eyeline-*` attributes of an element that shows `what`; measuring needs nothing else. */
export declare function attributes(what: What): Record<string, string>;

// npm/index.d.ts
/**
 * Starts measuring the page. A second start, such as React's in its strict mode, changes nothing before {@link Handle.stop}.
 * On a server nothing happens. Never throws.
 */
export declare function start(settings: Settings): Handle;
/** The running start's handle. Calls made before the start wait for it. */
export declare const eyeline: Handle;
export { ConsentChoice }
export { Conversion }
export { Handle }
export { Rule }
export { Settings }
export { Stats }
export { What }
export { attributes }

// npm/react.d.ts
/** Starts with `settings`, once, after the first render; without them it only hands out the handle. */
export declare function useEyeline(settings?: Settings): Handle;
/** A ref for the element that shows `what`. When `what` changes, the element shows something else from there on. */
export declare function useImpression<E extends Element = HTMLElement>(what: What): RefCallback<E>;
export type ImpressionProps<T extends ElementType = "div"> = {
    what: What;
    as?: T;
} & Omit<ComponentPropsWithoutRef<T>, "what" | "as">;
/** An element, a `div` unless `as` says otherwise, that shows `what`. */
export declare function Impression<T extends ElementType = "div">({ what, as, ...rest }: ImpressionProps<T>): ReactElement;
export { Handle }
export { Settings }
export { What }

// shared/handle.d.ts
export interface Conversion {
    /** In minor units of the currency: 1999 for 19.99 EUR. */
    value?: number;
    /** ISO 4217 code; needed with a value. */
    currency?: string;
    /** So that an order reported twice counts once. */
    order?: string;
}
export interface Handle {
    /** Measures an element that carries no markup, or replaces what its markup says. */
    impression(el: Element, what: Omit<What, "measurable">): void;
    /** Content was delivered to a placement, shown or not. */
    serve(what: Omit<What, "measurable">): void;
    convert(goal: string, conversion?: Conversion): void;
    /** A new page or screen is shown. Only needed where the path does not change with it. */
    page(path?: string): void;
    consent(choice: ConsentChoice): void;
    /** Erases this visitor at the collector and gives up the id. */
    forget(): void;
    /** Sends what is queued; true when all of it was delivered. */
    flush(): Promise<boolean>;
    stats(): Stats;
    /** Stops measuring; sends what is queued. */
    stop(): void;
}

// shared/op.d.ts
/** Ms of `performance.now()` at the moment it happened. */
export type Mono = number;
/** When an impression counts as viewable, where neither the MRC's display nor its video rule is meant. */
export interface Rule {
    /** Lower-case name the `viewable` event carries. */
    name: string;
    /** Share of the element that has to show, above 0 and at most 1. */
    fraction: number;
    /** How long without a break, in ms. */
    ms: number;
}
/** What is shown (or served), where, and what chose it. Texts are trimmed and within the wire's limits. */
export interface What {
    content: string;
    placement: string;
    /** Counted from 1. */
    position?: number;
    request?: string;
    /** `model@version`. */
    model?: string;
    /** Above 0 and at most 1. */
    propensity?: number;
    exploration?: boolean;
    variant?: string;
    /** 0 where this browser can't tell what shows. */
    measurable?: 0 | 1;
    video?: boolean;
    rule?: Rule;
    /** When any of it first showed: the first script's own note. */
    seen?: Mono;
    /** Host and path a click leads to, where the markup names it; otherwise the link clicked on. */
    target?: string;
}

// shared/port.d.ts
export interface Stats {
    captured: number;
    delivered: number;
    queued: number;
    /** By reason, as in the batch's `loss`. */
    lost: Record<string, number>;
    /** Which build runs: `first` while the first script is alone. */
    path: "first" | "wasm" | "js";
    /** Times the core failed and was started anew: a bug of ours. */
    traps?: number;
    /** Whether sealed batches outlive the page. */
    stored?: boolean;
}

// shared/settings.d.ts
export type ConsentChoice = "full" | "measure" | "pending" | "denied";
export interface Settings {
    /** Write key of the collector. */
    key: string;
    /** Origin of the collector, such as `https://collect.example.com`. */
    endpoint: string;
    /** Whose page this is. The key is bound to it. */
    affiliate: string;
    /** `auto`: pending until the page's TCF or GPP platform answers. Default `pending`. */
    consent?: ConsentChoice | "auto";
    /** With `auto`: the id in the IAB's Global Vendor List under which the page asks for us. Without one, purposes alone count. */
    vendor?: number;
    /** Default: the page's host name. */
    site?: string;
    /** The page is directed at children: no visitor id. */
    children?: boolean;
    /** Share of sessions to record, above 0 and at most 1. Default 1. */
    sampling?: number;
    /** Custom dimensions: at most 8. */
    dim?: Record<string, string>;
    /** Experiments and the variant the visitor is in. */
    exp?: Record<string, string>;
    /** Rule of every impression that names none. */
    rule?: Rule;
    /** Whether a change of the page's path is a new page view. Default true. */
    spa?: boolean;
    /** Say in the console what went wrong. */
    debug?: boolean;
    /** Folder of the second part and the wasm. Default: the script's own. */
    core?: string;
}
