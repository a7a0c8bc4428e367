import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { endingBefore } from "@/lib/runs/faults/testing/backends";
import { DEATHS, type Lose, turnOf, watchStatements } from "@/lib/runs/faults/testing/deaths";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { approvePayout } from "./commands/decide";
import { draftPayouts } from "./commands/draft";
import { sendPayout, sweepPayouts } from "./send";
import { type Business, earn, fund, makeBusiness, onboard, payoutsOf, transfersFor } from "./testing";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());

/** Our process is lost before a statement or behind it; or the server's is, and ours goes on. */
const LOSSES = [...DEATHS, "server"] as const;
type Loss = (typeof LOSSES)[number];

/** Where all outside the database is reading: lost before a statement is as good as lost behind the one before it. */
const LOSSES_OF_READERS = LOSSES.filter((loss) => loss !== "before");

const MONTH_DAYS = 31;
const MONTH_MS = MONTH_DAYS * 86_400_000;

// PGlite lives and dies with the process: there is nothing between them to be lost.
describe.runIf(testServerUrl())("a process that is lost at any statement", { timeout: 600_000 }, () => {
  let admin: PlatformScope;
  let business: Business;
  let loseAt: Lose;
  let stripeAccount: string;
  let from = 0;
  let months = 0;

  beforeAll(async () => {
    admin = await makePlatform();
    await fund(double, 100_000_000);
    business = await makeBusiness();
    stripeAccount = await onboard(double, business);
    loseAt = await watchStatements();
  });
  /** Another month is over, in which $80.01 were earned. */
  async function nextMonth(): Promise<Date> {
    months += 1;
    await earn(business, 80_010_000n, 30 - (months - 1) * MONTH_DAYS);
    return new Date(Date.now() + months * MONTH_MS);
  }

  const latest = async () => (await payoutsOf(business.partnerId)).at(-1);
  const latestId = async () => (await latest())?.id ?? "";

  /** @returns how many statements were sent */
  async function lose(at: number, loss: Loss, work: () => Promise<unknown>): Promise<number> {
    if (loss === "server") return endingBefore(at, () => work().catch(() => undefined));
    return loseAt(at, loss, work);
  }

  type Work = { prepare: () => Promise<unknown>; work: () => Promise<unknown>; goOn: () => Promise<unknown> };

  /**
   * The same work is lost at one statement after the other and done again, until it ends without being lost.
   * @returns how many statements it has
   */
  async function loseEverywhere(
    [loss, ways]: readonly [Loss, readonly Loss[]],
    { prepare, work, goOn }: Work,
    expected: { status: string; transfers: number; reversedCents?: bigint },
  ): Promise<number> {
    const { first, step } = turnOf(ways, loss);
    for (let at = first; ; at += step) {
      await prepare();
      const sent = await lose(at, loss, work);
      await goOn();
      const payout = await latest();
      const transfers = (await transfersFor(payout?.id ?? "")).length;
      const is = { status: payout?.status, transfers, reversedCents: payout?.reversedCents };
      expect(is, `${loss} lost at statement ${at}`).toEqual({ reversedCents: 0n, ...expected });
      if (sent < at) return sent;
    }
  }

  async function expectSound(): Promise<void> {
    const broken = (await checkLedgerAsOperator()).filter(({ count, id }) => count > 0 && id !== "I7");
    expect(broken).toEqual([]);
  }

  it.each(LOSSES_OF_READERS)("drafts and approves once: one number, no gap (%s)", async (loss) => {
    let now = new Date();
    const approve = async () => {
      await draftPayouts(now);
      await approvePayout(admin, { payoutId: await latestId() });
    };
    const prepare = async () => {
      now = await nextMonth();
    };
    const statements = await loseEverywhere(
      [loss, LOSSES_OF_READERS],
      { prepare, work: approve, goOn: approve },
      { status: "approved", transfers: 0 },
    );
    expect(statements).toBeGreaterThan(12);
    expect((await payoutsOf(business.partnerId)).length).toBe(months);
    await sweepPayouts();
    await expectSound();
  });

  /** A payout that may be sent. */
  async function approved(): Promise<void> {
    await draftPayouts(await nextMonth());
    await approvePayout(admin, { payoutId: await latestId() });
  }

  it.each(LOSSES)("sends the money once (%s)", async (loss) => {
    const work = async () => sendPayout(await latestId());
    const statements = await loseEverywhere(
      [loss, LOSSES],
      { prepare: approved, work, goOn: sweepPayouts },
      { status: "sent", transfers: 1 },
    );
    expect(statements).toBeGreaterThan(15);
    await expectSound();
  });

  it.each(LOSSES_OF_READERS)("learns what became of it once (%s)", async (loss) => {
    const { stripe } = await getStripe();
    const hear = () => deliver(double, eventIds(double, from));
    const prepare = async () => {
      await approved();
      from = eventIds(double).length;
      await sendPayout(await latestId());
      const [transfer] = await transfersFor(await latestId());
      await stripe.transfers.createReversal(transfer?.id ?? "", { amount: 1 });
      double.world.clock.advance(60);
      await stripe.payouts.create({ amount: 8000, currency: "usd" }, { stripeAccount });
      double.world.clock.advance(3 * 86_400);
    };
    const statements = await loseEverywhere(
      [loss, LOSSES_OF_READERS],
      { prepare, work: hear, goOn: hear },
      { status: "paid", transfers: 1, reversedCents: 1n },
    );
    expect(statements).toBeGreaterThan(30);
    await expectSound();
  });
});
