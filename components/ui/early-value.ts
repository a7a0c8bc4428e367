"use client";

import { type Ref, type RefObject, useImperativeHandle, useLayoutEffect, useRef } from "react";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

declare global {
  interface Window {
    /** What was typed or chosen in since the page is seen; noted by `EarlyForms`. */
    hbTouched?: WeakSet<object>;
  }
}

/**
 * Tells a control whose value is kept by its page of what was put into it before the page's scripts were there: it would
 * go on with the value it was drawn with, and take the other one back.
 */
export function useEarlyValue<E extends Control>(
  given: Ref<E | null> | undefined,
  isKept: boolean,
): RefObject<E | null> {
  const own = useRef<E>(null);
  useImperativeHandle<E | null, E | null>(given, () => own.current, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as the scripts take over
  useLayoutEffect(() => {
    const control = own.current;
    if (!isKept || !control || !window.hbTouched?.has(control)) return;
    const { value } = control;
    queueMicrotask(() => put(control, value));
  }, []);
  return own;
}

/** As if it was typed now. React takes no notice of a value that it has seen, so it is shown another one first. */
function put(control: Control, value: string): void {
  control.value = value === "" ? "-" : "";
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value")?.set?.call(control, value);
  const type = control instanceof HTMLSelectElement ? "change" : "input";
  control.dispatchEvent(new Event(type, { bubbles: true }));
}
