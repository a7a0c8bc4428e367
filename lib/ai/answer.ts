import {
  experimental_streamLanguageModelCall as askOnce,
  type LanguageModelStreamPart,
  type ModelMessage,
  type Output,
  streamText,
  type TextStreamPart,
  type ToolSet,
} from "ai";
import {
  type CallOptions,
  callSettings,
  type GenerateResult,
  messagesOf,
  ownCount,
  roundSettings,
  type SdkStep,
  type StepRecord,
  startClock,
  stepRecord,
  totalUsage,
} from "./call";
import { describeFailure, ModelCallError, toolProblem } from "./errors";
import type { EventQueue } from "./event-queue";
import { leavingWith } from "./provider";

export type StreamEvent =
  | { type: "text"; text: string }
  | { type: "tool-call"; id: string; name: string; input: unknown }
  | { type: "tool-result"; id: string; name: string; output: unknown }
  | { type: "tool-error"; id: string; name: string; message: string };

type AnswerPart = TextStreamPart<ToolSet> | LanguageModelStreamPart;

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
    const before = this.steps.length;
    const object = await leavingWith(this.#options.mayLeave, () =>
      output || this.#options.tools
        ? this.#askInRounds<T>(messages, { output, queue })
        : this.#askPlainly(messages, queue),
    );
    if (this.#open || this.steps.length === before) throw new Error("the provider did not finish its answer");
    return object;
  }

  /** One request for text. What the SDK does about several rounds costs each call up to 2 ms, so it is left out here. */
  async #askPlainly(
    messages: ModelMessage[],
    queue: EventQueue<StreamEvent> | undefined,
  ): Promise<undefined> {
    const { signal } = this.#clock;
    this.#open = { messages, text: "", written: "" };
    const { stream } = await askOnce({
      ...callSettings(this.#options, signal),
      messages,
      onLanguageModelCallEnd: ({ content, finishReason, usage }) => {
        const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
        this.#stepEnded({ text, content, finishReason, usage }, messages);
      },
    });
    for await (const part of stream) {
      if (part.type === "error") throw part.error;
      this.#arrived(part, queue);
    }
  }

  async #askInRounds<T>(
    messages: ModelMessage[],
    { output, queue }: { output: Output.Output<T> | undefined; queue: EventQueue<StreamEvent> | undefined },
  ): Promise<T | undefined> {
    const { signal } = this.#clock;
    // Each round is sent what the ones before it came to.
    let sent = messages;
    const answer = streamText({
      ...callSettings(this.#options, signal),
      ...roundSettings(this.#options),
      messages,
      ...(output ? { output } : {}),
      onError: () => undefined,
      onStepEnd: (step) => {
        if (this.#stepEnded(step, sent)) sent = [...sent, ...step.response.messages];
      },
    });
    for await (const part of answer.stream) {
      if (part.type === "error") throw part.error;
      if (part.type === "abort") throw signal.reason;
      if (part.type === "start-step") this.#open = { messages: sent, text: "", written: "" };
      this.#arrived(part, queue);
    }
    return output ? ((await answer.output) as T) : undefined;
  }

  /** A stream that ends early without breaking looks like an answer, but is half of one: then it gives false. */
  #stepEnded(step: SdkStep, messages: ModelMessage[]): boolean {
    if (UNFINISHED.has(step.finishReason)) return false;
    this.steps.push(stepRecord(step, { ...this.#options, messages }));
    this.#open = null;
    return true;
  }

  #arrived(part: AnswerPart, queue: EventQueue<StreamEvent> | undefined): void {
    if (this.#open) this.#open.written += writtenIn(part);
    const event = toEvent(part);
    if (event?.type === "text") {
      this.firstTokenMs ??= this.#clock.elapsedMs();
      if (this.#open) this.#open.text += event.text;
    }
    if (event) queue?.push(event);
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
function writtenIn(part: AnswerPart): string {
  if (part.type === "text-delta" || part.type === "reasoning-delta") return part.text;
  return part.type === "tool-input-delta" ? part.delta : "";
}

function toEvent(part: AnswerPart): StreamEvent | null {
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
