"use client";

import { type RefObject, useEffect } from "react";

/** For a form that is marked `data-waits`: sends what was sent already before the page's scripts were there. */
export function useEarlySubmit(formRef: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const form = formRef.current;
    if (!form) return;
    const wasSent = form.dataset.waits === "sent";
    delete form.dataset.waits;
    if (!wasSent) return;
    const pressed = [...form.elements].find(
      (part) => part instanceof HTMLElement && "pressed" in part.dataset,
    );
    pressed?.removeAttribute("data-pressed");
    form.requestSubmit(pressed instanceof HTMLElement ? pressed : null);
  }, [formRef]);
}
