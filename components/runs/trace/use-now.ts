"use client";

import { useEffect, useState } from "react";

const TICK_MS = 200;

/** The time, moving while `isMoving`. `initialMs` is what the server used, so that the first render agrees with it. */
export function useNow(initialMs: number, isMoving: boolean): number {
  const [nowMs, setNowMs] = useState(initialMs);
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isMoving]);
  return nowMs;
}
