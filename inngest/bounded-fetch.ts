type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** How long an Inngest server may take to answer, and how long it is left alone after it did not. */
const ANSWER_MS = 5_000;
const PAUSE_MS = 5_000;

/**
 * `fetch` for the client of an Inngest server: people wait for what they start, so a server that takes connections and
 * says nothing must not hold them. What could not be sent is kept and sent again by the sweeps.
 *
 * @throws what `fetch` throws, an `Error` named TimeoutError when no answer came in time, and an `Error` at once while
 * it is left alone
 */
export function boundedFetch(answerMs = ANSWER_MS, pauseMs = PAUSE_MS): Fetch {
  let awayUntil = 0;
  return async (input, init) => {
    if (performance.now() < awayUntil) throw new Error("Inngest did not answer a moment ago");
    const timeout = AbortSignal.timeout(answerMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      return await fetch(input, { ...init, signal });
    } catch (error) {
      if (timeout.aborted) awayUntil = performance.now() + pauseMs;
      throw error;
    }
  };
}
