type StopSignal = "SIGTERM" | "SIGINT";

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
    stop(signal);
  };
  process.on("SIGTERM", () => begin("SIGTERM"));
  process.once("SIGINT", () => begin("SIGINT"));
}
