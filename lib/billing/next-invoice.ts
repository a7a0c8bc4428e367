import "server-only";
import { and, eq, gte, lt, lte, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { ledgerFunding } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { type Coming, comingOf } from "@/lib/subscriptions/coming";
import { findSubscription } from "@/lib/subscriptions/store";
import { cutsOf } from "@/lib/tenants/holder";
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
    const sub = await findSubscription(tx, scope.tenantId);
    const anchor = sub?.planId ? sub.anchorAt : null;
    const cuts = await cutsOf(tx, scope.tenantId);
    const period = periodAt(anchor, now, cuts);
    const before = periodAt(anchor, new Date(period.start.getTime() - 1), cuts);
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
    const coming = await comingOf(tx, sub, period.end);
    const feeMicros = coming.fees.reduce((sum, fee) => sum + fee.amountMicros, 0n);
    return {
      period,
      usageMicros: coveredMicros + owedMicros,
      coveredMicros,
      fees: coming.fees.map(({ description, amountMicros }) => ({ description, amountMicros })),
      planNext: coming.next,
      dueMicros: owedMicros + feeMicros,
      closingMicros: isClosable(before, now) ? 0n : await usedIn(tx, scope, before),
      closingFeesMicros: await feesBefore(tx, scope, period.start),
    };
  });
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

async function usedIn(tx: Tx, { tenantId }: TenantScope, { start, end }: Period): Promise<Micros> {
  const [used] = await tx
    .select({ micros: sql<string>`coalesce(sum(${ledgerEntries.tenantCost}), 0)::numeric(18,6)` })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.tenantId, tenantId),
        gte(ledgerEntries.occurredAt, start),
        lt(ledgerEntries.occurredAt, end),
      ),
    );
  return microsFromNumeric(used?.micros ?? "0");
}
