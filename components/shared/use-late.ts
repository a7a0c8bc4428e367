"use client";

import { useEffect, useEffectEvent, useState } from "react";

/**
 * A part of the page that is a chunk of its own, fetched once it is wanted. When it does not come the page stays as it is:
 * `onLost` says so, and it is fetched anew when it is wanted again.
 * @returns null until it is there
 */
export function useLate<T>(load: () => Promise<T>, isWanted: boolean, onLost: () => void): T | null {
  const [part, setPart] = useState<{ readonly it: T } | null>(null);
  const lose = useEffectEvent(onLost);
  useEffect(() => {
    if (!isWanted || part) return;
    let isCurrent = true;
    load().then(
      (it) => isCurrent && setPart({ it }),
      () => isCurrent && lose(),
    );
    return () => {
      isCurrent = false;
    };
  }, [load, isWanted, part]);
  return part?.it ?? null;
}
