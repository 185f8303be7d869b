// Snowplow as its documentation sets it up, with element tracking on the cards.
import { SnowplowElementTrackingPlugin, startElementTracking } from "@snowplow/browser-plugin-element-tracking";
import { newTracker, trackPageView, trackStructEvent } from "@snowplow/browser-tracker";

export const start = (sink, { batch = 1, elements = true } = {}) => {
  newTracker("sp", sink, { appId: "bench", bufferSize: batch, plugins: elements ? [SnowplowElementTrackingPlugin()] : [] });
  trackPageView();
  if (elements) {
    startElementTracking({ elements: [{ name: "card", selector: ".card", expose: { when: "element", minPercentage: 0.5, minTimeMillis: 1000 } }] });
  }
};
export const track = (i) => trackStructEvent({ category: "bench", action: `goal-${i % 5}`, value: i });
export const mark = (name) => trackStructEvent({ category: "bench", action: name });
