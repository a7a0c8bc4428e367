import type { FlexibleSchema } from "ai";
import { isStepCount, type LanguageModelUsage, type ModelMessage, type ToolSet } from "ai";
import { toolProblem } from "./errors";
import type { ModelRef } from "./model-ref";
import type { ModelParameters } from "./parameters";
import { languageModel } from "./provider";
import { countTokens } from "./tokens";
import { addUsage, type CheckedUsage, checkUsage, NO_USAGE, type TokenUsage } from "./usage";

/** How many rounds there were, and what was told in the last of calls that could not be made at all. */
export type RoundsBefore = { count: number; refused: readonly string[] };

/** One question to a model. Give `prompt` or `messages`, not both. */
export type CallOptions = ModelParameters & {
  model: ModelRef;
  /** The system prompt. */
  system?: string | undefined;
  prompt?: string | undefined;
  messages?: ModelMessage[] | undefined;
  tools?: ToolSet | undefined;
  /** Asked before each round: once it says no, that is asked without tools. */
  mayUseTools?: ((before: RoundsBefore) => boolean) | undefined;
  /** Rounds of answer and tool results, at least 1. Default 8 with tools. The last round is asked without tools. */
  maxSteps?: number | undefined;
  abortSignal?: AbortSignal | undefined;
  /** Nothing is sent before this settles, and nothing when it rejects; the question is put together meanwhile. */
  mayLeave?: Promise<void> | undefined;
  /** For the whole call with all its steps. Default 120 s. */
  timeoutMs?: number | undefined;
};

export type GenerateOptions<T> = CallOptions & {
  /** A zod schema or the SDK's `jsonSchema()`: the answer becomes `object`. */
  schema?: FlexibleSchema<T> | undefined;
};

export type ToolCallRecord = {
  id: string;
  name: string;
  input: unknown;
  /** What the tool gave; absent when it failed. */
  output?: unknown;
  error?: string;
};

export type StepRecord = {
  text: string;
  toolCalls: ToolCallRecord[];
  usage: TokenUsage;
  usageTrusted: boolean;
  finishReason: FinishReason;
};

export type FinishReason =
  | "stop"
  | "length"
  | "content-filter"
  | "tool-calls"
  | "error"
  | "interrupted"
  | "other";

export type GenerateResult<T = unknown> = {
  text: string;
  /** Present when a schema was given. */
  object?: T;
  /** Of all steps, in order. */
  toolCalls: ToolCallRecord[];
  /** Of all steps together. */
  usage: TokenUsage;
  /** False when a count came from us because the provider's was missing or impossible. */
  usageTrusted: boolean;
  latencyMs: number;
  /** Until the first text arrived; streams only. */
  firstTokenMs?: number;
  finishReason: FinishReason;
  modelKey: string;
  steps: StepRecord[];
};

const DEFAULT_TIMEOUT_MS = 120_000;
export const DEFAULT_TOOL_STEPS = 8;

/** The caller's signal and our deadline as one, remembering which of them fired. */
export function startClock(options: Pick<CallOptions, "abortSignal" | "mayLeave" | "timeoutMs">) {
  const controller = new AbortController();
  let started = performance.now();
  options.mayLeave?.then(
    () => {
      started = performance.now();
    },
    () => undefined,
  );
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    controller.abort(new DOMException("The time for this call is up.", "TimeoutError"));
  }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const caller = options.abortSignal;
  const cancel = () => controller.abort(caller?.reason);
  if (caller?.aborted) cancel();
  else caller?.addEventListener("abort", cancel, { once: true });
  return {
    signal: controller.signal,
    elapsedMs: () => Math.round(performance.now() - started),
    end: () => ({ cancelled: caller?.aborted === true && !timedOut, timedOut }),
    stop: () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", cancel);
    },
  };
}

/** What every call is made with. */
export function callSettings(options: CallOptions, signal: AbortSignal) {
  const isOpenAi = options.model.provider === "openai";
  return {
    model: languageModel(options.model),
    abortSignal: signal,
    ...(options.system ? { instructions: options.system } : {}),
    // The provider keeps no copy of the conversation.
    ...(isOpenAi ? { providerOptions: { openai: { store: false } } } : {}),
    ...samplingOf({ ...options, maxOutputTokens: options.maxOutputTokens ?? options.model.maxOutputTokens }),
  };
}

/** What a call of several rounds is made with besides. Retries are the engine's, so the SDK's are off. */
export function roundSettings(options: CallOptions) {
  const maxSteps = Math.max(1, options.maxSteps ?? (options.tools ? DEFAULT_TOOL_STEPS : 1));
  return {
    maxRetries: 0,
    stopWhen: isStepCount(maxSteps),
    ...(options.tools ? { tools: options.tools } : {}),
    ...(maxSteps > 1
      ? {
          prepareStep: ({ stepNumber: count, steps }: { stepNumber: number; steps: readonly SdkRound[] }) => {
            const mayUseTools = options.mayUseTools?.({ count, refused: refusedIn(steps.at(-1)) }) ?? true;
            return mayUseTools && count < maxSteps - 1 ? {} : WITHOUT_TOOLS;
          },
        }
      : {}),
  };
}

const WITHOUT_TOOLS = { toolChoice: "none" as const };

function samplingOf(options: ModelParameters) {
  const { temperature, topP, maxOutputTokens, frequencyPenalty, presencePenalty, seed, reasoningEffort } =
    options;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
    ...(seed === undefined ? {} : { seed }),
    ...(reasoningEffort === undefined ? {} : { reasoning: reasoningEffort }),
  };
}

export function messagesOf(options: CallOptions): ModelMessage[] {
  if (options.messages) return options.messages;
  return [{ role: "user", content: options.prompt ?? "" }];
}

/** Our own count of what a step sent and received. */
export function ownCount(
  options: CallOptions,
  answer: string,
): { inputTokens: number; outputTokens: number } {
  const input = `${options.system ?? ""}\n${JSON.stringify(messagesOf(options))}`;
  return { inputTokens: countTokens(input), outputTokens: countTokens(answer) };
}

/** The part of the SDK's step that we keep. */
export type SdkStep = {
  text: string;
  finishReason: FinishReason;
  usage: LanguageModelUsage;
  content: readonly { type: string }[];
};

type ToolPart = {
  type: string;
  toolCallId: string;
  toolName: string;
  input: unknown;
  output?: unknown;
  error?: unknown;
};

function isToolPart(part: { type: string }): part is ToolPart {
  return "toolCallId" in part;
}

type SdkRound = Pick<SdkStep, "content">;

/** A model asks for a tool that is not there, or in a way it does not take: what it was told of that. */
function refusedIn(round: SdkRound | undefined): string[] {
  return (round?.content ?? []).flatMap((part) =>
    isToolPart(part) && part.type === "tool-call" && part.error !== undefined ? [String(part.error)] : [],
  );
}

/** What a model thought before it answered, where it shows that: it is charged as an answer is. */
function thoughtsOf({ content }: SdkStep): string {
  return content
    .map((part) => (part.type === "reasoning" && "text" in part ? String(part.text) : ""))
    .join("");
}

export function stepRecord(step: SdkStep, options: CallOptions): StepRecord {
  const calls = new Map<string, ToolCallRecord>();
  for (const part of step.content) {
    if (!isToolPart(part)) continue;
    const call = calls.get(part.toolCallId) ?? {
      id: part.toolCallId,
      name: part.toolName,
      input: part.input,
    };
    if (part.type === "tool-result") call.output = part.output;
    // A call that cannot be made carries its error itself; in a round of several, a part of its own does so too.
    if (part.type === "tool-error" || part.error !== undefined) call.error = toolProblem(part.error);
    calls.set(part.toolCallId, call);
  }
  const toolCalls = [...calls.values()];
  const answered =
    thoughtsOf(step) +
    step.text +
    (toolCalls.length > 0 ? JSON.stringify(toolCalls.map((call) => call.input)) : "");
  // Nothing is read and nothing said for no tokens: the SDK makes 0 of a count that is null.
  const reported = {
    inputTokens: step.usage.inputTokens || undefined,
    outputTokens: answered ? step.usage.outputTokens || undefined : step.usage.outputTokens,
    cachedInputTokens: step.usage.inputTokenDetails.cacheReadTokens,
  };
  const checked = checkUsage(reported, () => ownCount(options, answered));
  return { text: step.text, toolCalls, ...checked, finishReason: step.finishReason };
}

export function totalUsage(steps: readonly CheckedUsage[]): CheckedUsage {
  return steps.reduce((sum, step) => addUsage(sum, step), { usage: NO_USAGE, usageTrusted: true });
}
