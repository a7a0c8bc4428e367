import { z } from "zod";
import { UNREACHABLE } from "@/components/shared/unreachable";
import { MAX_MESSAGES } from "@/lib/agents/input";
import type { AnswerFacts, PlaygroundEvent } from "@/lib/agents/playground-events";
import type { Citation } from "@/lib/agents/prompt";

export type ToolUse = {
  id: string;
  name: string;
  state: "called" | "done" | "failed";
  input?: unknown;
  message?: string | undefined;
};

/** A question with what is known of its answer. */
export type Turn = {
  id: number;
  question: string;
  text: string;
  state: "streaming" | "done" | "stopped" | "failed";
  tools: ToolUse[];
  /** What this tab calls the question, until it is told of its run. */
  questionKey?: string | undefined;
  executionId?: string | undefined;
  facts?: AnswerFacts | undefined;
  citations: Citation[];
  /** The model had to stop at its limit of tokens. */
  isCut?: boolean | undefined;
  problem?: string | undefined;
};

/** Whose conversation it is, and with whom. */
export type Talk = { readonly userId: string | null; readonly agentId: string };

const turn: z.ZodType<Turn> = z.object({
  id: z.number(),
  question: z.string(),
  text: z.string(),
  state: z.enum(["streaming", "done", "stopped", "failed"]),
  tools: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      state: z.enum(["called", "done", "failed"]),
      input: z.unknown(),
      message: z.string().optional(),
    }),
  ),
  questionKey: z.string().optional(),
  executionId: z.string().optional(),
  facts: z
    .object({
      executionId: z.string(),
      inputTokens: z.number(),
      outputTokens: z.number(),
      latencyMs: z.number(),
      firstTokenMs: z.number().nullable(),
      costMicros: z.string().regex(/^\d+$/),
    })
    .optional(),
  citations: z.array(
    z.object({
      number: z.number(),
      documentId: z.string(),
      chunkId: z.string(),
      filename: z.string(),
      page: z.number().nullable(),
      heading: z.string().nullable(),
      excerpt: z.string(),
    }),
  ),
  isCut: z.boolean().optional(),
  problem: z.string().optional(),
});

const stored = z.array(turn);

function keyOf({ userId, agentId }: Talk): string {
  return `hirebuddha:conversation:${userId}:${agentId}`;
}

/** Keeps a conversation for as long as its tab is open: who looks at a source or a run comes back to it. */
export function keepConversation(talk: Talk, turns: readonly Turn[]): void {
  try {
    if (turns.length === 0) sessionStorage.removeItem(keyOf(talk));
    else sessionStorage.setItem(keyOf(talk), JSON.stringify(turns));
  } catch {
    // Full or forbidden storage: it lasts as long as the page.
  }
}

/** The conversation of this tab. An answer that was still being given when its page was left has stopped by that. */
export function readConversation(talk: Talk): readonly Turn[] {
  try {
    const turns = stored.parse(JSON.parse(sessionStorage.getItem(keyOf(talk)) ?? "[]"));
    return turns.map((kept) => (kept.state === "streaming" ? { ...kept, state: "stopped" } : kept));
  } catch {
    return [];
  }
}

/** Whether its answer was left before it was told how it ended and what it cost: it may have been whole by then. */
export function isLeftOpen(turn: Turn): boolean {
  if (turn.facts || !(turn.executionId ?? turn.questionKey)) return false;
  return turn.state === "stopped" || turn.problem === UNREACHABLE.message;
}

const MAX_TURNS_BEFORE = Math.floor((MAX_MESSAGES - 1) / 2);

/** What the model is shown of a turn. Those without text are left out, so that the conversation stays one. */
function messagesOf({ question, text }: Turn): { role: "user" | "assistant"; content: string }[] {
  if (text.trim() === "") return [];
  return [
    { role: "user", content: question },
    { role: "assistant", content: text },
  ];
}

/** What the model is shown before the next question: of a long conversation its last turns, each as a whole. */
export function historyOf(turns: readonly Turn[]): ReturnType<typeof messagesOf> {
  return turns.flatMap(messagesOf).slice(-2 * MAX_TURNS_BEFORE);
}

/** A turn with one more event of its answer. */
export function applied(turn: Turn, event: PlaygroundEvent): Turn {
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
        problem: undefined,
      };
    case "stopped":
      return { ...turn, state: "stopped", facts: event.facts, problem: undefined };
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
