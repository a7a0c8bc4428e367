"use client";

import { useState } from "react";
import type { LiveRun } from "./live-run";
import { useLiveRun } from "./use-live-run";

/** The run on the canvas, by `?run=` in the address, so that it survives a reload and can be linked to. */
export function useShownRun(initialId: string | null): {
  run: LiveRun | null;
  show: (executionId: string | null) => void;
} {
  const [executionId, setExecutionId] = useState(initialId);
  function show(next: string | null) {
    setExecutionId(next);
    window.history.replaceState(null, "", next ? `?run=${next}` : window.location.pathname);
  }
  return { run: useLiveRun(executionId), show };
}
