"use client";

import { useEffect, useRef, useState } from "react";
import { followEvents } from "@/components/shared/follow-events";
import { isOver, isSettled, type LiveExecution, type LiveMessage, readMessage } from "./model";

export type Connection = "live" | "reconnecting" | "closed";

/** So many failures in a row and whoever shows the run reads it some other way. */
const FAILURES_TO_TELL = 3;

/**
 * The events of a run from a revision on. A connection that breaks is made again after waits that grow, from where it
 * broke, until the run is settled: what is said after its end is of calls that were under way, and the server ends the
 * stream after that. `onTrouble` is called for each failure after the third in a row.
 */
export function useStream(
  executionId: string,
  after: number,
  run: LiveExecution,
  handlers: { onMessage: (message: LiveMessage) => void; onTrouble: () => void },
): Connection {
  const [connection, setConnection] = useState<Connection>("live");
  const [isWhole, setIsWhole] = useState(isSettled(run));
  const latest = useRef(handlers);
  const told = useRef(run);
  const revision = useRef(after);
  useEffect(() => {
    latest.current = handlers;
  });

  useEffect(() => {
    if (isWhole) return;
    return followEvents(() => `/app/runs/${executionId}/events?after=${revision.current}`, {
      onOpen: () => setConnection("live"),
      onMessage(data, id) {
        revision.current = Number(id) || revision.current;
        const message = readMessage(data);
        if (!message) return;
        told.current = message.execution;
        latest.current.onMessage(message);
      },
      onBreak(failures) {
        if (isSettled(told.current)) return setIsWhole(true);
        setConnection("reconnecting");
        if (failures >= FAILURES_TO_TELL) latest.current.onTrouble();
      },
    });
  }, [executionId, isWhole]);

  return isOver(run) ? "closed" : connection;
}
