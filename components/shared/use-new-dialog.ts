"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { NEW, withQuery } from "@/components/shared/query-string";

/**
 * Whether a dialog is open that makes something new. Where `byAddress` it is the one of its page, and open at the page's
 * address with `?new=1`, from which it takes that away once it is closed.
 */
export function useNewDialog(byAddress = true) {
  const [isOpened, setOpened] = useState(false);
  const isAsked = useSearchParams().has(NEW) && byAddress;

  function setOpen(next: boolean) {
    setOpened(next);
    if (isAsked && !next) leaveAddress();
  }

  return {
    open: isOpened || isAsked,
    setOpen,
    /** It stays until the next page is there, and the way back leads to this page without it. */
    noteMade: () => {
      if (!isAsked) return;
      setOpened(true);
      leaveAddress();
    },
  };
}

function leaveAddress(): void {
  const { pathname, search } = location;
  history.replaceState(null, "", `${pathname}${withQuery(search, { [NEW]: "" })}`);
}
