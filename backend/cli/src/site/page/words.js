// What an item is called and how it looks. The data knows only its number: the rest is made from that, the same each time.
const KINDS = {
  men: ["tee", "shirt", "coat", "trousers", "sneaker", "bag", "hat", "knit", "boots", "scarf"],
  women: ["dress", "skirt", "coat", "knit", "tee", "bag", "boots", "hat", "shirt", "scarf"],
  all: ["coat", "dress", "knit", "sneaker", "shirt", "skirt", "bag", "trousers", "boots", "hat", "tee", "scarf"],
};
const NAMES = {
  tee: "tee", shirt: "overshirt", coat: "coat", dress: "dress", trousers: "trousers", skirt: "skirt",
  sneaker: "trainers", bag: "tote", hat: "brimmed hat", knit: "jumper", boots: "ankle boots", scarf: "scarf",
};
const PATTERNS = ["plain", "stripes", "rib", "dots", "plain", "check"];
const MADE = { plain: ["Washed", "Heavy", "Soft", "Boxy"], stripes: ["Striped"], rib: ["Ribbed"], dots: ["Dotted"], check: ["Checked"] };
const COLOURS = [
  ["clay", 16, 52], ["ochre", 38, 58], ["moss", 88, 28], ["pine", 152, 30], ["teal", 182, 38],
  ["slate", 212, 24], ["indigo", 232, 38], ["plum", 304, 24], ["rose", 345, 46], ["brick", 4, 46],
];
const TEASERS = [
  "Cut for the first cold morning, and for every one after it.",
  "The piece our readers keep coming back to, seen three ways.",
  "Why a small change of cloth makes all the difference this week.",
  "Worn in, washed out, better each time: a short defence.",
  "Three rules for wearing it, and when to break them.",
  "From the archive to the high street in eleven years.",
  "What the pattern cutters say, and what they do themselves.",
  "One colour, head to toe: the case for and against.",
];

// FNV-1a, and MurmurHash3's last step, which spreads short texts over all bits.
const number = (text) => {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

export const look = ({ campaign, item }) => {
  const bits = number(`${campaign}/${item}`);
  const of = (list, shift) => list[(bits >>> shift) % list.length];
  const kind = of(KINDS[campaign] ?? KINDS.all, 3);
  const pattern = of(PATTERNS, 9);
  const [colour, hue, share] = of(COLOURS, 14);
  const title = `${of(MADE[pattern], 19)} ${NAMES[kind]} in ${colour}`;
  return { kind, pattern, hue, share, title, teaser: of(TEASERS, 22), yen: 2900 + (bits % 180) * 100, minutes: 2 + (bits % 6) };
};

export const content = ({ campaign, item }) => `item-${campaign}-${item}`;
export const address = ({ campaign, item }) => `/item/${campaign}/${item}`;
export const price = (yen) => `¥${yen.toLocaleString("en")}`;
