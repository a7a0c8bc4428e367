"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { personHeader } from "@/components/shared/page-person";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { type PlaygroundEvent, readEvents } from "@/lib/agents/playground-events";
import {
  applied,
  historyOf,
  isLeftOpen,
  keepConversation,
  readConversation,
  type Turn,
} from "./conversation";

/** A conversation with one agent: sends it, and applies the answer to the last turn as it streams in. */
export function usePlayground(userId: string | null, agentId: string) {
  const [turns, setTurns] = useKeptTurns(userId, agentId);
  const call = useRef<AbortController | null>(null);
  const isBusy = turns.at(-1)?.state === "streaming";

  useEffect(() => () => call.current?.abort(), []);

  const change = useCallback(
    (id: number, apply: (turn: Turn) => Turn) => {
      setTurns((before) => before.map((turn) => (turn.id === id ? apply(turn) : turn)));
    },
    [setTurns],
  );

  /** @returns whether the question was taken */
  const send = useCallback(
    async (question: string): Promise<boolean> => {
      let isTaken = false;
      const id = Date.now();
      const questionKey = crypto.randomUUID();
      const controller = new AbortController();
      call.current = controller;
      setTurns((before) => [
        ...before,
        { id, question, questionKey, text: "", state: "streaming", tools: [], citations: [] },
      ]);
      try {
        const messages = [...historyOf(turns), { role: "user", content: question }];
        const response = await fetch(`/app/agents/${agentId}/playground`, {
          method: "POST",
          headers: { "content-type": "application/json", ...personHeader() },
          body: JSON.stringify({ messages, questionKey }),
          signal: controller.signal,
        });
        if (!response.ok || !response.body) {
          const problem = await problemOf(response);
          change(id, (turn) => ({ ...turn, state: "failed", problem }));
          return false;
        }
        isTaken = true;
        for await (const event of readEvents(response.body)) change(id, (turn) => applied(turn, event));
        change(id, (turn) =>
          turn.state === "streaming" ? { ...turn, state: "failed", problem: UNREACHABLE.message } : turn,
        );
      } catch {
        const isStopped = controller.signal.aborted;
        change(id, (turn) => ({
          ...turn,
          state: isStopped ? "stopped" : "failed",
          ...(isStopped ? {} : { problem: UNREACHABLE.message }),
        }));
        isTaken ||= isStopped;
      }
      return isTaken;
    },
    [agentId, change, setTurns, turns],
  );

  const asked = useRef(new Set<number>());
  useEffect(() => {
    for (const turn of turns.filter(isLeftOpen)) {
      if (asked.current.has(turn.id)) continue;
      asked.current.add(turn.id);
      void outcomeOf(agentId, turn).then((events) => change(turn.id, (now) => events.reduce(applied, now)));
    }
  }, [agentId, change, turns]);

  const stop = useCallback(() => call.current?.abort(), []);
  const reset = useCallback(() => {
    call.current?.abort();
    setTurns(() => []);
  }, [setTurns]);
  return { turns, isBusy, send, stop, reset };
}

/** The turns of this tab's conversation, kept when an answer begins and ends and when its page is left. */
function useKeptTurns(userId: string | null, agentId: string) {
  const [turns, setTurns] = useState<readonly Turn[] | null>(null);
  const latest = useRef(turns);

  useEffect(() => {
    const talk = { userId, agentId };
    const keep = () => {
      if (latest.current) keepConversation(talk, latest.current);
    };
    setTurns(readConversation(talk));
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      keep();
      latest.current = null;
    };
  }, [userId, agentId]);

  useEffect(() => {
    latest.current = turns;
    const last = turns?.at(-1);
    const isGrowing = last?.state === "streaming" && last.text !== "";
    if (turns && !isGrowing) keepConversation({ userId, agentId }, turns);
  }, [turns, userId, agentId]);

  const update = useCallback((change: (before: readonly Turn[]) => readonly Turn[]) => {
    setTurns((before) => change(before ?? []));
  }, []);
  return [turns ?? [], update] as const;
}

/** How an answer began and ended that was left while it was given. Nothing when that cannot be told. */
async function outcomeOf(
  agentId: string,
  { executionId, questionKey = "" }: Turn,
): Promise<readonly PlaygroundEvent[]> {
  const which = executionId ? `run=${executionId}` : `question=${questionKey}`;
  try {
    const response = await fetch(`/app/agents/${agentId}/playground?${which}`);
    return response.ok ? await response.json() : [];
  } catch {
    return [];
  }
}

async function problemOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => null);
  const detail =
    typeof problem === "object" && problem !== null && "detail" in problem ? problem.detail : null;
  return typeof detail === "string" ? detail : UNREACHABLE.message;
}
