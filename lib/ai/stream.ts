import { askText, type StreamEvent } from "./answer";
import type { CallOptions, GenerateResult } from "./call";
import { EventQueue } from "./event-queue";

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
  const result = askText(options, queue);
  result.then(
    () => queue.end(),
    (error: unknown) => queue.fail(error),
  );
  return { events: queue, textStream: onlyText(queue), result };
}

async function* onlyText(events: AsyncIterable<StreamEvent>): AsyncGenerator<string> {
  for await (const event of events) if (event.type === "text") yield event.text;
}
