import { generateText, NoObjectGeneratedError, Output } from "ai";
import {
  type CallOptions,
  type GenerateOptions,
  type GenerateResult,
  messagesOf,
  type StepRecord,
  sdkOptions,
  startClock,
  stepRecord,
  totalUsage,
} from "./call";
import { describeFailure, ModelCallError } from "./errors";

/** How often a model may correct an answer that does not fit the schema. */
const MAX_REPAIRS = 2;

/**
 * Asks a model and waits for the whole answer. With `tools`, runs them and asks again until there is an answer; with
 * `schema`, gives `object` after at most two corrections. Never retries a failed request: that is the engine's.
 *
 * @throws ModelCallError `upstream` with `retryable` (408, 409, 429, 5xx, network, timeout: yes; other 4xx and answers
 * of the wrong shape: no), `retryAfterMs` when the provider named one, and `partial` with what was already spent;
 * `precondition` with reason `cancelled` after an abort, or `provider_not_configured`.
 */
export async function generate<T = never>(options: GenerateOptions<T>): Promise<GenerateResult<T>> {
  const clock = startClock(options);
  const steps: StepRecord[] = [];
  try {
    const object = options.schema ? await askForObject(options, clock.signal, steps) : undefined;
    if (!options.schema) await ask(options, clock.signal, steps);
    const last = steps.at(-1);
    return {
      text: last?.text ?? "",
      ...(options.schema ? { object: object as T } : {}),
      toolCalls: steps.flatMap((step) => step.toolCalls),
      ...totalUsage(steps),
      latencyMs: clock.elapsedMs(),
      finishReason: last?.finishReason ?? "other",
      modelKey: options.model.modelKey,
      steps,
    };
  } catch (error) {
    const { code, message, options: details } = describeFailure(error, clock.end());
    const text = steps.at(-1)?.text ?? "";
    throw new ModelCallError(code, message, details, {
      text,
      latencyMs: clock.elapsedMs(),
      ...totalUsage(steps),
    });
  } finally {
    clock.stop();
  }
}

async function ask(options: CallOptions, signal: AbortSignal, steps: StepRecord[]): Promise<void> {
  await generateText({
    ...sdkOptions(options, signal),
    messages: messagesOf(options),
    onStepEnd: (step) => {
      steps.push(stepRecord(step, options));
    },
  });
}

async function askForObject<T>(
  options: GenerateOptions<T>,
  signal: AbortSignal,
  steps: StepRecord[],
): Promise<T> {
  const { schema } = options;
  if (!schema) throw new TypeError("a schema is needed");
  const messages = [...messagesOf(options)];
  for (let repairs = 0; ; repairs += 1) {
    try {
      const result = await generateText({
        ...sdkOptions(options, signal),
        messages,
        output: Output.object({ schema }),
        onStepEnd: (step) => {
          steps.push(stepRecord(step, options));
        },
      });
      return result.output;
    } catch (error) {
      if (!NoObjectGeneratedError.isInstance(error) || repairs >= MAX_REPAIRS) throw error;
      const problem =
        error.cause instanceof Error ? error.cause.message.slice(0, 2_000) : "It was no valid JSON.";
      messages.push({ role: "assistant", content: error.text || "(no answer)" });
      messages.push({
        role: "user",
        content: `That does not fit the schema: ${problem}\nAnswer again with JSON only.`,
      });
    }
  }
}
