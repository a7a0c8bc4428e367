import "server-only";
import type { TenantScope } from "@/db/scope";
import type { GenerateOptions, GenerateResult } from "@/lib/ai/call";
import { ModelCallError } from "@/lib/ai/errors";
import { generate } from "@/lib/ai/generate";
import type { ModelRef } from "@/lib/ai/model-ref";
import { beginModelCall, type ModelCallEnd } from "@/lib/metering/model-calls";
import { assertHeld } from "./steps";

/** A call that has ended and waits to be written with the step. */
export type EndedCall = ModelCallEnd & {
  /** The provider's count was missing or impossible and ours took its place. */
  readonly isEstimated: boolean;
};

/** So long after the claim nobody asks whether the step is still ours before its first call is made. */
export const SURE_MS = 1_000;

/** A call that was made, with what it is billed by. */
export type MadeCall = EndedCall & { readonly modelKey: string; readonly agentId: string | null };

/** The first call of a step, noted with its claim. */
export type NotedCall = { readonly callId: string; readonly modelKey: string };

export type CallPurpose = "agent" | "llm" | "classify";

/** What the calls of a step are for, and the agent that makes them. */
export type Asking = { readonly purpose: CallPurpose; readonly agentId: string | null };

type Options<T> = Omit<GenerateOptions<T>, "abortSignal" | "timeoutMs">;

/** The model calls of one attempt at a step. */
export type MeteredCalls = {
  /**
   * Calls a model; noted before it is made, measured after. @throws ModelCallError as `generate` does; AppError
   * `conflict` when a newer attempt has the step: what takes a step over gives up the calls that were noted before.
   */
  generate<T = never>(options: Options<T>): Promise<GenerateResult<T>>;
  ended(): readonly MadeCall[];
  /** The call that was noted with the claim, where it was not made. */
  unmade(): string | null;
};

/** What an answer used, or what a failed one had already used. */
export function callEnd(callId: string, result: GenerateResult | ModelCallError): EndedCall {
  const isFailure = result instanceof ModelCallError;
  const { usage, usageTrusted, latencyMs } = isFailure ? result.partial : result;
  return {
    callId,
    status: isFailure ? "failed" : "settled",
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    latencyMs,
    errorMessage: isFailure ? result.message : null,
    isEstimated: !usageTrusted,
  };
}

/** Starts the account of one attempt. */
export function meteredCalls(
  scope: TenantScope,
  attempt: {
    readonly executionId: string;
    readonly stepId: string;
    readonly stepKey: string;
    readonly attempt: number;
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly asking: Asking | null;
    readonly noted: NotedCall | null;
    /** Since when this process has the step, by its own clock. */
    readonly sinceMs: number | undefined;
    /** The first call waits for it: until then it is not certain that the step is ours. */
    readonly certain: Promise<void> | undefined;
  },
): MeteredCalls {
  const { asking, noted, sinceMs, certain, signal: abortSignal, timeoutMs } = attempt;
  const ended: MadeCall[] = [];
  let begun = 0;
  const begin = async (by: Asking, { modelKey, provider }: ModelRef) => {
    begun += 1;
    if (begun === 1 && noted) {
      if (noted.modelKey !== modelKey)
        throw new Error(`a call of ${noted.modelKey} was noted, not ${modelKey}`);
      // Later it is asked whether the step is still ours; what is noted stays the same call.
      if (sinceMs !== undefined && performance.now() - sinceMs < SURE_MS) return noted.callId;
    }
    if (begun === 1) await certain;
    const { executionId, stepId } = attempt;
    const callKey = callKeyOf(attempt, begun);
    const start = { ...by, executionId, stepId, modelKey, provider, callKey };
    return beginModelCall(scope, start, (tx) => assertHeld(tx, scope, attempt));
  };
  return {
    ended: () => ended,
    unmade: () => (begun === 0 ? (noted?.callId ?? null) : null),
    generate: async <T>(options: Options<T>) => {
      if (!asking) throw new Error("a node that asks no model has asked one");
      const callId = await begin(asking, options.model);
      const by = { modelKey: options.model.modelKey, agentId: asking.agentId };
      const mayLeave = begun === 1 ? certain : undefined;
      try {
        const result = await generate<T>({ ...options, abortSignal, mayLeave, timeoutMs });
        ended.push({ ...callEnd(callId, result), ...by });
        return result;
      } catch (error) {
        if (error instanceof ModelCallError) ended.push({ ...callEnd(callId, error), ...by });
        throw error;
      }
    },
  };
}

/** The key of one of the calls of an attempt, counted from 1. */
export function callKeyOf(
  { stepKey, attempt }: { readonly stepKey: string; readonly attempt: number },
  number: number,
): string {
  return `${stepKey}:call:${attempt}.${number}`;
}
