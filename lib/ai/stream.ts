import { streamText, type TextStreamPart, type ToolSet } from "ai";
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
import { describeFailure, ModelCallError } from "./errors";
import { EventQueue } from "./event-queue";

export type StreamEvent =
  | { type: "text"; text: string }
  | { type: "tool-call"; id: string; name: string; input: unknown }
  | { type: "tool-result"; id: string; name: string; output: unknown }
  | { type: "tool-error"; id: string; name: string; message: string };

export type ModelStream = {
  /** Everything as it happens. Read either this or `textStream`, once. Throws what `result` rejects with. */
  events: AsyncIterable<StreamEvent>;
  /** Only the pieces of text. */
  textStream: AsyncIterable<string>;
  /** Settles when the answer has ended, whether or not anybody reads the events. */
  result: Promise<GenerateResult>;
};

/**
 * Asks a model and gives the answer as it comes. The call goes on when nobody reads (abort it to end it), so usage is
 * always known at the end: on failure or abort, `result` rejects with a `ModelCallError` whose `partial` holds the text
 * that arrived and what it cost. Same errors as `generate`.
 */
export function stream(options: CallOptions): ModelStream {
  const queue = new EventQueue<StreamEvent>();
  const result = pump(options, queue);
  result.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  return { events: queue, textStream: onlyText(queue), result };
}

async function* onlyText(events: AsyncIterable<StreamEvent>): AsyncGenerator<string> {
  for await (const event of events) if (event.type === "text") yield event.text;
}

async function pump(options: CallOptions, queue: EventQueue<StreamEvent>): Promise<GenerateResult> {
  const clock = startClock(options);
  const steps: StepRecord[] = [];
  /** Text of the step that has not ended. */
  let open = "";
  let hasStarted = false;
  let firstTokenMs: number | undefined;
  try {
    const answer = streamText({
      ...sdkOptions(options, clock.signal),
      messages: messagesOf(options),
      onError: () => undefined,
      onStepEnd: (step) => {
        steps.push(stepRecord(step, options));
        open = "";
        hasStarted = false;
      },
    });
    for await (const part of answer.stream) {
      if (part.type === "error") throw part.error;
      if (part.type === "abort") throw clock.signal.reason;
      if (part.type === "start-step") hasStarted = true;
      const event = toEvent(part);
      if (event?.type === "text") {
        firstTokenMs ??= clock.elapsedMs();
        open += event.text;
      }
      if (event) queue.push(event);
    }
    const last = steps.at(-1);
    if (!last) throw new Error("the provider ended the stream without an answer");
    if (last.finishReason === "error") throw new Error("the provider ended the stream with an error");
    return {
      text: last.text,
      toolCalls: steps.flatMap((step) => step.toolCalls),
      ...totalUsage(steps),
      latencyMs: clock.elapsedMs(),
      ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
      finishReason: last.finishReason,
      modelKey: options.model.modelKey,
      steps,
    };
  } catch (error) {
    const { code, message, options: details } = describeFailure(error, clock.end());
    const spent = totalUsage([...steps, ...(hasStarted && open ? [cutStep(options, open)] : [])]);
    const text = open || (steps.at(-1)?.text ?? "");
    throw new ModelCallError(code, message, details, { text, latencyMs: clock.elapsedMs(), ...spent });
  } finally {
    clock.stop();
  }
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
      const message = part.error instanceof Error ? part.error.message : String(part.error);
      return { type: "tool-error", id: part.toolCallId, name: part.toolName, message };
    }
    default:
      return null;
  }
}

/** A step that was cut was read and partly answered: the provider charges that, and only we can count it. */
function cutStep(options: CallOptions, text: string) {
  const { inputTokens, outputTokens } = ownCount(options, text);
  const usage = { inputTokens, outputTokens, cachedInputTokens: 0, totalTokens: inputTokens + outputTokens };
  return { usage, usageTrusted: false };
}
