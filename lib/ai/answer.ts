import { type ModelMessage, type Output, streamText, type TextStreamPart, type ToolSet } from "ai";
import {
  type CallOptions,
  type GenerateResult,
  messagesOf,
  ownCount,
  type StepRecord,
  sdkOptions,
  startClock,
  stepRecord,
  totalUsage,
} from "./call";
import { describeFailure, ModelCallError, toolProblem } from "./errors";
import type { EventQueue } from "./event-queue";

export type StreamEvent =
  | { type: "text"; text: string }
  | { type: "tool-call"; id: string; name: string; input: unknown }
  | { type: "tool-result"; id: string; name: string; output: unknown }
  | { type: "tool-error"; id: string; name: string; message: string };

const UNFINISHED: ReadonlySet<string> = new Set(["error", "interrupted"]);

/** What a call has come to so far: kept while it runs, so that one that is cut tells what it had used. */
export class Account {
  readonly steps: StepRecord[] = [];
  firstTokenMs: number | undefined;
  readonly #options: CallOptions;
  readonly #clock: ReturnType<typeof startClock>;
  /** The step that has not ended: what it was sent, the text that arrived, and all that the model wrote, thoughts included. */
  #open: { messages: ModelMessage[]; text: string; written: string } | null = null;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#clock = startClock(options);
  }

  /**
   * Asks the model with these messages and reads the answer to its end; `queue` is told everything as it happens.
   * @returns the object of the answer where `output` was wanted
   */
  async ask<T = never>(
    messages: ModelMessage[],
    { output, queue }: { output?: Output.Output<T>; queue?: EventQueue<StreamEvent> },
  ): Promise<T | undefined> {
    const { signal } = this.#clock;
    const before = this.steps.length;
    // Each round is sent what the ones before it came to.
    let sent = messages;
    const answer = streamText({
      ...sdkOptions(this.#options, signal),
      messages,
      ...(output ? { output } : {}),
      onError: () => undefined,
      onStepEnd: (step) => {
        // A stream that ends early without breaking looks like an answer, but is half of one.
        if (UNFINISHED.has(step.finishReason)) return;
        this.steps.push(stepRecord(step, { ...this.#options, messages: sent }));
        sent = [...sent, ...step.response.messages];
        this.#open = null;
      },
    });
    for await (const part of answer.stream) {
      if (part.type === "error") throw part.error;
      if (part.type === "abort") throw signal.reason;
      if (part.type === "start-step") this.#open = { messages: sent, text: "", written: "" };
      if (this.#open) this.#open.written += writtenIn(part);
      const event = toEvent(part);
      if (event?.type === "text") {
        this.firstTokenMs ??= this.#clock.elapsedMs();
        if (this.#open) this.#open.text += event.text;
      }
      if (event) queue?.push(event);
    }
    if (this.#open || this.steps.length === before) throw new Error("the provider did not finish its answer");
    return output ? ((await answer.output) as T) : undefined;
  }

  /** The answer, once it is whole. */
  result(): GenerateResult {
    const last = this.steps.at(-1);
    return {
      text: last?.text ?? "",
      toolCalls: this.steps.flatMap((step) => step.toolCalls),
      ...totalUsage(this.steps),
      latencyMs: this.#clock.elapsedMs(),
      ...(this.firstTokenMs === undefined ? {} : { firstTokenMs: this.firstTokenMs }),
      finishReason: last?.finishReason ?? "other",
      modelKey: this.#options.model.modelKey,
      steps: this.steps,
    };
  }

  /** What went wrong, with what had been used by then. */
  failure(error: unknown): ModelCallError {
    const { code, message, options: details } = describeFailure(error, this.#clock.end());
    const open = this.#open;
    const spent = totalUsage([...this.steps, ...(open?.written ? [this.#cut(open)] : [])]);
    const text = open?.text || (this.steps.at(-1)?.text ?? "");
    return new ModelCallError(code, message, details, {
      text,
      latencyMs: this.#clock.elapsedMs(),
      ...spent,
    });
  }

  close(): void {
    this.#clock.stop();
  }

  /** A step that was cut was read and partly answered: the provider charges that, and only we can count it. */
  #cut({ messages, written }: { messages: ModelMessage[]; written: string }) {
    const { inputTokens, outputTokens } = ownCount({ ...this.#options, messages }, written);
    const totalTokens = inputTokens + outputTokens;
    return { usage: { inputTokens, outputTokens, cachedInputTokens: 0, totalTokens }, usageTrusted: false };
  }
}

/**
 * Does some asking on one account. @throws ModelCallError `upstream` with `retryable` (408, 409, 429, 5xx, network,
 * timeout: yes; other 4xx and answers of the wrong shape: no), `retryAfterMs` when the provider named one, and `partial`
 * with what was already spent; `precondition` with reason `cancelled` after an abort, or `provider_not_configured`.
 */
export async function onAccount<T>(options: CallOptions, work: (account: Account) => Promise<T>): Promise<T> {
  const account = new Account(options);
  try {
    return await work(account);
  } catch (error) {
    throw account.failure(error);
  } finally {
    account.close();
  }
}

/** Asks once, with what the options say. */
export function askText(options: CallOptions, queue?: EventQueue<StreamEvent>): Promise<GenerateResult> {
  return onAccount(options, async (account) => {
    await account.ask(messagesOf(options), queue ? { queue } : {});
    return account.result();
  });
}

/** What a model wrote with a piece of its answer: providers charge thoughts and what tools are asked as they charge text. */
function writtenIn(part: TextStreamPart<ToolSet>): string {
  if (part.type === "text-delta" || part.type === "reasoning-delta") return part.text;
  return part.type === "tool-input-delta" ? part.delta : "";
}

function toEvent(part: TextStreamPart<ToolSet>): StreamEvent | null {
  switch (part.type) {
    case "text-delta":
      return { type: "text", text: part.text };
    case "tool-call":
      return { type: "tool-call", id: part.toolCallId, name: part.toolName, input: part.input };
    case "tool-result":
      return { type: "tool-result", id: part.toolCallId, name: part.toolName, output: part.output };
    case "tool-error": {
      const { toolCallId: id, toolName: name, error } = part;
      return { type: "tool-error", id, name, message: toolProblem(error) };
    }
    default:
      return null;
  }
}
