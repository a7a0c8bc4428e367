"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { sayDone } from "@/components/shared/say-done";
import { useIsLeft } from "@/components/shared/use-is-left";
import { toast } from "@/components/ui/toast";
import type { LiveRun } from "./live-run";
import { useLiveRun } from "./use-live-run";

/**
 * The run on the canvas, by `?run=` in the address, so that it survives a reload and can be linked to. Of one that is gone,
 * or of another workflow, it is told once, and the address forgets it. One that starts once the editor was left, or
 * while the next page is on its way, is told of.
 */
export function useShownRun({ runId, hasNoSuchRun }: { runId: string | null; hasNoSuchRun: boolean }): {
  run: LiveRun | null;
  show: (executionId: string | null) => void;
} {
  const router = useRouter();
  const isLeft = useIsLeft();
  const [executionId, setExecutionId] = useState(runId);
  useEffect(() => {
    if (!hasNoSuchRun) return;
    window.history.replaceState(null, "", window.location.pathname);
    toast.error("This workflow has no such run.");
  }, [hasNoSuchRun]);
  function show(next: string | null) {
    // The address is another page's by then, or about to be.
    if (isLeft()) {
      if (next) sayDone("The run has started.", `/app/runs/${next}`, router.push);
      else setExecutionId(null);
      return;
    }
    setExecutionId(next);
    window.history.replaceState(null, "", next ? `?run=${next}` : window.location.pathname);
  }
  return { run: useLiveRun(executionId), show };
}
