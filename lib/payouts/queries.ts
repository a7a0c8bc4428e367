import "server-only";
import { and, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import { asPartner, asPlatform, asSystem, type Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerAccounts, partnerPayouts } from "@/db/schema/partner-money";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { centsToMicros, type Micros, microsFromNumeric } from "@/lib/money";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { accruedSum } from "@/lib/partners/queries/money";
import { findStripe } from "@/lib/stripe/client";
import type { ListPayoutsInput } from "./input";
import { keptForPromises } from "./promises";
import { PAYOUT_SUMMARY, type PayoutSummary, type PayoutView, readPayout } from "./read";
import { DEFAULT_MINIMUM_CENTS, earnedUntil } from "./rules";
import { carriedOver, sumUnpaid } from "./sources";

export type PartnerBalance = {
  /** All commission in the ledger, whoever paid for the usage, or nobody. */
  accrued: Micros;
  /** What customers' money has covered, less what went back: `paid + underWay + payable + waiting`. */
  earned: Micros;
  /** Earned less than thirty days ago, or in dispute. */
  waiting: Micros;
  /** What the next payout would be of, were it today. Less than nothing is carried until it is earned again. */
  payable: Micros;
  /** What of that is kept, while credit that the partner promised beyond its allowance is not used. */
  kept: Micros;
  /** In payouts that have not left yet. */
  underWay: Micros;
  paid: Micros;
  minimumCents: bigint;
};

export type PayoutAccount = {
  /** Whether Stripe is set up at all; else payouts come by bank transfer. */
  isOffered: boolean;
  isStarted: boolean;
  hasDetails: boolean;
  isPayable: boolean;
  /** How many things Stripe still wants to know. */
  missing: number;
};

/** What of payouts is paid, and what is on its way. */
async function sumPayouts(tx: Tx, partnerId: string): Promise<{ paid: Micros; underWay: Micros }> {
  const [row] = await tx
    .select({
      paid: sql<string>`coalesce(sum(${partnerPayouts.amountCents} - ${partnerPayouts.reversedCents}) filter (where ${partnerPayouts.status} in ('sent', 'paid', 'reversed')), 0)`,
      underWay: sql<string>`coalesce(sum(${partnerPayouts.amountCents}) filter (where ${partnerPayouts.status} in ('draft', 'approved', 'sending', 'failed')), 0)`,
    })
    .from(partnerPayouts)
    .where(eq(partnerPayouts.partnerId, partnerId));
  return { paid: centsToMicros(BigInt(row?.paid ?? 0)), underWay: centsToMicros(BigInt(row?.underWay ?? 0)) };
}

/** How far this partner's commission has come. */
export async function getPartnerBalance(scope: PartnerScope): Promise<PartnerBalance> {
  authorize(scope, "payout.read");
  const { partnerId } = scope;
  const own = await asPartner(scope, async (tx) => {
    const [account] = await tx
      .select({ minimumCents: partnerAccounts.minimumCents })
      .from(partnerAccounts)
      .where(eq(partnerAccounts.partnerId, partnerId));
    const { rows } = await tx.execute<{ amount: string }>(await accruedSum(tx));
    return {
      accrued: microsFromNumeric(rows[0]?.amount ?? "0"),
      minimumCents: account?.minimumCents ?? DEFAULT_MINIMUM_CENTS,
      ...(await sumPayouts(tx, partnerId)),
    };
  });
  // Disputes are between a customer and a bank: a partner's own handle does not see them.
  const { payable, waiting, carry, promised } = await asSystem("partner-balance", async (tx) => ({
    ...(await sumUnpaid(tx, partnerId, earnedUntil(currentTime()))),
    carry: await carriedOver(tx, partnerId),
    promised: await keptForPromises(tx, partnerId),
  }));
  const earned = own.paid + own.underWay + payable + carry + waiting;
  const left = payable + carry;
  const within = left > 0n ? left : 0n;
  return { ...own, earned, waiting, payable: left, kept: promised > within ? within : promised };
}

/** Where this partner is paid. */
export async function getPayoutAccount(scope: PartnerScope): Promise<PayoutAccount> {
  authorize(scope, "payout.read");
  const [account] = await asPartner(scope, (tx) =>
    tx.select().from(partnerAccounts).where(eq(partnerAccounts.partnerId, scope.partnerId)),
  );
  return {
    isOffered: (await findStripe()) !== null,
    isStarted: account?.stripeAccountId !== null && account !== undefined,
    hasDetails: account?.detailsSubmitted ?? false,
    isPayable: account?.payoutsEnabled ?? false,
    missing: Array.isArray(account?.requirements) ? account.requirements.length : 0,
  };
}

async function list(tx: Tx, input: ListPayoutsInput, mine?: SQL): Promise<Page<PayoutSummary>> {
  const rows = await tx
    .select(PAYOUT_SUMMARY)
    .from(partnerPayouts)
    .innerJoin(partners, eq(partners.id, partnerPayouts.partnerId))
    .where(
      and(
        mine,
        input.status ? eq(partnerPayouts.status, input.status) : undefined,
        input.partnerId ? eq(partnerPayouts.partnerId, input.partnerId) : undefined,
        input.cursor ? lt(partnerPayouts.id, input.cursor) : undefined,
      ),
    )
    .orderBy(desc(partnerPayouts.id))
    .limit(PAGE_SIZE + 1);
  return toPage(rows, PAGE_SIZE);
}

/** This partner's payouts, the newest first. */
export async function listPayouts(
  scope: PartnerScope,
  input: Pick<ListPayoutsInput, "cursor">,
): Promise<Page<PayoutSummary>> {
  authorize(scope, "payout.read");
  return asPartner(scope, (tx) => list(tx, input, eq(partnerPayouts.partnerId, scope.partnerId)));
}

/** @throws AppError `not_found`, also for another partner's */
export async function getPayout(scope: PartnerScope, payoutId: string): Promise<PayoutView> {
  authorize(scope, "payout.read");
  return asPartner(scope, (tx) => readPayout(tx, payoutId, eq(partnerPayouts.partnerId, scope.partnerId)));
}

/** Everybody's payouts, the newest first. */
export async function listAllPayouts(
  scope: PlatformScope,
  input: ListPayoutsInput,
): Promise<Page<PayoutSummary>> {
  authorize(scope, "payout.read");
  return asPlatform(scope, (tx) => list(tx, input));
}

/** @throws AppError `not_found` */
export async function getAnyPayout(scope: PlatformScope, payoutId: string): Promise<PayoutView> {
  authorize(scope, "payout.read");
  return asPlatform(scope, (tx) => readPayout(tx, payoutId));
}

export type PayoutTotals = Readonly<
  Record<"toApprove" | "held" | "failed", { count: number; cents: bigint }>
>;

/** What waits for an admin, or for a partner. */
export async function getPayoutTotals(scope: PlatformScope): Promise<PayoutTotals> {
  authorize(scope, "payout.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        status: partnerPayouts.status,
        count: sql<number>`count(*)::int`,
        cents: sql<string>`coalesce(sum(${partnerPayouts.amountCents}), 0)`,
      })
      .from(partnerPayouts)
      .where(sql`${partnerPayouts.status} in ('draft', 'failed') or ${partnerPayouts.heldReason} is not null`)
      .groupBy(partnerPayouts.status),
  );
  const of = (status: string) => {
    const row = rows.find((one) => one.status === status);
    return { count: row?.count ?? 0, cents: BigInt(row?.cents ?? 0) };
  };
  return { toApprove: of("draft"), held: of("approved"), failed: of("failed") };
}

/** Partners by name, for filters. */
export async function listPartnerNames(scope: PlatformScope): Promise<{ id: string; name: string }[]> {
  authorize(scope, "payout.read");
  return asPlatform(scope, (tx) =>
    tx.select({ id: partners.id, name: partners.name }).from(partners).orderBy(partners.name).limit(1000),
  );
}
