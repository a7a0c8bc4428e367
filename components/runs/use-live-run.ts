"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { applyMessage, hasEnded, type LiveRun, mergeRun } from "./live-state";

const POLL_MS = 2_000;
/** So many failures in a row and the page is read again instead. */
const MAX_FAILURES = 3;

/**
 * A run as it happens. `initial` is how the server rendered it; the event stream goes on from there, and where that does
 * not get through the page is read again every two seconds. When steps settle the page's details are read again too.
 */
export function useLiveRun(initial: LiveRun): LiveRun {
  const router = useRouter();
  const [run, setRun] = useState(initial);
  const current = useRef(run);
  const isOver = hasEnded(run);
  const { id } = initial.execution;

  useEffect(() => {
    const next = mergeRun(current.current, initial);
    current.current = next;
    setRun(next);
  }, [initial]);

  useEffect(() => {
    if (isOver) return;
    let failures = 0;
    let polling: ReturnType<typeof setInterval> | undefined;
    const source = new EventSource(`/app/runs/${id}/events`);
    source.onmessage = ({ data }) => {
      failures = 0;
      const before = current.current;
      const next = applyMessage(before, String(data));
      current.current = next;
      setRun(next);
      if (settledCount(next) !== settledCount(before) || hasEnded(next)) router.refresh();
    };
    source.onerror = () => {
      failures += 1;
      if (failures < MAX_FAILURES && source.readyState !== EventSource.CLOSED) return;
      source.close();
      polling ??= setInterval(() => router.refresh(), POLL_MS);
    };
    return () => {
      source.close();
      clearInterval(polling);
    };
  }, [id, isOver, router]);

  return run;
}

function settledCount(run: LiveRun): number {
  return run.steps.filter((step) => step.completedAt !== null).length;
}
