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
 * Server-sent events of a run. Each message's id is its revision, to resume from. A message is made when its reader takes
 * it: who reads slowly is told less often, of all that has changed meanwhile, and nothing piles up here. Waits for the
 * first message, so that what is wrong (no such run) is thrown here and can be answered as an error.
 */
export async function eventStreamResponse(
  requestSignal: AbortSignal,
  open: (signal: AbortSignal) => AsyncGenerator<Message | null>,
): Promise<Response> {
  const stop = new AbortController();
  const signal = AbortSignal.any([requestSignal, stop.signal, AbortSignal.timeout(LONGEST_STREAM_MS)]);
  const messages = open(signal);
  const texts = textsOf(await messages.next(), messages);
  // A reader comes back, and finds whoever serves then.
  const forget = whenStopping(() => stop.abort());
  const end = async () => {
    forget();
    await texts.return();
  };
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await texts.next();
        if (!done) return controller.enqueue(encoder.encode(value));
        forget();
        controller.close();
      } catch (error) {
        forget();
        // The reader comes back.
        log.debug({ err: error }, "an event stream ended early");
        controller.error(error);
      }
    },
    cancel: () => stop.abort(),
  });
  // Whether or not its reader ever takes another message.
  signal.addEventListener("abort", () => void end().catch(() => undefined), { once: true });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

/** What is sent: each message, and a sign of life while there is none. */
async function* textsOf(
  first: IteratorResult<Message | null, void>,
  messages: AsyncGenerator<Message | null>,
): AsyncGenerator<string, void, void> {
  try {
    yield `retry: ${RECONNECT_MS}\n\n`;
    let sentAt = performance.now();
    for (let next = first; !next.done; next = await messages.next()) {
      if (next.value) {
        const { revision, ...message } = next.value;
        yield `id: ${revision}\ndata: ${JSON.stringify(message)}\n\n`;
      } else if (performance.now() - sentAt > HEARTBEAT_MS) yield ": still here\n\n";
      else continue;
      sentAt = performance.now();
    }
  } finally {
    await messages.return(undefined);
  }
}
