"use client";

import { useEffect } from "react";

/** Brings the cited passage into view, also for links without the fragment. */
export function PassageFocus({ passageId }: { passageId: string }) {
  useEffect(() => {
    const passage = document.getElementById(`passage-${passageId}`);
    passage?.scrollIntoView({ block: "center" });
    passage?.focus({ preventScroll: true });
  }, [passageId]);
  return null;
}
