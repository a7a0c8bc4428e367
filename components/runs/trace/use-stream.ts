"use client";

import { useEffect, useRef, useState } from "react";
import { followEvents } from "@/components/shared/follow-events";
import { type LiveMessage, readMessage } from "./model";

export type Connection = "live" | "reconnecting" | "closed";

/** So many failures in a row and whoever shows the run reads it some other way. */
const FAILURES_TO_TELL = 3;

/**
 * The events of a run from a revision on, while it is not over. A connection that breaks is made again after waits that
 * grow, from where it broke. `onTrouble` is called for each failure after the third in a row.
 */
export function useStream(
  executionId: string,
  after: number,
  isOver: boolean,
  handlers: { onMessage: (message: LiveMessage) => void; onTrouble: () => void },
): Connection {
  const [connection, setConnection] = useState<Connection>("live");
  const latest = useRef(handlers);
  const revision = useRef(after);
  useEffect(() => {
    latest.current = handlers;
  });

  useEffect(() => {
    if (isOver) return;
    return followEvents(() => `/app/runs/${executionId}/events?after=${revision.current}`, {
      onOpen: () => setConnection("live"),
      onMessage(data, id) {
        revision.current = Number(id) || revision.current;
        const message = readMessage(data);
        if (message) latest.current.onMessage(message);
      },
      onBreak(failures) {
        setConnection("reconnecting");
        if (failures >= FAILURES_TO_TELL) latest.current.onTrouble();
      },
    });
  }, [executionId, isOver]);

  return isOver ? "closed" : connection;
}
