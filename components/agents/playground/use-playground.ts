"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { MAX_MESSAGES } from "@/lib/agents/input";
import { type AnswerFacts, type PlaygroundEvent, readEvents } from "@/lib/agents/playground-events";
import type { Citation } from "@/lib/agents/prompt";

export type ToolUse = {
  id: string;
  name: string;
  state: "called" | "done" | "failed";
  input?: unknown;
  message?: string;
};

export type Turn = {
  id: number;
  question: string;
  text: string;
  state: "streaming" | "done" | "stopped" | "failed";
  tools: ToolUse[];
  executionId?: string;
  facts?: AnswerFacts;
  citations: Citation[];
  /** The model had to stop at its limit of tokens. */
  isCut?: boolean;
  problem?: string;
};

/** A conversation with one agent: sends it, and applies the answer to the last turn as it streams in. */
export function usePlayground(agentId: string) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const call = useRef<AbortController | null>(null);
  const isBusy = turns.at(-1)?.state === "streaming";

  useEffect(() => () => call.current?.abort(), []);

  const change = useCallback((id: number, apply: (turn: Turn) => Turn) => {
    setTurns((before) => before.map((turn) => (turn.id === id ? apply(turn) : turn)));
  }, []);

  /** @returns whether the question was taken */
  const send = useCallback(
    async (question: string): Promise<boolean> => {
      let isTaken = false;
      const id = Date.now();
      const controller = new AbortController();
      call.current = controller;
      const history = turns.flatMap(messagesOf).slice(-(MAX_MESSAGES - 1));
      setTurns((before) => [
        ...before,
        { id, question, text: "", state: "streaming", tools: [], citations: [] },
      ]);
      try {
        const messages = [...history, { role: "user", content: question }];
        const response = await fetch(`/app/agents/${agentId}/playground`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ messages }),
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
    [agentId, change, turns],
  );

  const stop = useCallback(() => call.current?.abort(), []);
  const reset = useCallback(() => {
    call.current?.abort();
    setTurns([]);
  }, []);
  return { turns, isBusy, send, stop, reset };
}

/** Failed turns without text are left out, so that the conversation stays one. */
function messagesOf(turn: Turn): { role: "user" | "assistant"; content: string }[] {
  if (turn.text.trim() === "") return [];
  return [
    { role: "user", content: turn.question },
    { role: "assistant", content: turn.text },
  ];
}

async function problemOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => null);
  const detail =
    typeof problem === "object" && problem !== null && "detail" in problem ? problem.detail : null;
  return typeof detail === "string" ? detail : UNREACHABLE.message;
}

function applied(turn: Turn, event: PlaygroundEvent): Turn {
  switch (event.type) {
    case "start":
      return { ...turn, executionId: event.executionId };
    case "text":
      return { ...turn, text: turn.text + event.text };
    case "tool":
      return { ...turn, text: "", tools: withTool(turn.tools, event) };
    case "done":
      return {
        ...turn,
        state: "done",
        text: event.text,
        facts: event.facts,
        citations: event.citations,
        isCut: event.finishReason === "length",
      };
    case "error":
      return { ...turn, state: "failed", problem: event.error.message };
  }
}

function withTool(
  tools: readonly ToolUse[],
  { id, name, state, input, message }: Extract<PlaygroundEvent, { type: "tool" }>,
): ToolUse[] {
  const known = tools.find((tool) => tool.id === id);
  const next: ToolUse = { id, name, state, input: input ?? known?.input, ...(message ? { message } : {}) };
  return known ? tools.map((tool) => (tool.id === id ? next : tool)) : [...tools, next];
}
