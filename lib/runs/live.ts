import "server-only";
import { EventEmitter } from "node:events";

/**
 * What happens to runs inside this process: who works on one (so that a cancel reaches the call at once) and who
 * watches one (so that a trace moves at once). Other processes find out from the database a moment later.
 */
type Live = { calls: Map<string, Set<TrackedCall>>; changes: EventEmitter };

type TrackedCall = {
  readonly controller: AbortController;
  /** Asks the database whether it is still wanted. */
  readonly look: (() => void) | undefined;
};

const holder = globalThis as { hirebuddhaLiveRuns?: Live };

function live(): Live {
  if (!holder.hirebuddhaLiveRuns) {
    const changes = new EventEmitter();
    changes.setMaxListeners(0);
    holder.hirebuddhaLiveRuns = { calls: new Map(), changes };
  }
  return holder.hirebuddhaLiveRuns;
}

/** Notes that a step of a run is being worked on; the answer ends that. */
export function trackCall(executionId: string, controller: AbortController, look?: () => void): () => void {
  const { calls } = live();
  const own = calls.get(executionId) ?? new Set();
  const call = { controller, look };
  own.add(call);
  calls.set(executionId, own);
  return () => {
    own.delete(call);
    if (own.size === 0) calls.delete(executionId);
  };
}

/** Aborts what this process does for a run. */
export function abortCalls(executionId: string): void {
  for (const { controller } of live().calls.get(executionId) ?? []) controller.abort(cancelledReason());
}

/** Has everything this process does asked after: it may have missed that runs ended. */
export function lookAfterCalls(): void {
  for (const calls of live().calls.values()) for (const { look } of calls) look?.();
}

export function cancelledReason(): DOMException {
  return new DOMException("The run was cancelled.", "AbortError");
}

export function announceChange(executionId: string): void {
  live().changes.emit(executionId);
}

/** Resolves when something about the run changed in this process, after the time, or when the signal aborts. */
export function nextChange(executionId: string, withinMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const { changes } = live();
    const done = () => {
      clearTimeout(timer);
      changes.off(executionId, done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    changes.once(executionId, done);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}
