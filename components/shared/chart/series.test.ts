import { describe, expect, it } from "vitest";
import { formatAt, formatTick, formatValue, sumValues } from "@/components/shared/chart/series";

describe("chart values", () => {
  it("writes money exactly where a float would not", () => {
    expect(formatValue("9007199254740993000000", "money")).toBe("$9,007,199,254,740,993.00");
    expect(formatValue("12", "money")).toBe("$0.000012");
  });

  it("adds amounts beyond what a float holds", () => {
    expect(sumValues(["9007199254740993", "2", 1])).toBe("9007199254740996");
    expect(sumValues([])).toBe("0");
  });

  it("keeps ticks short and small prices visible", () => {
    expect(formatTick(1_200, "money")).toBe("$0.0012");
    expect(formatTick(25_000_000_000, "money")).toBe("$25K");
    expect(formatTick(3_400_000, "count")).toBe("3.4M");
  });

  it("shows a day as itself in every time zone", () => {
    expect(formatAt("2026-01-01")).toBe("1 Jan");
    expect(formatAt("Anna")).toBe("Anna");
  });
});
