"use client";

import { useRouter } from "next/navigation";
import { useCallback, useRef, useTransition } from "react";
import { useIsLeft } from "./use-is-left";

async function isServerThere(): Promise<boolean> {
  const answer = await fetch("/api/health", { method: "HEAD", cache: "no-store" }).catch(() => null);
  return answer?.ok ?? false;
}

/**
 * Reads the page again without being asked by its reader: only while the server answers. Of a page that it cannot read the
 * router makes the browser's own page of what went wrong, and all that was on the page, or typed into it, goes with it.
 */
export function useReadAgain(): { readonly isReading: boolean; readonly readAgain: () => Promise<void> } {
  const router = useRouter();
  const isLeft = useIsLeft();
  const isAsking = useRef(false);
  const [isReading, startReading] = useTransition();
  const readAgain = useCallback(async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const isThere = await isServerThere();
    isAsking.current = false;
    if (isThere && !isLeft()) startReading(() => router.refresh());
  }, [router, isLeft]);
  return { isReading, readAgain };
}
