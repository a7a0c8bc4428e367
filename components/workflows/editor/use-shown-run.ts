"use client";

import { useEffect, useState } from "react";
import { toast } from "@/components/ui/toast";
import type { LiveRun } from "./live-run";
import { useLiveRun } from "./use-live-run";

/**
 * The run on the canvas, by `?run=` in the address, so that it survives a reload and can be linked to. Of one that is gone,
 * or of another workflow, it is told once, and the address forgets it.
 */
export function useShownRun({ runId, hasNoSuchRun }: { runId: string | null; hasNoSuchRun: boolean }): {
  run: LiveRun | null;
  show: (executionId: string | null) => void;
} {
  const [executionId, setExecutionId] = useState(runId);
  useEffect(() => {
    if (!hasNoSuchRun) return;
    window.history.replaceState(null, "", window.location.pathname);
    toast.error("This workflow has no such run.");
  }, [hasNoSuchRun]);
  function show(next: string | null) {
    setExecutionId(next);
    window.history.replaceState(null, "", next ? `?run=${next}` : window.location.pathname);
  }
  return { run: useLiveRun(executionId), show };
}
