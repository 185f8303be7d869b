// What the first script leaves out: content that changes or goes, and trees within the tree: open shadow roots, frames of this origin.
import type { Start, Watched } from "../shared/port.ts";
import type { What } from "../shared/op.ts";
import { gradually } from "./gradually.ts";
import { NAME, read, SELECTOR } from "../first/markup.ts";
import { MATOMO, MATOMO_ATTRIBUTES, readMatomo } from "./matomo.ts";
import { isSame } from "./what.ts";

type Root = Document | ShadowRoot;

export interface Trees {
  observe(root: Root): void;
  /** Measures an element as code says; that outranks its markup. */
  say(el: Element, what: What): void;
  /** Lets go of what left the page, be it with the frame it was in; with `why` of everything. */
  sweep(why?: string): void;
  /** Impressions for what has none yet. */
  renew(): void;
  stop(): void;
}

export function watchTrees(start: Start): Trees {
  const { all, guard, observe } = start;
  const boxes = new ResizeObserver(
    guard((entries: ResizeObserverEntry[]) => {
      for (const { target } of entries) {
        boxes.unobserve(target);
        if (all.has(target)) start.watch(target);
      }
    }),
  );
  // The observer of intersections does not tell when an element gets a box off screen.
  start.boxless = (el) => boxes.observe(el);

  const forget = (watched: Watched, why: string) => {
    start.end(watched, why);
    boxes.unobserve(watched.el);
    all.delete(watched.el);
  };

  const sweep = (why?: string) => {
    for (const watched of all.values()) {
      if (why || !isShown(watched.el)) forget(watched, why ?? "removed");
    }
  };

  /** Brings an element's impression in line with what it is now said to show. */
  const check = (el: Element) => {
    const watched = all.get(el);
    if (!watched) return;
    const what = watched.said ?? read(el);
    if (!what) return forget(watched, "removed");
    if (watched.id && isSame(what, watched.what!)) return;
    start.end(watched, "changed");
    start.watch(el);
  };

  /** What only moved is connected again, and is not asked here. */
  const lose = (node: Element) => {
    let hadTrees = false;
    each(node, "*", (el) => {
      const watched = all.get(el);
      if (watched) forget(watched, "removed");
      hadTrees ||= !!el.shadowRoot || el.localName == "iframe";
    });
    if (hadTrees) sweep();
  };

  const say = (el: Element, what: What) => {
    all.set(el, { ...(all.get(el) ?? { el, id: 0 }), said: what });
    check(el);
  };

  const sayMatomo = (el: Element) => {
    const what = el.matches(SELECTOR) ? undefined : readMatomo(el);
    if (what) say(el, what);
  };

  const find = (node: Element) => {
    each(node, MATOMO, sayMatomo);
    gradually(node.querySelectorAll("*"), dive);
    dive(node);
  };
  // The documents of other origins' frames are not to be had.
  const dive = (el: any) => watchTree(el.shadowRoot ?? el.contentDocument);

  const changes = new MutationObserver(
    guard((records: MutationRecord[]) => {
      const added = new Set<Node>();
      const removed = new Set<Node>();
      for (const { target, addedNodes, removedNodes, attributeName } of records) {
        addedNodes.forEach((node) => node.nodeType == Node.ELEMENT_NODE && added.add(node));
        removedNodes.forEach((node) => node.nodeType == Node.ELEMENT_NODE && removed.add(node));
        const el = target as Element;
        if (!attributeName) continue;
        if (attributeName.startsWith(NAME)) {
          if (el.matches(SELECTOR) && !all.has(el)) start.watch(el);
          check(el);
          if (attributeName.endsWith("placement")) el.querySelectorAll(SELECTOR).forEach(check);
        } else if (el.closest(MATOMO)) sayMatomo(el.closest(MATOMO)!);
      }
      for (const node of removed) if (!node.isConnected) lose(node as Element);
      for (const node of added) if (!added.has(node.parentNode!)) find(node as Element);
    }),
  );

  const loaded = guard(({ target }: Event) => {
    if ((target as HTMLIFrameElement).contentWindow) {
      // Another document now; what was in the one before has gone.
      sweep();
      dive(target);
    }
  });

  const watchTree = guard((root: Root | null | undefined) => {
    if (!root) return;
    observe(root);
    changes.observe(root, { childList: true, subtree: true, attributeFilter: ATTRIBUTES });
    root.addEventListener("load", loaded, true);
    find(root as unknown as Element);
  });

  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    if (init.mode == "open") watchTree(root);
    return root;
  };

  watchTree(document);
  // What happened while nobody looked.
  sweep();
  gradually([...all.keys()] as Element[], guard(check));
  return {
    observe: watchTree,
    say,
    sweep,
    renew() {
      for (const { el, id } of all.values()) if (!id) start.watch(el);
    },
    stop() {
      sweep("stopped");
      changes.disconnect();
      boxes.disconnect();
    },
  };
}

/** Whether an element is in a document that a window shows: a frame that went elsewhere leaves its document behind whole. */
function isShown({ isConnected, ownerDocument }: Element): boolean {
  try {
    return isConnected && ownerDocument.defaultView?.document == ownerDocument;
  } catch {
    // The window shows another origin's document now.
    return false;
  }
}

function each(node: Element, selector: string, work: (el: Element) => void) {
  if (node.matches?.(selector)) work(node);
  for (const el of node.querySelectorAll(selector)) work(el);
}

/** A change of these may make another impression. */
const ATTRIBUTES = [...["content", "placement", "request", "variant"].map((name) => NAME + name), ...MATOMO_ATTRIBUTES];
