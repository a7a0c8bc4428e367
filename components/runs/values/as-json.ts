"use client";

import { useSyncExternalStore } from "react";

const KEY = "values-as-json";
const watchers = new Set<() => void>();
let chosen: boolean | null = null;

function read(): boolean {
  if (chosen !== null) return chosen;
  try {
    chosen = localStorage.getItem(KEY) === "1";
  } catch {
    chosen = false;
  }
  return chosen;
}

function watch(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => watchers.delete(onChange);
}

/** Whether values are shown as JSON instead of to be read; false on the server. */
export function useAsJson(): boolean {
  return useSyncExternalStore(watch, read, () => false);
}

/** Chosen once for all values on this browser's pages; where it cannot keep it, until the page is loaded anew. */
export function showAsJson(isJson: boolean): void {
  chosen = isJson;
  for (const onChange of watchers) onChange();
  try {
    if (isJson) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing still shows it.
  }
}
