"use client";

import { useEffect, useState } from "react";
import { applyMessage, hasEnded, type LiveRun, pendingRun } from "./live-run";

/** Follows a run by its event stream until it ends. The browser connects again by itself when the line breaks. */
export function useLiveRun(executionId: string | null): LiveRun | null {
  const [run, setRun] = useState<LiveRun | null>(null);
  useEffect(() => {
    if (!executionId) {
      setRun(null);
      return;
    }
    let current = pendingRun(executionId);
    setRun(current);
    const source = new EventSource(`/app/runs/${executionId}/events`);
    source.onmessage = ({ data }) => {
      current = applyMessage(current, String(data));
      setRun(current);
    };
    // The server ends the stream once the last step is closed; coming back then would go on for ever.
    source.onerror = () => {
      if (hasEnded(current)) source.close();
    };
    return () => source.close();
  }, [executionId]);
  return run;
}
