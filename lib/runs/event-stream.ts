import "server-only";
import { log } from "@/lib/log";
import { whenStopping } from "@/lib/stop-signals";

/** A message that knows from where to resume after it. */
type Message = { readonly revision: number };

const HEARTBEAT_MS = 15_000;
/** Then the reader connects again, and whether it still may look is checked again. */
const LONGEST_STREAM_MS = 5 * 60_000;
const RECONNECT_MS = 1_000;

/** The revision a browser saw last, from `Last-Event-ID` or `?after=`; 0 for a first look. */
export function resumePoint(request: Request): number {
  const given = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after") ?? "";
  return /^\d{1,15}$/.test(given) ? Number(given) : 0;
}

/**
 * Server-sent events of a run. Each message's id is its revision, to resume from. Waits for the first message, so that
 * what is wrong (no such run) is thrown here and can be answered as an error.
 */
export async function eventStreamResponse(
  requestSignal: AbortSignal,
  open: (signal: AbortSignal) => AsyncGenerator<Message | null>,
): Promise<Response> {
  const stop = new AbortController();
  const signal = AbortSignal.any([requestSignal, stop.signal, AbortSignal.timeout(LONGEST_STREAM_MS)]);
  const messages = open(signal);
  const first = await messages.next();
  // A reader comes back, and finds whoever serves then.
  const forget = whenStopping(() => stop.abort());
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => pump(controller, messages, first).finally(forget),
    cancel: () => stop.abort(),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

async function pump(
  controller: ReadableStreamDefaultController<Uint8Array>,
  messages: AsyncGenerator<Message | null>,
  first: IteratorResult<Message | null, void>,
): Promise<void> {
  const encoder = new TextEncoder();
  let sentAt = performance.now();
  const send = (text: string) => {
    controller.enqueue(encoder.encode(text));
    sentAt = performance.now();
  };
  try {
    send(`retry: ${RECONNECT_MS}\n\n`);
    for (let next = first; !next.done; next = await messages.next()) {
      if (next.value) {
        const { revision, ...message } = next.value;
        send(`id: ${revision}\ndata: ${JSON.stringify(message)}\n\n`);
      } else if (performance.now() - sentAt > HEARTBEAT_MS) {
        send(": still here\n\n");
      }
    }
    controller.close();
  } catch (error) {
    // A reader that left makes `enqueue` fail; anything else ends the stream and the reader comes back.
    log.debug({ err: error }, "an event stream ended early");
    controller.error(error);
  } finally {
    await messages.return(undefined);
  }
}
