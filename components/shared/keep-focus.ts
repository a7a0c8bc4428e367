"use client";

import { useCallback, useEffect, useRef } from "react";

type Place = { parent: Element; index: number };
type Pressed = { path: string; places: readonly Place[] };

/** What only tells more of what it shows is no place to go on from, and would tell it unasked. */
const CONTROLS =
  "a[href], button:not(:disabled, [data-hint]), input:not(:disabled), select:not(:disabled), summary";

/** Where an element stands, from its parent up to the page's content; nowhere in a dialog, which gives the focus back itself. */
function placesOf(element: Element): Place[] {
  const places: Place[] = [];
  const content = element.closest("main");
  let child = element;
  while (content && child.parentElement && child !== content) {
    const parent = child.parentElement;
    places.push({ parent, index: [...parent.children].indexOf(child) });
    child = parent;
  }
  return places;
}

function firstControl(part: Element | undefined): HTMLElement | undefined {
  if (!part) return undefined;
  const controls = [...part.querySelectorAll<HTMLElement>(CONTROLS)];
  if (part.matches(CONTROLS)) controls.unshift(part as HTMLElement);
  return controls.find((control) => control.checkVisibility());
}

/** What can be used in the place of what is gone, or else near it. Nothing on another page, which begins at its top. */
function controlNear({ path, places }: Pressed): HTMLElement | undefined {
  if (path !== location.pathname) return undefined;
  for (const { parent, index } of places) {
    if (!parent.isConnected) continue;
    const successor = parent.children[Math.min(index, parent.children.length - 1)];
    const control = firstControl(successor) ?? firstControl(parent);
    if (control) return control;
  }
  return undefined;
}

/**
 * Keeps the focus near a button that goes with what it did, such as one that removes its row: the focus would be nowhere,
 * and a screen reader at the top of the page. Gives a function to call with the button when it is pressed.
 */
export function useKeptFocus(): (pressed: Element) => void {
  const last = useRef<Pressed | null>(null);
  useEffect(
    () => () => {
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && last.current) controlNear(last.current)?.focus();
    },
    [],
  );
  return useCallback((pressed) => {
    last.current = { path: location.pathname, places: placesOf(pressed) };
  }, []);
}
