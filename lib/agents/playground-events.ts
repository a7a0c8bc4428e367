import type { PublicError } from "@/lib/errors";
import type { Citation } from "./prompt";

/** What an answer in the playground used and cost. Amounts are digits of micro-dollars, because JSON has no bigint. */
export type AnswerFacts = {
  executionId: string;
  inputTokens: number;
  outputTokens: number;
  latencyMs: number;
  firstTokenMs: number | null;
  costMicros: string;
};

/** One line of the playground's answer stream (newline-delimited JSON). The last is `done`, `stopped` or `error`. */
export type PlaygroundEvent =
  | { type: "start"; executionId: string }
  | { type: "text"; text: string }
  | {
      type: "tool";
      id: string;
      name: string;
      state: "called" | "done" | "failed";
      input?: unknown;
      message?: string;
    }
  | { type: "done"; text: string; facts: AnswerFacts; citations: Citation[]; finishReason: string }
  | { type: "stopped"; facts: AnswerFacts }
  | { type: "error"; error: PublicError };

/** Splits a stream of bytes into the events in it; a line that was cut is dropped. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<PlaygroundEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as PlaygroundEvent;
      if (done) return;
    }
  } finally {
    reader.releaseLock();
  }
}
