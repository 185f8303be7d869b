// Plausible's tracker from npm.
import { init, track as send } from "@plausible-analytics/tracker";

export const start = (sink) => init({ domain: "bench.example", endpoint: `${sink}/api/event`, captureOnLocalhost: true, logging: false });
export const track = (i) => send(`goal-${i % 5}`, { props: { value: String(i) } });
export const mark = (name) => send(name);
