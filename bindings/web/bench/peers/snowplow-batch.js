// Snowplow sending 20 events at a time.
import { mark, start as one, track } from "./snowplow.js";

export const start = (sink) => one(sink, { batch: 20 });
export { mark, track };
