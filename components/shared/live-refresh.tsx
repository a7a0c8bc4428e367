"use client";

import { useEffect } from "react";
import { useReadAgain } from "./use-read-again";

const EVERY_MS = 1_500;
const DIALOG = "[role='dialog'][data-state='open'], [role='alertdialog'][data-state='open']";

/** What is read anew may have no row any more for the dialog that somebody is reading or filling in. */
function isAsked(): boolean {
  return document.querySelector(DIALOG) !== null;
}

/**
 * Reads the page again and again while something on it is under way, unless nobody is looking or a dialog is open. One
 * reading ends before the next begins: on a slow line each would otherwise replace the one before it, and none would
 * arrive.
 */
export function LiveRefresh({ active }: { active: boolean }) {
  const { isReading, readAgain } = useReadAgain();
  useEffect(() => {
    if (!active || isReading) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && !isAsked()) void readAgain();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [active, isReading, readAgain]);
  return null;
}
