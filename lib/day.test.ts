import { describe, expect, it } from "vitest";
import { getUsageOperation } from "@/lib/api/operations/usage";
import { auditFilterInput } from "@/lib/audit/input";
import { runFilter } from "@/lib/runs/input";
import { usageInput } from "@/lib/usage/input";
import { grantPromoInput } from "@/lib/wallet/input";

const inputs = {
  runs: (day: string) => runFilter.safeParse({ from: day, to: day }),
  audit: (day: string) => auditFilterInput.safeParse({ from: day, to: day }),
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
