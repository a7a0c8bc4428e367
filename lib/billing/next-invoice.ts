import "server-only";
import { and, eq, lte, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { type Coming, comingOf } from "@/lib/subscriptions/coming";
import { presentOf } from "@/lib/subscriptions/month-end";
import { findSubscription, type Subscription } from "@/lib/subscriptions/store";
import { cutsOf } from "@/lib/tenants/holder";
import { owedBetween, sourceFor, usedBetween } from "@/lib/usage/counted";
import type { Fee } from "./invoice";
import { isClosable, type Period, periodAt } from "./period";

export type NextInvoice = {
  /** What it will be about, `[start, end)` in UTC. It is made an hour after the end. */
  period: Period;
  usageMicros: Micros;
  /** What credit has paid of the usage already. */
  coveredMicros: Micros;
  /** The fees that are asked for then, as they will stand on it: of the plan as it is then, at its price of that day. */
  fees: { description: string; amountMicros: Micros }[];
  /** What the plan becomes when what is paid is over; null without one. */
  planNext: Coming["next"];
  /** What there is to pay by now, before tax. */
  dueMicros: Micros;
  /** What was used in the period before, while that is over and its invoice is not made yet. */
  closingMicros: Micros;
  /** The fees that stand on that invoice already: of a plan that was renewed when the period ended. */
  closingFeesMicros: Micros;
};

/** The invoice that is next, as far as it is known: usage of the running period, and the plan's fee. Before tax. */
export async function nextInvoice(scope: TenantScope, now: Date = currentTime()): Promise<NextInvoice> {
  authorize(scope, "billing.read");
  return asTenant(scope, async (tx) => {
    const found = await findSubscription(tx, scope.tenantId);
    const sub = found && (await presentOf(tx, found, now));
    const anchor = sub?.planId ? sub.anchorAt : null;
    const cuts = await cutsOf(tx, scope.tenantId);
    const period = periodAt(anchor, now, cuts);
    const before = periodAt(anchor, new Date(period.start.getTime() - 1), cuts);
    const { usageMicros, owedMicros } = await usedIn(tx, scope, period.start);
    const coming = await comingOf(tx, sub, period.end);
    const feeMicros = sumOf(coming.fees);
    return {
      period,
      usageMicros,
      coveredMicros: usageMicros - owedMicros,
      fees: coming.fees.map(({ description, amountMicros }) => ({ description, amountMicros })),
      planNext: coming.next,
      dueMicros: owedMicros + feeMicros,
      closingMicros: isClosable(before, now)
        ? 0n
        : (await usedIn(tx, scope, before.start, before.end)).usageMicros,
      closingFeesMicros: (await feesBefore(tx, scope, period.start)) + (await feesDue(tx, found, now)),
    };
  });
}

const sumOf = (fees: readonly Fee[]) => fees.reduce((sum, fee) => sum + fee.amountMicros, 0n);

/** The fees that renewing a plan is about to ask for, whose month ended a moment ago. */
async function feesDue(tx: Tx, sub: Subscription | null, now: Date): Promise<Micros> {
  const end = sub?.currentPeriodEnd;
  return end && end <= now ? sumOf((await comingOf(tx, sub, end)).fees) : 0n;
}

/** The fees on documents of periods that are over and are not made yet. */
async function feesBefore(tx: Tx, { tenantId }: TenantScope, start: Date): Promise<Micros> {
  const [fees] = await tx
    .select({ micros: sql<string>`coalesce(sum(${invoiceLines.amount}), 0)::numeric(18,6)` })
    .from(invoices)
    .innerJoin(
      invoiceLines,
      and(eq(invoiceLines.tenantId, invoices.tenantId), eq(invoiceLines.invoiceId, invoices.id)),
    )
    .where(
      and(
        eq(invoices.tenantId, tenantId),
        eq(invoices.status, "draft"),
        eq(invoices.kind, "period"),
        lte(invoices.periodEnd, start),
        eq(invoiceLines.kind, "plan"),
      ),
    );
  return microsFromNumeric(fees?.micros ?? "0");
}

/** What was used in a stretch of time, and what of it no credit has paid: of one moment. */
async function usedIn(tx: Tx, { tenantId }: TenantScope, start: Date, end?: Date) {
  const mine = sql`${tenantId}::uuid`;
  const source = await sourceFor(tx, tenantId);
  const { rows } = await tx.execute<{ usage: string; owed: string }>(sql`select
    (select coalesce(sum(tenant_cost), 0)::numeric(18,6) from (${usedBetween(mine, start, end, source)}) used) as usage,
    (select coalesce(sum(amount), 0)::numeric(18,6) from (${owedBetween(mine, start, end, source)}) owed) as owed`);
  return {
    usageMicros: microsFromNumeric(rows[0]?.usage ?? "0"),
    owedMicros: microsFromNumeric(rows[0]?.owed ?? "0"),
  };
}
