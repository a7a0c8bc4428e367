import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSentence } from "./moment";
import { noticesOf } from "./notices";
import { earnedUntil, mayBecome, PAYOUT_STATUSES, payoutOf } from "./rules";

describe("what is paid of commission", () => {
  it("is whole cents, rounded down, and keeps the fraction for the next one", () => {
    expect(payoutOf(75_129_999n, 0n, 5000n)).toEqual({ amountCents: 7512n, carryOut: 9_999n });
    expect(payoutOf(60_000_001n, 9_999n, 5000n)).toEqual({ amountCents: 6001n, carryOut: 0n });
  });

  it("is nothing below the minimum, and below zero", () => {
    expect(payoutOf(49_999_999n, 0n, 5000n)).toBeNull();
    expect(payoutOf(49_999_999n, 1n, 5000n)).toEqual({ amountCents: 5000n, carryOut: 0n });
    expect(payoutOf(9_999_999n, 0n, 1000n)).toBeNull();
    expect(payoutOf(-80_000_000n, 9_999n, 1000n)).toBeNull();
  });

  it("loses nothing over any number of payouts, whatever is held back in between", () => {
    const earnings = fc.array(fc.bigInt({ min: -50_000_000n, max: 200_000_000n }), { maxLength: 60 });
    fc.assert(
      fc.property(earnings, fc.bigInt({ min: 1000n, max: 10_000n }), (months, minimum) => {
        let [open, carry, paid] = [0n, 0n, 0n];
        for (const earned of months) {
          open += earned;
          const payout = payoutOf(open, carry, minimum);
          if (!payout) continue;
          expect(payout.amountCents).toBeGreaterThanOrEqual(minimum);
          expect(payout.carryOut).toBeGreaterThanOrEqual(0n);
          expect(payout.carryOut).toBeLessThan(10_000n);
          [open, carry, paid] = [0n, payout.carryOut, paid + payout.amountCents * 10_000n];
        }
        expect(paid + open + carry).toBe(months.reduce((sum, earned) => sum + earned, 0n));
      }),
    );
  });

  it("waits for thirty days", () => {
    expect(earnedUntil(new Date("2026-11-01T00:00:00Z"))).toEqual(new Date("2026-10-02T00:00:00Z"));
  });
});

describe("a payout's state", () => {
  it("leads from a draft to an end, and from no end anywhere", () => {
    const ends = PAYOUT_STATUSES.filter((from) => PAYOUT_STATUSES.every((to) => !mayBecome(from, to)));
    expect(ends).toEqual(["reversed", "cancelled"]);
    expect(mayBecome("draft", "sending")).toBe(false);
    expect(mayBecome("sending", "cancelled")).toBe(false);
    expect(mayBecome("sent", "approved")).toBe(false);
  });
});

describe("what a partner is told of a payout that an admin cancelled", () => {
  const cancelled = (failure: string) =>
    noticesOf({
      id: "1",
      number: "PS-2026-000001",
      status: "cancelled",
      amountCents: 7_500n,
      reversedCents: 0n,
      attempt: 0,
      heldReason: null,
      failure,
      stripePayoutId: null,
    }).map(({ body }) => body);

  it("is the reason as a sentence, however it was typed", () => {
    for (const typed of ["Looked at again", "Looked at again. "])
      expect(cancelled(typed)).toEqual(["Looked at again. What it was made of goes into a later payout."]);
    expect(asSentence("Why?")).toBe("Why?");
  });
});
