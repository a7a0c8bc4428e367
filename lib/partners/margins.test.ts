import { describe, expect, it } from "vitest";
import { defaultMonths, monthNames, monthsBetween, totalsOf } from "./margins";

describe("months", () => {
  it("of a range run over the turn of the year, oldest first", () => {
    const range = monthsBetween("2025-11", "2026-02");
    expect(range && monthNames(range)).toEqual(["2025-11", "2025-12", "2026-01", "2026-02"]);
    expect(monthsBetween("2026-13", "2026-02")).toBeNull();
  });

  it("shown by themselves are six, the present one last", () => {
    expect(defaultMonths(new Date("2026-02-28T23:59:59Z"))).toEqual({ from: "2025-09", to: "2026-02" });
  });
});

describe("totals", () => {
  it("lose nothing of the sixth decimal", () => {
    const row = { revenue: "0.000003", platformCost: "0.000001", commission: "0.000002" };
    expect(totalsOf([row, row, row])).toEqual({ revenue: 9n, platformCost: 3n, commission: 6n });
  });
});
