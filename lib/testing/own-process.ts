import { readFileSync } from "node:fs";

/** Whole processes are started, killed and waited for. */
const LONG = /\/(faults|conformance|crash|deaths)[^/]*(\/[^/]*)?\.test\.ts$/;
/** Another module than the one that is there, the clock, what everything sees, or a process that is told to end. */
const REPLACES = /\bvi\.(mock|doMock|stubGlobal|useFakeTimers|setSystemTime)\b|\bprocess\.emit\(/;

/** Whether a file of tests has a process to itself. The others share one. */
export function needsOwnProcess(path: string): boolean {
  return LONG.test(path) || REPLACES.test(readFileSync(path, "utf8"));
}

/** When a file has its turn. What takes long comes first: begun last, it would be all that still runs at the end. */
export function turnOf(path: string): number {
  if (LONG.test(path)) return 0;
  return needsOwnProcess(path) ? 1 : 2;
}
