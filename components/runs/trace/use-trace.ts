"use client";

import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { useReadAgain } from "@/components/shared/use-read-again";
import {
  type LiveExecution,
  type LiveMessage,
  partWindow,
  type StepWindow,
  stepWindow,
  totalOf,
} from "./model";
import { isLastRead, isMoving, offsetOf, type Wanted, windowKey } from "./rows";
import { isOfPage, openTrace, type TraceEvent, type TraceState, traceReducer } from "./trace-state";
import { type Connection, useStream } from "./use-stream";

/** How often rows that are unfolded and under way are read again. */
const REREAD_MS = 2_000;

export type OpenedTrace = {
  readonly execution: LiveExecution;
  readonly windows: readonly Omit<StepWindow, "total">[];
  /** What the live view goes on from. */
  readonly revision: number;
  /** From the run down to the step whose details are open: each step to unfold, and the part below it. */
  readonly path: readonly {
    readonly stepId: string;
    readonly stepIndex: number;
    readonly executionId: string;
    readonly index: number;
  }[];
  /** The place of that step in the innermost run of the path. */
  readonly pathEnd: number;
};

export type Shown = { readonly missing: readonly Wanted[]; readonly known: readonly Wanted[] };

export type Trace = {
  readonly state: TraceState;
  readonly connection: Connection;
  /** Says what is looked at: what is missing of it is read, and what moves is kept current. */
  readonly show: (shown: Shown) => void;
};

/**
 * A run as it happens: what the server rendered, what the stream tells of it, and the windows that are looked at. The
 * page's details are read again when the step they show changes, when the run waits for something else, and when it ends.
 */
export function useTrace(opened: OpenedTrace, selectedStepId: string | null): Trace {
  const readPage = useReading();
  const [state, dispatch] = useReducer(traceReducer, opened, ({ execution, windows }) =>
    openTrace(execution, windows),
  );
  const { id } = opened.execution;
  const current = useRef(state);
  useEffect(() => {
    current.current = state;
  });

  const wasRendered = useRef(opened);
  useEffect(() => {
    if (wasRendered.current === opened) return;
    wasRendered.current = opened;
    const { execution, windows } = opened;
    dispatch({ type: "message", message: { execution, steps: [] } });
    const total = totalOf(execution.counts);
    for (const window of windows)
      dispatch({ type: "steps", executionId: execution.id, window: { ...window, total } });
  }, [opened]);

  const onMessage = (message: LiveMessage) => {
    dispatch({ type: "message", message });
    if (isOfPage(current.current, message, selectedStepId)) readPage();
  };
  const connection = useStream(id, opened.revision, state.run, {
    onMessage,
    onTrouble: readPage,
  });
  const { read, show } = useWindows(current, dispatch);
  const wasOpened = useRef(opened);
  useEffect(() => {
    for (const window of windowsAlong(wasOpened.current)) read(window);
  }, [read]);
  return { state, connection, show };
}

/**
 * Has the page read again. One reading ends before the next begins, as many as are asked for meanwhile: on a slow line each
 * would otherwise replace the one before it, and none would arrive while the run is busy.
 */
function useReading(): () => void {
  const { isReading, readAgain } = useReadAgain();
  const [isDue, setIsDue] = useState(false);
  useEffect(() => {
    if (!isDue || isReading) return;
    setIsDue(false);
    void readAgain();
  }, [isDue, isReading, readAgain]);
  return useCallback(() => setIsDue(true), []);
}

/** What has to be read to see the step at the end of the path. */
function windowsAlong({ execution, path, pathEnd }: OpenedTrace): Wanted[] {
  return path.flatMap(({ stepId, executionId, index }, depth) => {
    const above = path[depth - 1]?.executionId ?? execution.id;
    const below = path[depth + 1]?.stepIndex ?? pathEnd;
    return [
      { of: "parts", executionId: above, stepId, offset: offsetOf(index) },
      { of: "steps", executionId, offset: offsetOf(below) },
    ] satisfies Wanted[];
  });
}

function useWindows(current: { current: TraceState }, dispatch: (event: TraceEvent) => void) {
  const underWay = useRef(new Set<string>());
  const looked = useRef<Shown>({ missing: [], known: [] });

  const read = useCallback(
    async (window: Wanted) => {
      const key = windowKey(window);
      if (underWay.current.has(key)) return;
      underWay.current.add(key);
      try {
        const isLast = isLastRead(current.current, window);
        const event = await fetchWindow(window);
        if (event) dispatch({ ...event, isLast });
      } finally {
        underWay.current.delete(key);
      }
    },
    [current, dispatch],
  );

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      const { missing, known } = looked.current;
      for (const window of missing) read(window);
      for (const window of known) if (isMoving(current.current, window)) read(window);
    }, REREAD_MS);
    return () => clearInterval(timer);
  }, [current, read]);

  const show = useCallback(
    (shown: Shown) => {
      looked.current = shown;
      for (const window of shown.missing) read(window);
    },
    [read],
  );
  return { read, show };
}

type WindowEvent = Exclude<TraceEvent, { type: "message" }>;

/** Null when it cannot be had just now: it is asked for again while it is looked at. */
async function fetchWindow(window: Wanted): Promise<WindowEvent | null> {
  const base = `/app/runs/${window.executionId}/steps`;
  const path = window.of === "steps" ? base : `${base}/${window.stepId}/parts`;
  const response = await fetch(`${path}?offset=${window.offset}`).catch(() => null);
  if (!response?.ok) return null;
  const body: unknown = await response.json().catch(() => null);
  if (window.of === "steps") {
    const read = stepWindow.safeParse(body);
    return read.success ? { type: "steps", executionId: window.executionId, window: read.data } : null;
  }
  const read = partWindow.safeParse(body);
  return read.success ? { type: "parts", stepId: window.stepId, window: read.data } : null;
}
