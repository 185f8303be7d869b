// The tag's settings are text; code's are not. From here on both are what their type says.
import type { Settings } from "../shared/settings.ts";
import { isOn } from "../first/text.ts";

export function typed(settings: Settings): Settings {
  const { spa, sampling = 1, children, debug, vendor } = settings;
  return {
    ...settings,
    children: isOn(children),
    debug: isOn(debug),
    spa: isOn(spa ?? true),
    sampling: Number(sampling),
    ...(vendor && { vendor: Number(vendor) }),
  };
}
