// A step of a scenario as the op that the first script would queue.
import { CONSENTS, MEDIA } from "./given.js";

/** Undefined where no op says it. */
export const opOf = (t, step) => {
  switch (step.do) {
    case "render":
      return [t, "render", step.view, whatOf(step)];
    case "visible":
      return [t, "visible", step.view, step.fraction, step.width, step.height];
    case "click":
      return [t, "click", step.view, step.trusted, step.target ?? ""];
    case "media": {
      const flags = (step.autoplay ? AUTOPLAY : 0) | (step.muted ? MUTED : 0);
      return [t, "media", step.view, MEDIA.indexOf(step.state), step.position, step.watched ?? -1, step.length ?? -1, flags];
    }
    case "hide":
      return [t, "hide", step.view, step.why];
    case "active":
      return [t, "active", step.active];
    case "page":
      return [t, "page", step.site ?? "", step.path ?? "", step.referrer ?? ""];
    case "serve":
      return [t, "serve", whatOf(step)];
    case "convert":
      return [t, "convert", step.goal, step.value ?? -1, step.currency ?? "", step.order ?? ""];
    case "consent":
      return [t, "consent", CONSENTS.indexOf(step.choice)];
    case "gpc":
      return [t, "gpc", step.on];
    case "background":
      return [t, "leave"];
    case "activity":
    case "forget":
    case "flush":
      return [t, step.do];
  }
};

const whatOf = ({ measurable = true, exploration = false, view, do: _, mono, wall, times, ...what }) => ({ ...what, exploration, measurable: +measurable });

const AUTOPLAY = 1;
const MUTED = 2;
