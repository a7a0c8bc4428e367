type StopSignal = "SIGTERM" | "SIGINT";

type Stopping = { isBegun: boolean; readonly waiting: Set<() => void> };

// Next bundles instrumentation and routes apart: what goes on in the process lives on globalThis.
const holder = globalThis as { hirebuddhaStopping?: Stopping };

function stopping(): Stopping {
  holder.hirebuddhaStopping ??= { isBegun: false, waiting: new Set() };
  return holder.hirebuddhaStopping;
}

/**
 * Calls back when this process is told to end, at once where it was: who only waits for something tells the caller how it
 * stands by then, instead of being cut off. @returns the end of it
 */
export function whenStopping(callback: () => void): () => void {
  const { isBegun, waiting } = stopping();
  if (isBegun) callback();
  else waiting.add(callback);
  return () => waiting.delete(callback);
}

function tellStopping(): void {
  const state = stopping();
  state.isBegun = true;
  for (const callback of [...state.waiting]) callback();
  state.waiting.clear();
}

/**
 * Calls `stop` once when this process is told to end. SIGTERM often comes twice, from a supervisor that signals the whole
 * group and from the process above that passes it on: the second must not cut off what the first began. A second
 * Ctrl-C does.
 */
export function onStopSignal(stop: (signal: StopSignal) => void): void {
  let isStopping = false;
  const begin = (signal: StopSignal) => {
    if (isStopping) return;
    isStopping = true;
    tellStopping();
    stop(signal);
  };
  process.on("SIGTERM", () => begin("SIGTERM"));
  process.once("SIGINT", () => begin("SIGINT"));
}
