"use client";

import { useMemo, useSyncExternalStore } from "react";

/** Whether a media query holds; false while rendering on the server. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", notify);
      return () => list.removeEventListener("change", notify);
    },
    () => window.matchMedia(query).matches,
    () => false,
  );
}

/** How long the view glides, in milliseconds: it does not for who asked to see no motion. */
export function useMotion(durationMs: number): { duration: number } {
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  return useMemo(() => ({ duration: isStill ? 0 : durationMs }), [isStill, durationMs]);
}
