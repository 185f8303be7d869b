// Lives of a tab, drawn from a seed: what a visitor, a page, a network and a store may do to an engine.
import { splitMix64 } from "./entropy.js";

/** Calls for one life: starts, events, answers, restarts. Times lie beyond 2^32 from the first call on. */
export const life = (seed, length) => {
  const next = splitMix64(seed);
  const below = (bound) => Number(next() % BigInt(bound));
  const pick = (...choices) => choices[below(choices.length)];
  let m = 5_000_000_000 + below(1_000);
  let w = 1_795_000_000_000 + below(1_000_000);
  let renders = 0;
  const now = () => {
    const by = pick(0, 1, 40, 300, 1_000, 4_000, 12_000) + below(10) / 16;
    m += by;
    w += by + pick(0, 0, 0, -3, 5);
    return [m, w];
  };
  const imp = () => 1 + below(renders + 2);
  const id = () => pick("item-14", "記事/七", "a\u{1f600}b", "x".repeat(128), "", "y".repeat(129), 'quo"te\\');
  const chosen = () => [pick("recs", "top", ""), pick(-1, 0, 3), pick("", "r9"), pick("", "bts@47"), pick(NaN, 0.087, 1, 2)];
  const start = (...[consent = 1]) => [
    "start", ...now(), "zozo-men", "web/0.1.0", "news.example.jp", "/a/b", "www.google.com", "phone", "iOS 18.1", "ja-JP",
    pick(540, -300), 390, 844.5, 1, "edition", "jp", ...pick([0], [1, "recs", "bts"]), consent, pick(0, 0, 1, 2), pick(1, 1, 0.5),
  ];
  const kinds = [
    () => (renders++, ["render", ...now(), id(), ...chosen(), below(8), ...pick(["", 0, 0], ["house", 0.75, 1_500]), pick("", "wide")]),
    () => ["visible", ...now(), imp(), below(11) / 10, pick(300, 970), pick(250, 600)],
    () => ["visible", ...now(), imp(), pick(1, 0.6, 0), 300, 250],
    () => ["click", ...now(), imp(), pick(true, false), pick("", "shop.example.jp/item/14")],
    () => ["media", ...now(), imp(), below(11), below(60_000), pick(-1, below(60_000)), pick(60_000, 1e18), below(4)],
    () => ["hide", ...now(), imp(), pick("removed", "bfcache")],
    () => ["serve", ...now(), id(), ...chosen(), below(4)],
    () => ["convert", ...now(), pick("purchase", ""), pick(1_200, -5, 5_000_000_000), pick("JPY", "", "jp"), pick("", "o-1")],
    () => ["page", ...now(), pick("", "m.example.jp"), "/c/" + below(3), ""],
    () => ["device", ...now(), "desktop", "", "en", 0, 1280, 720],
    () => ["active", ...now(), pick(true, true, false)],
    () => ["activity", ...now()],
    () => ["gpc", ...now(), pick(true, false)],
    () => ["flush", ...now()],
    () => ["background", ...now()],
    () => ["preview", ...now()],
    () => ["waiting", ...now(), below(3)],
    () => ["stats", ...now()],
    () => ["writes", ...now()],
    () => ["next", ...now()],
    () => ["next", ...now()],
    () => ["answer", ...now(), 2, "", below(5), ...pick([], [1])],
    () => ["answer", ...now(), pick(0, 1, 200, 400, 401, 404, 413, 429, 503), pick("", "7", "Wed, 21 Oct 2026 07:28:00 GMT"), 0],
  ];
  const rare = [
    () => ["consent", ...now(), below(4)],
    () => ["forget", ...now()],
    () => ["storageFailed", ...now()],
    () => start(below(4)),
  ];
  const calls = [start(pick(0, 1, 1, 2)), ["active", ...now(), true]];
  while (calls.length < length) {
    const call = (below(25) ? pick(...kinds) : pick(...rare))();
    if (call[0] === "start") calls.push(["writes", ...now()]), (renders = 0);
    calls.push(call);
  }
  calls.push(["consent", ...now(), 1], ["flush", ...now()], ["writes", ...now()], ["next", ...now()], ["stats", ...now()]);
  return calls;
};
