// PostHog from npm with its defaults. Its filter drops a headless browser's events, so it is told not to look at the user agent.
import posthog from "posthog-js";

export const start = (sink) => posthog.init("phc_bench", { api_host: sink, opt_out_useragent_filter: true });
export const track = (i) => posthog.capture(`goal-${i % 5}`, { value: i });
export const mark = (name) => posthog.capture(name);
