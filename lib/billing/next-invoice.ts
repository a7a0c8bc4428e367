import "server-only";
import { and, eq, gte, isNull, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { planPrices, subscriptions } from "@/db/schema/plans";
import { ledgerFunding } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { centsToMicros, type Micros, microsFromNumeric } from "@/lib/money";
import { cutsOf } from "@/lib/tenants/holder";
import { type Period, periodAt } from "./period";

export type NextInvoice = {
  /** What it will be about, `[start, end)` in UTC. It is made an hour after the end. */
  period: Period;
  usageMicros: Micros;
  /** What credit has paid of the usage already. */
  coveredMicros: Micros;
  /** The fee of the plan for the time after; zero without one, and while a year is paid ahead. */
  planMicros: Micros;
  /** What there is to pay by now, before tax. */
  dueMicros: Micros;
};

/** The invoice that is next, as far as it is known: usage of the running period, and the plan's fee. Before tax. */
export async function nextInvoice(scope: TenantScope, now: Date = currentTime()): Promise<NextInvoice> {
  authorize(scope, "billing.read");
  return asTenant(scope, async (tx) => {
    const [plan] = await tx
      .select({
        planId: subscriptions.planId,
        anchorAt: subscriptions.anchorAt,
        paidThrough: subscriptions.paidThrough,
        isEnding: subscriptions.cancelAtPeriodEnd,
        feeCents: planPrices.amountCents,
      })
      .from(subscriptions)
      .leftJoin(planPrices, eq(planPrices.id, subscriptions.planPriceId))
      .where(and(eq(subscriptions.tenantId, scope.tenantId), isNull(subscriptions.endedAt)));
    const period = periodAt(plan?.planId ? plan.anchorAt : null, now, await cutsOf(tx, scope.tenantId));
    const part = (isPaid: boolean) =>
      sql<string>`coalesce(sum(${ledgerFunding.amount}) filter (where (${ledgerFunding.source} <> 'receivable') = ${isPaid}), 0)::numeric(18,6)`;
    const [used] = await tx
      .select({ covered: part(true), owed: part(false) })
      .from(ledgerEntries)
      .innerJoin(
        ledgerFunding,
        and(
          eq(ledgerFunding.tenantId, ledgerEntries.tenantId),
          eq(ledgerFunding.ledgerEntryId, ledgerEntries.id),
        ),
      )
      .where(and(eq(ledgerEntries.tenantId, scope.tenantId), gte(ledgerEntries.occurredAt, period.start)));
    const coveredMicros = microsFromNumeric(used?.covered ?? "0");
    const owedMicros = microsFromNumeric(used?.owed ?? "0");
    const isPaidAhead =
      plan?.paidThrough !== undefined && plan?.paidThrough !== null && plan.paidThrough > period.end;
    const feeCents = plan?.isEnding || isPaidAhead ? 0n : (plan?.feeCents ?? 0n);
    return {
      period,
      usageMicros: coveredMicros + owedMicros,
      coveredMicros,
      planMicros: centsToMicros(feeCents),
      dueMicros: owedMicros + centsToMicros(feeCents),
    };
  });
}
