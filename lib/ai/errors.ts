import {
  APICallError,
  NoObjectGeneratedError,
  RetryError,
  StreamProviderError,
  ToolChoiceViolationError,
} from "ai";
import { AppError, type AppErrorOptions, type ErrorCode } from "@/lib/errors";
import { retryAfter } from "@/lib/http/retry-after";
import type { CheckedUsage } from "./usage";

/** What a failed call had already produced, and what the provider will charge for it. */
export type PartialAnswer = CheckedUsage & { text: string; latencyMs: number };

/**
 * A model call that did not end well. `partial.usage` is what was spent before it failed: steps that had completed,
 * and for a stream that was cut, our own count of what arrived (then `usageTrusted` is false).
 */
export class ModelCallError extends AppError {
  readonly partial: PartialAnswer;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions, partial: PartialAnswer) {
    super(code, message, options);
    this.name = "ModelCallError";
    this.partial = partial;
  }
}

const RETRYABLE_STATUS = new Set([408, 409, 429]);

type Failure = { code: ErrorCode; message: string; options: AppErrorOptions };

/** The cause of an ended call: the caller's cancel or our deadline come before whatever the SDK made of it. */
export type CallEnd = { cancelled: boolean; timedOut: boolean };

/** Says once what a thrown value means: code, public sentence, whether to try again and when. */
export function describeFailure(error: unknown, end: CallEnd, now: number = Date.now()): Failure {
  if (end.cancelled) {
    return failure("precondition", "The call was cancelled.", {
      reason: "cancelled",
      retryable: false,
      cause: error,
    });
  }
  if (end.timedOut) {
    return failure("upstream", "The model did not answer in time.", { reason: "timeout", cause: error });
  }
  const root = RetryError.isInstance(error) ? error.lastError : error;
  const known = findAppError(root);
  if (known) return failure(known.code, known.message, { ...optionsOf(known), cause: error });
  if (APICallError.isInstance(root)) return httpFailure(root, now);
  if (StreamProviderError.isInstance(root)) {
    return failure("upstream", "The model broke off its answer.", {
      reason: "provider_error",
      retryable: root.isRetryable,
      cause: error,
    });
  }
  if (NoObjectGeneratedError.isInstance(root)) {
    if (isCutShort(root)) {
      const message =
        "The model reached the longest answer that it may give before its answer was whole. Allow a longer one, or ask for less.";
      return failure("upstream", message, { reason: "answer_cut", retryable: false, cause: error });
    }
    return failure("upstream", "The model did not give an answer of the wanted shape.", {
      reason: "bad_output",
      retryable: false,
      cause: error,
    });
  }
  if (ToolChoiceViolationError.isInstance(root)) {
    return failure("upstream", "The model kept calling tools instead of giving an answer.", {
      reason: "tool_loop",
      retryable: false,
      cause: error,
    });
  }
  return failure("upstream", "The model's answer could not be read.", {
    reason: "bad_response",
    cause: error,
  });
}

/** Whether an answer of a wanted shape ended at the limit of its length: asked again it would end there again. */
export function isCutShort(error: NoObjectGeneratedError): boolean {
  return error.finishReason === "length";
}

/** What people are told of a tool that failed. Our own errors carry sentences for them; those of libraries do not. */
export function toolProblem(error: unknown): string {
  if (error instanceof AppError && error.code !== "internal") return error.message;
  // Of a call that it does not make, the SDK gives the words of its error alone.
  const words = String(error);
  if (words.startsWith("AI_NoSuchToolError")) return "The model asked for a tool that it does not have.";
  if (words.startsWith("AI_InvalidToolInputError"))
    return "The model asked for it in a way it does not take.";
  return "It failed on our side.";
}

function failure(code: ErrorCode, message: string, options: AppErrorOptions): Failure {
  return { code, message, options };
}

function httpFailure(error: APICallError, now: number): Failure {
  const status = error.statusCode;
  const retryAfterMs = retryAfter(error.responseHeaders, now);
  const options = { ...(retryAfterMs === undefined ? {} : { retryAfterMs }), cause: error };
  if (status === undefined) {
    return failure("upstream", "The model's provider could not be reached.", {
      ...options,
      reason: "network",
    });
  }
  const retryable = RETRYABLE_STATUS.has(status) || status >= 500;
  if (status >= 200 && status < 300) {
    return failure("upstream", "The model's answer could not be read.", {
      ...options,
      reason: "bad_response",
    });
  }
  if (isTooLong(error)) {
    const message =
      "The question with all that comes with it is longer than the model can read. Shorten it, start a new conversation, give it fewer passages, or choose a model with a larger context.";
    return failure("upstream", message, { ...options, reason: "context_exceeded", retryable: false });
  }
  return failure("upstream", sentenceFor(status), { ...options, reason: `http_${status}`, retryable });
}

/** OpenAI and those who speak its protocol name it by a code, or say it in words alone. */
const TOO_LONG = /context_length_exceeded|maximum context length|context (?:length|window|size)/i;

function isTooLong({ statusCode, responseBody = "" }: APICallError): boolean {
  return (statusCode === 400 || statusCode === 413) && TOO_LONG.test(responseBody);
}

function sentenceFor(status: number): string {
  if (status === 401 || status === 403)
    return "The model's provider refused our key. An administrator has to check it.";
  if (status === 404) return "The model's provider does not know this model.";
  if (status === 429) return "The model's provider asks us to slow down.";
  if (status >= 500) return "The model's provider has a problem.";
  return `The model's provider refused the request (HTTP ${status}).`;
}

function findAppError(error: unknown): AppError | undefined {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < 8; depth += 1) {
    if (cause instanceof AppError) return cause;
    cause = cause.cause;
  }
  return undefined;
}

function optionsOf(error: AppError): AppErrorOptions {
  return {
    retryable: error.retryable,
    ...(error.reason ? { reason: error.reason } : {}),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  };
}
