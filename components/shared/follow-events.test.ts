import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { followEvents } from "./follow-events";

/** The browser's side of a connection, which the test ends and fills. */
class Source {
  onopen?: () => void;
  onmessage?: (event: { data: string; lastEventId: string }) => void;
  onerror?: () => void;
  isClosed = false;
  constructor(readonly address: string) {
    sources.push(this);
  }
  close() {
    this.isClosed = true;
  }
}

let sources: Source[] = [];
const newest = () => sources.at(-1);

beforeEach(() => {
  sources = [];
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Breaks the newest connection and gives how long it took until there was another. */
function waitAfterBreak(): number {
  const count = sources.length;
  newest()?.onerror?.();
  expect(newest()?.isClosed).toBe(true);
  const from = Date.now();
  while (sources.length === count && vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
  expect(sources).toHaveLength(count + 1);
  return Date.now() - from;
}

it("connects again after every end, from where it was, with waits that grow and a message that ends them", () => {
  const seen: string[] = [];
  let last = "0";
  followEvents(() => `/events?after=${last}`, {
    onMessage(data, id) {
      seen.push(data);
      last = id;
    },
  });
  newest()?.onmessage?.({ data: "one", lastEventId: "7" });
  const waits = Array.from({ length: 8 }, waitAfterBreak);
  expect(newest()?.address).toBe("/events?after=7");
  expect(waits[0]).toBeLessThan(1_500);
  expect(waits[3]).toBeGreaterThanOrEqual(6_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(37_500);
  newest()?.onmessage?.({ data: "two", lastEventId: "8" });
  expect(waitAfterBreak()).toBeLessThan(1_500);
  expect(newest()?.address).toBe("/events?after=8");
  expect(seen).toEqual(["one", "two"]);
});

it("stays away once it was ended, while it waits and because of a break alike", () => {
  const failures: number[] = [];
  const stopWaiting = followEvents(() => "/a", { onMessage() {}, onBreak: (count) => failures.push(count) });
  waitAfterBreak();
  newest()?.onerror?.();
  stopWaiting();
  const stop: () => void = followEvents(() => "/b", { onMessage() {}, onBreak: () => stop() });
  newest()?.onerror?.();
  vi.runAllTimers();
  expect(sources.map(({ address }) => address)).toEqual(["/a", "/a", "/b"]);
  expect(sources.every(({ isClosed }) => isClosed)).toBe(true);
  expect(failures).toEqual([1, 2]);
});
