import { and, desc, eq, gte, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { subscriptionChanges } from "@/db/schema/plans";
import type { AuditActor } from "@/lib/audit/record";
import { endAllowance } from "./allowance";
import type { PlanInvoice } from "./change-behind";
import { endPlan } from "./renew";
import { hasPlan, lockSubscription, type Subscription } from "./store";
import { type Undone, undoChange } from "./undo-change";

/** Whether the fee on an invoice pays for the time that runs, and the plan was neither begun nor raised since. */
async function paysForNow(tx: Tx, sub: Subscription, invoice: PlanInvoice, now: Date): Promise<boolean> {
  const [fee] = await tx
    .select({ start: invoiceLines.serviceStart, end: invoiceLines.serviceEnd })
    .from(invoiceLines)
    .where(
      and(
        eq(invoiceLines.tenantId, invoice.tenantId),
        eq(invoiceLines.invoiceId, invoice.id),
        eq(invoiceLines.kind, "plan"),
      ),
    )
    .orderBy(desc(invoiceLines.serviceEnd))
    .limit(1);
  if (!fee || fee.end <= now || fee.end.getTime() !== sub.paidThrough?.getTime()) return false;
  const [changed] = await tx
    .select({ id: subscriptionChanges.id })
    .from(subscriptionChanges)
    .where(
      and(
        eq(subscriptionChanges.tenantId, sub.tenantId),
        eq(subscriptionChanges.subscriptionId, sub.id),
        inArray(subscriptionChanges.kind, ["start", "upgrade"]),
        gte(subscriptionChanges.at, fee.start),
      ),
    )
    .limit(1);
  return changed === undefined;
}

/**
 * All the money of an invoice went back, and with it goes the plan that it paid for: the plan ends, with what is left of
 * what it included; one that was raised is what it was before. A fee for a time that is over, or a plan that went on
 * since, is left alone. Behind the invoice's lock.
 * @returns whether something was taken
 */
export async function revokePlan(
  tx: Tx,
  by: AuditActor,
  invoice: PlanInvoice,
  undone: Undone,
  now: Date,
): Promise<boolean> {
  if (await undoChange(tx, by, invoice, undone, now)) return true;
  const sub = await lockSubscription(tx, invoice.tenantId);
  if (!sub || !hasPlan(sub) || !(await paysForNow(tx, sub, invoice, now))) return false;
  await endPlan(tx, by, sub, { at: now, ...undone });
  await endAllowance(tx, sub, { key: null, reason: undone.reason });
  return true;
}

/** The same where a bank took money of an invoice back, when that was all that was paid of it. */
export async function revokeDisputed(
  tx: Tx,
  by: AuditActor,
  { tenantId, invoiceId, backCents }: { tenantId: string; invoiceId: string; backCents: bigint },
  undone: Undone,
  now: Date,
): Promise<void> {
  const isIt = and(eq(invoices.tenantId, tenantId), eq(invoices.id, invoiceId));
  const [invoice] = await tx.select().from(invoices).where(isIt).for("update");
  if (!invoice || backCents + invoice.creditedCents < invoice.subtotalCents + invoice.taxCents) return;
  await revokePlan(tx, by, invoice, undone, now);
}
