import type { Readable } from "node:stream";
import { AppError } from "@/lib/errors";

/** One clock for a whole exchange: it also ends a body that drips. */
export type Deadline = {
  signal: AbortSignal;
  /** The time was up. */
  expired(): boolean;
  /** The caller's own signal fired. */
  cancelled(): boolean;
  stop(): void;
};

export function startDeadline(timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let isExpired = false;
  const timer = setTimeout(() => {
    isExpired = true;
    controller.abort(new DOMException("The time for this request is up.", "TimeoutError"));
  }, timeoutMs);
  const onCallerAbort = () => controller.abort(caller?.reason);
  if (caller?.aborted) onCallerAbort();
  else caller?.addEventListener("abort", onCallerAbort, { once: true });
  return {
    signal: controller.signal,
    expired: () => isExpired,
    cancelled: () => caller?.aborted === true,
    stop: () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", onCallerAbort);
    },
  };
}

/** Ends a body that nobody reads, and with it the connection it comes over unless it has ended. */
export function drop(body: Readable): void {
  body.on("error", () => undefined);
  body.destroy();
}

/** Passes a body through and fails it once more than `maxBytes` came or the deadline is over. */
export function capBody(
  source: Readable,
  maxBytes: number,
  deadline: Deadline,
  translate: (error: unknown, deadline: Deadline) => unknown,
): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array, undefined> = source[Symbol.asyncIterator]();
  let received = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done) {
          deadline.stop();
          controller.close();
          return;
        }
        received += value.byteLength;
        if (received > maxBytes) throw tooLarge(maxBytes);
        controller.enqueue(value);
      } catch (error) {
        deadline.stop();
        controller.error(translate(error, deadline));
        drop(source);
      }
    },
    cancel() {
      deadline.stop();
      drop(source);
    },
  });
}

function tooLarge(maxBytes: number): AppError {
  const megabytes = Math.max(1, Math.round(maxBytes / 1024 / 1024));
  return new AppError("limit_exceeded", `The answer is larger than ${megabytes} MB.`, {
    reason: "response_too_large",
  });
}
