// What every start is told, where a scenario says nothing else. README.md of the suite lists it.

export const givenOf = (scenario) => ({
  seed: 1,
  affiliate: "zozo-men",
  sdk: "conformance/1.0.0",
  consent: "full",
  gpc: false,
  children: false,
  sampling: 1,
  page: { site: "news.example.jp", path: "/a/b", referrer: "www.google.com" },
  device: { class: "phone", os: "iOS 18.1", language: "ja-JP", utc_offset_min: 540, viewport_width: 390, viewport_height: 844 },
  experiments: {},
  dimensions: {},
  ...scenario.given,
});

export const MEDIA = ["start", "q25", "q50", "q75", "complete", "pause", "resume", "mute", "error", "stop"];
export const CONSENTS = ["pending", "full", "measure", "denied"];
