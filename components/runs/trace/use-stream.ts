"use client";

import { useEffect, useRef, useState } from "react";
import { type LiveMessage, readMessage } from "./model";

export type Connection = "live" | "reconnecting" | "closed";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
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
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const connect = () => {
      source = new EventSource(`/app/runs/${executionId}/events?after=${revision.current}`);
      source.onopen = () => setConnection("live");
      source.onmessage = ({ data, lastEventId }) => {
        failures = 0;
        revision.current = Number(lastEventId) || revision.current;
        const message = readMessage(String(data));
        if (message) latest.current.onMessage(message);
      };
      source.onerror = () => {
        source?.close();
        failures += 1;
        setConnection("reconnecting");
        if (failures >= FAILURES_TO_TELL) latest.current.onTrouble();
        timer = setTimeout(connect, waitAfter(failures));
      };
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(timer);
    };
  }, [executionId, isOver]);

  return isOver ? "closed" : connection;
}

/** Doubles up to half a minute; a little off the beat, so that not everybody returns to a restarted server at once. */
function waitAfter(failures: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return wait * (0.75 + Math.random() / 2);
}
