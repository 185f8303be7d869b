// Which consent holds: what the page said, and, where it was told to ask (`consent: "auto"`), what its platforms answer.
// Of both the stricter holds. While no platform was found, the page's own word stands alone.
import { watchPlatforms } from "./cmp.ts";
import { PENDING, stricter, type Choice } from "./consent-map.ts";

export class Consents {
  private _said: Choice | undefined;
  private _answered: Choice | undefined;
  readonly stop: () => void;

  /** `apply` is called with what holds from now on; it may be called before this returns. */
  constructor(
    auto: boolean,
    private readonly _apply: (choice: Choice) => void,
    vendor?: number,
  ) {
    this.stop = auto
      ? watchPlatforms((answered) => {
          this._answered = answered;
          this._apply(this.now());
        }, vendor)
      : () => {};
  }

  /** The page said so; returns what holds. */
  say(choice: Choice): Choice {
    this._said = choice;
    return this.now();
  }

  now(): Choice {
    const { _said: said, _answered: answered } = this;
    if (said === undefined) return answered ?? PENDING;
    return answered === undefined ? said : stricter(said, answered);
  }
}
