import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { shiftClock } from "@/lib/clock";
import { draftPayouts } from "@/lib/payouts/commands/draft";
import { earn, makeBusiness, told } from "@/lib/payouts/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { findDunnable } from "./run";
import { debtor, dun, onDay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
afterEach(() => {
  vi.useRealTimers();
  shiftClock(0);
});

const DAY_MS = 86_400_000;

/** The clock of this process, and of nothing else, is so many days off. */
function beOff(days: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
}

// What is embedded has the clock of its process.
describe.runIf(testServerUrl())("a process whose clock is off", () => {
  it("by days ahead goes after no invoice that is not due", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    onDay(-1);
    beOff(40);
    expect((await findDunnable()).map((due) => due.invoiceId)).not.toContain(invoiceId);
    expect(await dun(tenant, invoiceId)).toBe("nothing");
  });

  it("by days behind goes after one that is", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    onDay(0);
    beOff(-3);
    expect((await findDunnable()).map((due) => due.invoiceId)).toContain(invoiceId);
    expect(await dun(tenant, invoiceId)).not.toBe("nothing");
  });

  it("by months ahead drafts no payout of a month that is not over", async () => {
    const business = await makeBusiness();
    await earn(business, 80_000_000n, 20);
    beOff(62);
    await draftPayouts();
    expect(await told(business.partnerId)).toEqual([]);
  });
});
