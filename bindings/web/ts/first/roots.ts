// What happens in a document or shadow tree: content comes, loads, is clicked.
import type { Start } from "../shared/port.ts";
import { SELECTOR } from "./markup.ts";
import { now } from "./queue.ts";
import { Chars, clean } from "./text.ts";

export function watchRoots(port: Start): void {
  const { all, guard } = port;

  const find = (node: any) => {
    if (node.matches?.(SELECTOR)) port.watch(node);
    node.querySelectorAll?.(SELECTOR).forEach(port.watch);
  };

  const changes = new MutationObserver(
    guard((records) => {
      const added = new Set<Node | null>();
      for (const { addedNodes } of records) addedNodes.forEach((node) => added.add(node));
      // The parser reports a tree node by node, each within the one before.
      for (const node of added) if (!added.has(node!.parentNode)) find(node);
    }),
  );

  const loaded = guard(({ target }: { target: any }) => {
    for (; target; target = target.parentNode) if (all.has(target)) port.watch(target);
  });

  const clicked = guard((event: MouseEvent) => {
    const path = event.composedPath() as any[];
    const watched = path.map((el) => all.get(el)).find((found) => found?.id);
    // The right button opens a menu; the middle one a tab.
    if (watched && event.button < 2) {
      // Mail and telephone links have no host: whom they address is nobody's business.
      const link = path.find((el) => el.host && el.pathname);
      const target = watched.what!.target || (link ? link.host + link.pathname : "");
      port.push([now(), "click", watched.id, event.isTrusted, clean(target, Chars.Path)]);
    }
  });

  port.observe = guard((root) => {
    const listen = (name: string, heard: (event: any) => void) => root.addEventListener(name, heard, true);
    changes.observe(root, { childList: true, subtree: true });
    find(root);
    // Loads stay within their tree; a document hears the clicks in its shadow trees.
    listen("load", loaded);
    listen("error", loaded);
    if (root.nodeType == Type.Document) {
      listen("click", clicked);
      listen("auxclick", clicked);
    }
  });
  port.observe(document);
}

const enum Type {
  Document = 9,
}
