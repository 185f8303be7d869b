// The second part: brings the core, takes over what the first script saw, and goes on from there.
import type { Attach } from "../shared/port.ts";
import { load } from "./load.ts";
import { Tab } from "./tab.ts";

/** Rejects where the core can't be had; the first script then goes on alone. */
export const attach: Attach = async (port) => {
  const tab = new Tab(port, await load());
  await tab.begin();
  return tab;
};
