// React: measuring as a hook and a component. What they write into the page is markup, so that a server can render it.
import { createElement, useCallback, useEffect, useRef, type ComponentPropsWithoutRef, type ElementType, type ReactElement, type RefCallback } from "react";
import { attributes, eyeline, start, type Handle, type Settings, type What } from "./index.ts";

export type { Handle, Settings, What };

/** Starts with `settings`, once, after the first render; without them it only hands out the handle. */
export function useEyeline(settings?: Settings): Handle {
  const first = useRef(settings);
  useEffect(() => {
    if (first.current) start(first.current);
  }, []);
  return eyeline;
}

/** A ref for the element that shows `what`. When `what` changes, the element shows something else from there on. */
export function useImpression<E extends Element = HTMLElement>(what: What): RefCallback<E> {
  const element = useRef<E | null>(null);
  const marked = useRef<Record<string, string>>({});
  const latest = useRef(what);
  latest.current = what;
  const mark = useCallback((target: E | null) => {
    const before = element.current === target ? marked.current : {};
    element.current = target;
    if (!target) return;
    marked.current = attributes(latest.current);
    for (const name of Object.keys(before)) if (!(name in marked.current)) target.removeAttribute(name);
    for (const [name, value] of Object.entries(marked.current)) if (before[name] !== value) target.setAttribute(name, value);
  }, []);
  useEffect(() => mark(element.current));
  return mark;
}

export type ImpressionProps<T extends ElementType = "div"> = { what: What; as?: T } & Omit<ComponentPropsWithoutRef<T>, "what" | "as">;

/** An element, a `div` unless `as` says otherwise, that shows `what`. */
export function Impression<T extends ElementType = "div">({ what, as, ...rest }: ImpressionProps<T>): ReactElement {
  return createElement((as ?? "div") as ElementType, { ...attributes(what), ...rest });
}
