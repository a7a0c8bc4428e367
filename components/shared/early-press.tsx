"use client";

import { useEffect, useLayoutEffect } from "react";

declare global {
  interface Window {
    /** Notes the button that is pressed, from the moment the page is seen; made by `EarlyForms`. */
    hbNotePress?: (event: Event) => void;
    /** The button that was pressed last, while nothing of the page heard it. */
    hbPressed?: HTMLElement;
  }
}

/**
 * Stands behind all of the page, and presses again what was pressed before the page's scripts were there: it took the
 * focus, and nothing came of it. Of several presses the last one counts, as somebody means it who waits for the first.
 */
export function EarlyPress() {
  // What is pressed while the page is being taken over is heard by the page, and at its end not noted any more.
  useLayoutEffect(() => {
    if (window.hbNotePress) window.removeEventListener("click", window.hbNotePress);
  }, []);
  useEffect(() => {
    const button = window.hbPressed;
    delete window.hbPressed;
    if (button?.isConnected) pressAgain(button);
  }, []);
  return null;
}

/** Menus open as the pointer goes down, tabs as the mouse does, and all else once it is let go. */
function pressAgain(button: HTMLElement): void {
  button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, cancelable: true }));
  button.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
  button.click();
}
