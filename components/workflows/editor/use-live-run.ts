"use client";

import { useEffect, useState } from "react";
import { followEvents } from "@/components/shared/follow-events";
import { applyMessage, hasEnded, type LiveRun, pendingRun } from "./live-run";

/** Follows a run by its event stream until it ends. */
export function useLiveRun(executionId: string | null): LiveRun | null {
  const [run, setRun] = useState<LiveRun | null>(null);
  useEffect(() => {
    if (!executionId) {
      setRun(null);
      return;
    }
    let current = pendingRun(executionId);
    let seen = "0";
    setRun(current);
    const stop: () => void = followEvents(() => `/app/runs/${executionId}/events?after=${seen}`, {
      onMessage(data, id) {
        seen = id || seen;
        current = applyMessage(current, data);
        setRun(current);
      },
      // The server ends the stream once the last step is closed; coming back then would go on for ever.
      onBreak: () => {
        if (hasEnded(current)) stop();
      },
    });
    return stop;
  }, [executionId]);
  return run;
}
