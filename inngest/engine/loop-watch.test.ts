import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { LoopWatch } from "./loop-watch";
import { until } from "./testing";

function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it("tells of a thread that computed without a pause, and of none that had pauses", async () => {
  const told: Record<string, unknown>[] = [];
  const quiet = () => undefined;
  const watch = new LoopWatch({ info: quiet, error: quiet, warn: (fields) => told.push(fields) });
  for (let piece = 0; piece < 6; piece += 1) {
    compute(100);
    await sleep(5);
  }
  expect(told).toEqual([]);
  const busy = watch.take();
  expect(busy.longestMs).toBeLessThan(1_000);
  expect(busy.busy).toBeGreaterThan(0.5);
  compute(1_400);
  await until("the log", () => told.length > 0);
  const { longestMs } = watch.take();
  expect(longestMs).toBeGreaterThan(1_000);
  expect(told).toEqual([{ blockedMs: Math.round(longestMs) }]);
  expect(watch.take().longestMs).toBeLessThan(1_000);
  watch.stop();
});
