import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { microsToCents } from "@/lib/money";
import type { Covered } from "./covered";
import { buildInvoice, type Fee, type UsageGroup } from "./invoice";

const group = fc.record({
  resourceType: fc.constantFrom("text_tokens_input", "text_tokens_output", "workflow_node"),
  unit: fc.constant("1M_tokens"),
  modelKey: fc.option(fc.constantFrom("a", "b"), { nil: null }),
  rateMicros: fc.bigInt({ min: 0n, max: 10_000_000n }),
  quantityMicros: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  amountMicros: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  serviceStart: fc.constantFrom(new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 1, 1))),
  serviceEnd: fc.constant(new Date(Date.UTC(2026, 2, 1))),
});

function distinct(groups: UsageGroup[]): UsageGroup[] {
  const keyOf = (g: UsageGroup) =>
    [g.serviceStart.getTime(), g.resourceType, g.modelKey, g.rateMicros].join();
  return [...new Map(groups.map((g) => [keyOf(g), g])).values()];
}

describe("an invoice", () => {
  it("is the same whatever order its usage comes in, and its total is the sum of its lines", () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 20 }).map(distinct), fc.nat(), (groups, turn) => {
        const at = groups.length ? turn % groups.length : 0;
        const one = buildInvoice({ usage: groups });
        expect(buildInvoice({ usage: [...groups.slice(at), ...groups.slice(0, at)] })).toEqual(one);
        expect(one.totalCents).toBe(one.lines.reduce((sum, line) => sum + line.amountCents, 0n));
        for (const line of one.lines) {
          const drift = line.amountCents * 10_000n - line.amountMicros;
          expect(drift <= 5_000n && drift >= -5_000n).toBe(true);
        }
      }),
    );
  });

  it("owes what no credit paid for, rounded once, whatever its lines were rounded to", () => {
    const shares = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100));
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 20 }).map(distinct), shares, (groups, parts) => {
        const used = groups.reduce((sum, one) => sum + one.amountMicros, 0n);
        const whole = BigInt(Math.max(100, parts[0] + parts[1] + parts[2]));
        const covered = (["plan", "promo", "paid"] as const).map(
          (source, n): Covered => ({ source, amountMicros: (used * BigInt(parts[n] ?? 0)) / whole }),
        );
        const invoice = buildInvoice({ usage: groups, covered });
        const paid = covered.reduce((sum, one) => sum + one.amountMicros, 0n);
        expect(invoice.receivableMicros).toBe(used - paid);
        const gross = groups.reduce((sum, one) => sum + microsToCents(one.amountMicros), 0n);
        const owed = microsToCents(used - paid);
        expect(invoice.totalCents).toBe(paid > 0n && owed < gross ? owed : gross);
        expect(invoice.lines.reduce((sum, line) => sum + line.amountCents, 0n)).toBe(invoice.totalCents);
        if (paid === used && used > 0n) expect(invoice.totalCents).toBe(0n);
      }),
    );
  });

  const month = { serviceStart: new Date(Date.UTC(2026, 0, 1)), serviceEnd: new Date(Date.UTC(2026, 1, 1)) };
  const tokens = { resourceType: "text_tokens_input", unit: "1M_tokens", modelKey: "m", ...month };
  const plan: Fee = {
    ...month,
    kind: "plan",
    description: "Team, monthly",
    resourceType: "plan",
    unit: "month",
    modelKey: "team",
    rateMicros: 49_000_000n,
    quantityMicros: 1_000_000n,
    amountMicros: 49_000_000n,
  };

  it("taxes the exact amount of the plan and of what is owed, once, and nothing that credit paid for", () => {
    const usage = [
      { ...tokens, rateMicros: 1_000_000n, quantityMicros: 10_123_456n, amountMicros: 10_123_456n },
    ];
    const covered = [{ source: "plan" as const, amountMicros: 10_000_000n }];
    const tax = { percent: "19.000", note: "VAT 19 %" };
    const invoice = buildInvoice({ usage, fees: [plan], covered, tax });
    expect(invoice.lines.map(({ position, kind, amountCents }) => [position, kind, amountCents])).toEqual([
      [1, "plan", 4900n],
      [2, "usage", 1012n],
      [3, "covered", -1000n],
    ]);
    expect(invoice).toMatchObject({
      subtotalCents: 4912n,
      receivableMicros: 123_456n,
      taxCents: 933n,
      totalCents: 5845n,
    });
  });

  it("gives both halves of a change of plan a line, and may come to less than nothing", () => {
    const back = { ...plan, kind: "proration" as const, amountMicros: -24_500_000n };
    const fees = [back, { ...plan, kind: "proration" as const, modelKey: "pro", amountMicros: 10_000_000n }];
    const invoice = buildInvoice({ fees, tax: { percent: "20.000", note: "VAT" } });
    expect(invoice).toMatchObject({ subtotalCents: -1450n, taxCents: -290n, receivableMicros: 0n });
    expect(buildInvoice({ fees: [...fees].reverse() }).lines.map((line) => line.modelKey)).toEqual([
      "pro",
      "team",
    ]);
  });
});
