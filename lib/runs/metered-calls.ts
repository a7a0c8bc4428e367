import "server-only";
import type { TenantScope } from "@/db/scope";
import type { GenerateOptions, GenerateResult } from "@/lib/ai/call";
import { ModelCallError } from "@/lib/ai/errors";
import { generate } from "@/lib/ai/generate";
import { beginModelCall, type ModelCallEnd } from "@/lib/metering/model-calls";
import { assertHeld } from "./steps";

/** A call that has ended and waits to be written with the step. */
export type EndedCall = ModelCallEnd & {
  /** The provider's count was missing or impossible and ours took its place. */
  readonly isEstimated: boolean;
};

type Call = { readonly purpose: "agent" | "llm" | "classify"; readonly agentId?: string | null };
type Options<T> = Omit<GenerateOptions<T>, "abortSignal" | "timeoutMs">;

/** The model calls of one attempt at a step. */
export type MeteredCalls = {
  /**
   * Calls a model; noted before it is made, measured after. @throws ModelCallError as `generate` does; AppError
   * `conflict` when a newer attempt has the step: what takes a step over gives up the calls that were noted before.
   */
  generate<T = never>(call: Call, options: Options<T>): Promise<GenerateResult<T>>;
  ended(): readonly EndedCall[];
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
  },
): MeteredCalls {
  const ended: EndedCall[] = [];
  let begun = 0;
  return {
    ended: () => ended,
    generate: async <T>(call: Call, options: Options<T>) => {
      begun += 1;
      const callId = await beginModelCall(
        scope,
        {
          executionId: attempt.executionId,
          stepId: attempt.stepId,
          agentId: call.agentId ?? null,
          modelKey: options.model.modelKey,
          provider: options.model.provider,
          purpose: call.purpose,
          callKey: `${attempt.stepKey}:call:${attempt.attempt}.${begun}`,
        },
        (tx) => assertHeld(tx, scope, attempt),
      );
      try {
        const { signal: abortSignal, timeoutMs } = attempt;
        const result = await generate<T>({ ...options, abortSignal, timeoutMs });
        ended.push(callEnd(callId, result));
        return result;
      } catch (error) {
        if (error instanceof ModelCallError) ended.push(callEnd(callId, error));
        throw error;
      }
    },
  };
}
