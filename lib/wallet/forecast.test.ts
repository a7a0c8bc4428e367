import { describe, expect, it } from "vitest";
import { forecastOf } from "./forecast";

const at = (text: string) => new Date(text);

describe("what a month comes to", () => {
  it("is what is spent and the average of two weeks for what is left of it", () => {
    const now = at("2026-11-21T00:00:00Z");
    const firstAt = at("2025-01-01T00:00:00Z");
    const forecast = forecastOf({ now, monthMicros: 30_000_000n, recentMicros: 28_000_000n, firstAt });
    // $2 a day, for the 10 days from the 21st to the 30th.
    expect(forecast).toEqual({ totalMicros: 50_000_000n, perDayMicros: 2_000_000n, basisDays: 14 });
  });

  it("is averaged since the first use, over one day at least", () => {
    const now = at("2026-11-29T12:00:00Z");
    const young = { now, monthMicros: 6_000_000n, recentMicros: 6_000_000n };
    expect(forecastOf({ ...young, firstAt: at("2026-11-26T12:00:00Z") })).toEqual({
      totalMicros: 9_000_000n,
      perDayMicros: 2_000_000n,
      basisDays: 3,
    });
    expect(forecastOf({ ...young, firstAt: at("2026-11-29T11:59:00Z") }).totalMicros).toBe(15_000_000n);
  });

  it("is nothing where nothing is used, and what was spent when the month is over", () => {
    const now = at("2026-02-28T23:59:59.999Z");
    expect(forecastOf({ now, monthMicros: 0n, recentMicros: 0n, firstAt: null }).totalMicros).toBe(0n);
    const last = {
      now,
      monthMicros: 7_000_000n,
      recentMicros: 14_000_000n,
      firstAt: at("2026-01-01T00:00:00Z"),
    };
    expect(forecastOf(last).totalMicros).toBe(7_000_000n);
  });
});
