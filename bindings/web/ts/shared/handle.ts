// The public handle: `window.eyeline`, and what start() returns.
import type { What } from "./op.ts";
import type { ConsentChoice } from "./settings.ts";
import type { Stats } from "./port.ts";

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
