import "server-only";
import { and, count, eq, gt, inArray, isNotNull, isNull, lt, lte, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { autoTopups } from "@/db/schema/caps";
import { invoices } from "@/db/schema/invoices";
import { documents } from "@/db/schema/knowledge";
import { subscriptions } from "@/db/schema/plans";
import { creditLots, wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { currentTime } from "@/lib/clock";
import { formatMicros, type Micros, microsFromNumeric } from "@/lib/money";
import { boughtAlone } from "@/lib/payments/auto-topup-month";
import { isMonthFull } from "@/lib/payments/auto-topup-rules";
import { leftOf, ownLeft } from "./store";

/** Credit that ends within so many days is pointed out. */
const SOON_DAYS = 14;

export type MoneyAttention = {
  /** Steps of runs that wait for credit, for a cap, or for somebody who allows more. */
  waiting: { credit: number; cap: number; ask: number };
  /** Documents that wait for credit, or for a cap. */
  documents: { credit: number; cap: number };
  overdue: { count: number; cents: bigint };
  /** Why no new run may start. */
  blockedReason: string | null;
  /** Why credit is not bought by itself. */
  topupOffReason: string | null;
  /** What ends soon, and when the first of it does. */
  expiring: { micros: Micros; at: Date } | null;
};

/** What about its money a workspace has to look at. */
export async function moneyAttention(scope: TenantScope, now: Date = currentTime()): Promise<MoneyAttention> {
  authorize(scope, "billing.read");
  const { tenantId } = scope;
  return asTenant(scope, async (tx) => {
    const steps = await tx
      .select({ reason: executionSteps.waitReason, steps: count() })
      .from(executionSteps)
      .where(
        and(
          eq(executionSteps.tenantId, tenantId),
          eq(executionSteps.status, "waiting"),
          isNotNull(executionSteps.waitReason),
        ),
      )
      .groupBy(executionSteps.waitReason);
    const waiting = (reason: string) => steps.find((row) => row.reason === reason)?.steps ?? 0;
    const unread = await tx
      .select({ reason: documents.waitReason, documents: count() })
      .from(documents)
      .where(and(eq(documents.tenantId, tenantId), isNotNull(documents.waitReason)))
      .groupBy(documents.waitReason);
    const [overdue] = await tx
      .select({
        count: count(),
        cents: sql<string>`coalesce(sum(${invoices.subtotalCents} + ${invoices.taxCents} - ${invoices.paidCents} - ${invoices.creditedCents}), 0)`,
      })
      .from(invoices)
      .where(
        and(
          eq(invoices.tenantId, tenantId),
          inArray(invoices.status, [...UNPAID_STATUSES]),
          lt(invoices.dueDate, now),
        ),
      );
    const [plan] = await tx
      .select({ reason: subscriptions.startsBlockedReason, at: subscriptions.startsBlockedAt })
      .from(subscriptions)
      .where(and(eq(subscriptions.tenantId, tenantId), isNull(subscriptions.endedAt)));
    const soon = new Date(now.getTime() + SOON_DAYS * 86_400_000);
    const [ending] = await tx
      .select({
        micros: sql<string>`coalesce(sum(${creditLots.remaining}), 0)::numeric(18,6)`,
        at: sql`min(${creditLots.expiresAt})`.mapWith(creditLots.expiresAt),
      })
      .from(creditLots)
      .where(
        and(
          eq(creditLots.tenantId, tenantId),
          isNull(creditLots.closedAt),
          // The allowance of a plan ends and comes back with every period.
          inArray(creditLots.source, ["promo", "paid"]),
          gt(creditLots.expiresAt, now),
          lte(creditLots.expiresAt, soon),
        ),
      );
    return {
      waiting: { credit: waiting("credit"), cap: waiting("cap"), ask: waiting("ask") },
      documents: {
        credit: unread.find((row) => row.reason === "credit")?.documents ?? 0,
        cap: unread.find((row) => row.reason === "cap")?.documents ?? 0,
      },
      overdue: { count: overdue?.count ?? 0, cents: BigInt(overdue?.cents ?? "0") },
      blockedReason: plan?.at ? (plan.reason ?? "An invoice is not paid.") : null,
      topupOffReason: await topupOffReason(tx, tenantId),
      expiring: ending?.at ? { micros: microsFromNumeric(ending.micros), at: ending.at } : null,
    };
  });
}

/**
 * Why credit is not bought by itself: it was turned off, little is left and the month has brought its most, or what waits
 * needs more than is left, which is not little by the rule: then nothing that ends lets it go on.
 */
async function topupOffReason(tx: Tx, tenantId: string): Promise<string | null> {
  const [auto] = await tx
    .select({
      isOn: autoTopups.isOn,
      reason: autoTopups.disabledReason,
      amount: autoTopups.amount,
      monthlyMax: autoTopups.monthlyMax,
      threshold: autoTopups.threshold,
      isLow: sql<boolean>`${ownLeft} < ${autoTopups.threshold}`,
      left: sql<string>`(${leftOf})::numeric(18,6)`,
    })
    .from(autoTopups)
    .innerJoin(wallets, eq(wallets.tenantId, autoTopups.tenantId))
    .where(eq(autoTopups.tenantId, tenantId));
  if (!auto?.isOn) return auto?.reason ?? null;
  if (!auto.isLow) {
    const needed = await leastWaitedFor(tx, tenantId);
    return needed !== null && needed > microsFromNumeric(auto.left)
      ? `What waits may cost up to ${formatMicros(needed)} at once, more than is left, and credit is bought by itself only when less than ${formatMicros(microsFromNumeric(auto.threshold))} is left: buy some, or raise that.`
      : auto.reason;
  }
  const [amount, monthlyMax] = [microsFromNumeric(auto.amount), microsFromNumeric(auto.monthlyMax)];
  const bought = await boughtAlone(tx, tenantId);
  return isMonthFull({ amount, monthlyMax }, bought)
    ? `${formatMicros(bought)} of at most ${formatMicros(monthlyMax)} a month is bought already: nothing more before the 1st (UTC).`
    : auto.reason;
}

/** The least that anything needs of what waits for credit; null when nothing does. */
async function leastWaitedFor(tx: Tx, tenantId: string): Promise<Micros | null> {
  const [least] = await tx
    .select({
      needed: sql<
        string | null
      >`least((select min(s.needed) from ${executionSteps} s where s.tenant_id = ${tenantId}
          and s.status = 'waiting' and s.wait_reason = 'credit'),
        (select min(d.needed) from ${documents} d where d.tenant_id = ${tenantId} and d.wait_reason = 'credit'))`,
    })
    .from(wallets)
    .where(eq(wallets.tenantId, tenantId));
  return least?.needed ? microsFromNumeric(least.needed) : null;
}
