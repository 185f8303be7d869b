// Segment's analytics-next, with its settings given so that it asks no server for them.
import { AnalyticsBrowser } from "@segment/analytics-next";

let analytics;
export const start = (sink) => {
  const apiHost = `${sink.replace("http://", "")}/v1`;
  const settings = { integrations: { "Segment.io": { apiKey: "bench", apiHost, protocol: "http" } } };
  analytics = AnalyticsBrowser.load({ writeKey: "bench", cdnURL: sink, cdnSettings: settings });
  analytics.page();
};
export const track = (i) => analytics.track(`goal-${i % 5}`, { value: i });
export const mark = (name) => analytics.track(name);
