"use client";

import { useRouter } from "next/navigation";
import { useCallback, useRef, useTransition } from "react";
import { hasUnsaved } from "@/components/ui/unsaved-store";
import { useIsLeft } from "./use-is-left";

/** Whether the server answers; where something is typed that would be lost without the page, whether it gives the page. */
async function isThere(): Promise<boolean> {
  const address = hasUnsaved() ? location.href : "/api/health";
  const request: RequestInit = { method: "HEAD", cache: "no-store", redirect: "manual" };
  const answer = await fetch(address, request).catch(() => null);
  return answer?.ok ?? false;
}

/**
 * Reads the page again without being asked by its reader: only while the server answers. Of a page that it cannot read the
 * router makes the browser's own page of what went wrong, of one whose session is over the sign-in page, and all that was
 * on the page, or typed into it, goes with it.
 */
export function useReadAgain(): { readonly isReading: boolean; readonly readAgain: () => Promise<void> } {
  const router = useRouter();
  const isLeft = useIsLeft();
  const isAsking = useRef(false);
  const [isReading, startReading] = useTransition();
  const readAgain = useCallback(async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const mayRead = await isThere();
    isAsking.current = false;
    if (mayRead && !isLeft()) startReading(() => router.refresh());
  }, [router, isLeft]);
  return { isReading, readAgain };
}
