import { describe, expect, it } from "vitest";
import { listAuditInput } from "@/lib/admin/input";
import { getUsageOperation } from "@/lib/api/operations/usage";
import { auditFilterInput } from "@/lib/audit/input";
import { setTaxRateInput } from "@/lib/billing/details-input";
import { setPlanPriceInput } from "@/lib/plans/input";
import { scheduleDraftInput } from "@/lib/pricebook/input";
import { setSystemRateInput } from "@/lib/rates/input";
import { runFilter } from "@/lib/runs/input";
import { usageInput } from "@/lib/usage/input";
import { grantPromoInput } from "@/lib/wallet/input";

const inputs = {
  runs: (day: string) => runFilter.safeParse({ from: day, to: day }),
  audit: (day: string) => auditFilterInput.safeParse({ from: day, to: day }),
  "the operator's audit": (day: string) => listAuditInput.safeParse({ from: day, to: day }),
  usage: (day: string) => usageInput.safeParse({ from: day, to: day }),
  "usage of the API": (day: string) => getUsageOperation.query.safeParse({ from: day, to: day }),
};

describe("a day", () => {
  it.each(Object.entries(inputs))("of %s is one whose beginning and end the database has", (_, parse) => {
    for (const day of ["2000-01-01", "2026-02-28", "2999-12-31"]) expect(parse(day).success, day).toBe(true);
    for (const day of ["0000-01-01", "0026-11-01", "1999-12-31", "3000-01-01", "9999-12-31", "2026-02-29"])
      expect(parse(day).success, day).toBe(false);
  });

  it("to the end of which promotional credit can be spent is one too", () => {
    const until = (expiresAt: string) =>
      grantPromoInput.safeParse({
        tenantId: crypto.randomUUID(),
        requestKey: crypto.randomUUID(),
        amount: "5.00",
        reason: "Welcome",
        expiresAt,
      }).success;
    expect(until("2999-12-31")).toBe(true);
    expect(until("9999-12-31")).toBe(false);
  });
});

describe("when something begins", () => {
  const begins = {
    "a tax": setTaxRateInput,
    "a plan's price": setPlanPriceInput,
    "a rate": setSystemRateInput,
    "a price book": scheduleDraftInput,
  };
  const refused = (input: (typeof begins)[keyof typeof begins], effectiveFrom: string): boolean =>
    input.safeParse({ effectiveFrom }).error?.issues.some(({ path }) => path[0] === "effectiveFrom") ?? false;

  it.each(Object.entries(begins))("%s: at a moment that the database has, or now", (_, input) => {
    for (const moment of ["", "2026-11-01T09:00", "2999-12-31T23:59", "2026-11-01T09:00:00+02:00"])
      expect(refused(input, moment), moment).toBe(false);
    for (const moment of [
      "0026-11-01T09:00",
      "9999-12-31T23:59",
      "9999-12-31T23:59:00-05:00",
      "2026-02-29T09:00",
    ])
      expect(refused(input, moment), moment).toBe(true);
  });

  it("is in UTC unless it says another offset", () => {
    const draftId = crypto.randomUUID();
    const at = (effectiveFrom: string) => scheduleDraftInput.parse({ draftId, effectiveFrom }).effectiveFrom;
    expect(at("2026-11-01T09:00")).toEqual(new Date("2026-11-01T09:00:00Z"));
    expect(at("2026-11-01T09:00:00+02:00")).toEqual(new Date("2026-11-01T07:00:00Z"));
    expect(at("")).toBeNull();
  });
});
