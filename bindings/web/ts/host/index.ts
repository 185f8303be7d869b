// The second part: brings the core, completes the first script, takes over what it saw and goes on from there.
import { attachPage } from "../page/index.ts";
import type { Host, Port, Start } from "../shared/port.ts";
import { load } from "./load.ts";
import { Tab } from "./tab.ts";

/** Rejects where the core can't be had; the first script then goes on alone. */
export const attach = (start: Start): Promise<Host> => attachPage(start, attachCore);

const attachCore = async (port: Port): Promise<Host> => {
  const tab = new Tab(port, await load());
  await tab.begin();
  return tab;
};
