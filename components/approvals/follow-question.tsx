"use client";

import { useEffect } from "react";
import { useReadAgain } from "@/components/shared/use-read-again";

/** What ends a question when its time is up is done a moment later. */
const GRACE_MS = 2_000;
/** A timer of a browser counts to 24 days. */
const LONGEST_MS = 86_400_000;

/**
 * Stands where a question is open: reads the page again when somebody comes back to it, since another may have answered,
 * and once its time is up until it is closed.
 */
export function FollowQuestion({ expiresAt }: { expiresAt: Date | null }) {
  const { isReading, readAgain } = useReadAgain();
  const endsAt = expiresAt?.getTime() ?? null;
  useEffect(() => {
    if (isReading) return;
    const readIfSeen = () => {
      if (document.visibilityState === "visible") void readAgain();
    };
    document.addEventListener("visibilitychange", readIfSeen);
    const waitMs = endsAt === null ? LONGEST_MS : Math.max(0, endsAt - Date.now()) + GRACE_MS;
    const timer = setTimeout(readIfSeen, Math.min(waitMs, LONGEST_MS));
    return () => {
      document.removeEventListener("visibilitychange", readIfSeen);
      clearTimeout(timer);
    };
  }, [endsAt, isReading, readAgain]);
  return null;
}
