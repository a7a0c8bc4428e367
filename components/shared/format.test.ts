import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, relativeTime } from "@/components/shared/format";

const NOW = Date.UTC(2026, 0, 15, 12);

describe("relativeTime", () => {
  it.each([
    [0, "just now"],
    [-59_000, "just now"],
    [-60_000, "1 minute ago"],
    [-3 * 3_600_000, "3 hours ago"],
    [-86_400_000, "1 day ago"],
    // At noon on a Thursday that was on Tuesday.
    [-2 * 86_400_000 + 1_000, "1 day ago"],
    [-59 * 86_400_000, "1 month ago"],
    [1.4 * 86_400_000, "in 1 day"],
    [2 * 86_400_000, "in 2 days"],
    [7 * 86_400_000 - 1_000, "in 7 days"],
    [5_000_000, "in 1 hour"],
    [-400 * 86_400_000, "1 year ago"],
  ])("%d ms from now is %s", (offsetMs, text) => {
    expect(relativeTime(NOW + offsetMs, NOW)).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [-5, "0 ms"],
    [999, "999 ms"],
    [12_400, "12.4 s"],
    [59_960, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [7_800_000, "2 h 10 min"],
  ])("%d is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 kB"],
    [1024 * 1024 - 1, "1.0 MB"],
    [50 * 1024 * 1024, "50.0 MB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
