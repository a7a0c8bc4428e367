"use client";

import { useRef } from "react";

/** What has the focus, or of an item of a menu the menu's button: the item goes as the dialog opens. */
function openerOf(focused: Element | null): HTMLElement | null {
  const menu = focused?.closest("[role='menu']");
  const opener = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : focused;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}

/**
 * For a dialog's content: gives the focus back to what had it when the dialog opened, also where no button is the dialog's
 * own. What is gone meanwhile gets none.
 */
export function useReturnedFocus() {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = openerOf(document.activeElement);
    },
    onCloseAutoFocus: (event: Event) => {
      if (!opener.current?.isConnected) return;
      event.preventDefault();
      opener.current.focus();
    },
  };
}
