import { and, eq, inArray } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { TenantScope } from "@/db/scope";
import type { AuditActor } from "@/lib/audit/record";
import { OWED_STATUSES } from "@/lib/billing/state";
import { makeVoid, writeOff } from "@/lib/billing/void";
import { AppError } from "@/lib/errors";
import { COLLECTED_AT_STRIPE } from "@/lib/payments/collect/reason";
import { collectHereAgain } from "@/lib/payments/collect/take-back";
import { findSubscription, type Subscription } from "./store";

/** The first invoices of a plan that were not paid, also one that was given up at Stripe: ids. */
export async function openFirst(
  tx: Tx,
  sub: Pick<Subscription, "id" | "tenantId" | "anchorAt">,
): Promise<string[]> {
  const open = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, sub.tenantId),
        eq(invoices.subscriptionId, sub.id),
        eq(invoices.kind, "subscription"),
        // A later fee that has an invoice of its own is owed.
        eq(invoices.periodStart, sub.anchorAt),
        inArray(invoices.status, [...OWED_STATUSES]),
      ),
    );
  return open.map(({ id }) => id);
}

/**
 * Takes back the first invoice of a plan that never began, since it was not paid.
 * @throws AppError `conflict` while a payment of it is under way, or Stripe collects it
 */
export async function withdrawFirst(tx: Tx, by: AuditActor, sub: Subscription, now: Date): Promise<void> {
  const reason = "The plan was not begun.";
  for (const id of await openFirst(tx, sub)) {
    const invoice = await makeVoid(tx, by, { invoiceId: id, reason, outcome: "write_off" }, now);
    await writeOff(tx, by, invoice, reason);
  }
}

/**
 * Does work that withdraws the first invoice of a plan. Where Stripe collects that, its own invoice is made void first, so
 * that nobody can pay both; one that was paid there meanwhile is booked, and the work finds a plan that has begun.
 * @throws AppError what the work throws; `precondition` (`payment_under_way`) for a bank debit on its way; `upstream`
 */
export async function takingBack<T>(scope: TenantScope, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError && error.reason === COLLECTED_AT_STRIPE)) throw error;
  }
  const first = await asSystem("withdraw-plan", async (tx) => {
    const sub = await findSubscription(tx, scope.tenantId);
    return sub ? openFirst(tx, sub) : [];
  });
  for (const id of first) await collectHereAgain(scope, id);
  return work();
}
