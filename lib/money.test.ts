import { describe, expect, it } from "vitest";
import { formatApart, formatMicros } from "./money";

describe("an amount as people read it", () => {
  it.each([
    [0n, "$0.00"],
    [1n, "$0.000001"],
    [9_999n, "$0.009999"],
    [10_000n, "$0.01"],
    [31_240n, "$0.0312"],
    [143_650n, "$0.1437"],
    [300_000n, "$0.30"],
    [999_949n, "$0.9999"],
    [999_950n, "$1.00"],
    [1_004_999n, "$1.00"],
    [1_005_000n, "$1.01"],
    [1_234_567_890_000n, "$1,234,567.89"],
    [-37_600n, "−$0.0376"],
    [-2_500_000n, "−$2.50"],
  ])("%s millionths are %s", (micros, shown) => {
    expect(formatMicros(micros)).toBe(shown);
  });

  it("shows every decimal where it is asked to, and at least two", () => {
    expect(formatMicros(1_004_999n, { exact: true })).toBe("$1.004999");
    expect(formatMicros(2_500_000n, { exact: true })).toBe("$2.50");
  });

  it("tells two amounts apart that look the same when they are rounded", () => {
    expect(formatApart(5_001_000n, 5_002_000n)).toEqual(["$5.001", "$5.002"]);
    expect(formatApart(5_000_000n, 6_000_000n)).toEqual(["$5.00", "$6.00"]);
  });
});
