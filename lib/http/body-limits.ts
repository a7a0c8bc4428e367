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

/** Passes a body through and fails it once more than `maxBytes` came or the deadline is over. */
export function capBody(
  source: ReadableStream<Uint8Array>,
  maxBytes: number,
  deadline: Deadline,
  translate: (error: unknown, deadline: Deadline) => unknown,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let received = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
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
        await reader.cancel(error).catch(() => undefined);
      }
    },
    async cancel(reason) {
      deadline.stop();
      await reader.cancel(reason);
    },
  });
}

function tooLarge(maxBytes: number): AppError {
  const megabytes = Math.max(1, Math.round(maxBytes / 1024 / 1024));
  return new AppError("limit_exceeded", `The answer is larger than ${megabytes} MB.`, {
    reason: "response_too_large",
  });
}
