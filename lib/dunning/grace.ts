import "server-only";
import { and, asc, eq, isNotNull, lte, sql } from "drizzle-orm";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { dueCents } from "@/lib/billing/apply-payment";
import { OWED_STATUSES } from "@/lib/billing/state";
import { databaseTime } from "@/lib/clock";
import { notify } from "@/lib/notifications/notify";
import { presentTime } from "@/lib/present-time";
import { DUNNING, imposeAgain } from "./impose";
import { graceOverMessage } from "./message";
import { isReminded } from "./owed";
import { standingOf, stepAfterGrace } from "./schedule";

export type OwedInvoice = typeof invoices.$inferSelect;

/** What a workspace owes and was reminded of, locked: none of it goes on meanwhile. Before its subscription is locked. */
export async function lockOwed(tx: Tx, tenantId: string): Promise<OwedInvoice[]> {
  return tx.select().from(invoices).where(isReminded(tenantId)).orderBy(asc(invoices.id)).for("update");
}

/** Whether what is owed demands at `now` that the workspace is suspended. */
export function demandsSuspension(owed: readonly OwedInvoice[], now: Date): boolean {
  const held = owed.filter(({ graceUntil }) => !graceUntil || graceUntil <= now);
  return standingOf(held.map(({ dunningStage }) => dunningStage)).isSuspended;
}

/** Gives a workspace time to pay what it owes: until then it stops nothing, and dunning stands still. */
export async function giveGrace(
  tx: Tx,
  scope: PlatformScope,
  owed: readonly OwedInvoice[],
  until: Date,
): Promise<void> {
  const now = await presentTime(tx);
  for (const invoice of owed) {
    await tx
      .update(invoices)
      .set({ graceUntil: until, nextAttemptAt: stepAfterGrace(invoice, now, until) })
      .where(and(eq(invoices.tenantId, invoice.tenantId), eq(invoices.id, invoice.id)));
    await audit(tx, scope, {
      action: "invoice.grace",
      targetType: "invoice",
      targetId: invoice.id,
      tenantId: invoice.tenantId,
      partnerId: invoice.partnerId,
      before: { stage: invoice.dunningStage, graceUntil: invoice.graceUntil?.toISOString() ?? null },
      after: { graceUntil: until.toISOString() },
    });
  }
}

/** Invoices whose time is over, the oldest first. */
export async function findEndedGraces(): Promise<{ tenantId: string; invoiceId: string }[]> {
  return asSystem("dunning", (tx) =>
    tx
      .select({ tenantId: invoices.tenantId, invoiceId: invoices.id })
      .from(invoices)
      .where(and(isNotNull(invoices.graceUntil), lte(invoices.graceUntil, databaseTime())))
      .orderBy(asc(invoices.id))
      .limit(500),
  );
}

/**
 * The time that was given for an invoice is over: where it is not paid, its workspace is held to it again, as far as dunning
 * had come, and its admins are told, once. Safe to repeat.
 * @returns whether it was still owed
 */
export async function endGrace(scope: TenantScope, invoiceId: string): Promise<boolean> {
  authorize(scope, "billing.charge");
  const isIt = and(eq(invoices.tenantId, scope.tenantId), eq(invoices.id, invoiceId));
  const read = (tx: Tx) =>
    tx
      .select()
      .from(invoices)
      .where(and(isIt, isNotNull(invoices.graceUntil), lte(invoices.graceUntil, databaseTime())));
  const isOwed = (invoice: OwedInvoice) =>
    OWED_STATUSES.some((status) => status === invoice.status) && dueCents(invoice) > 0n;
  const [ended] = await asSystem("dunning", read);
  if (!ended) return false;
  // Before it is marked: whoever ends in between is followed by one who finds them told.
  if (isOwed(ended))
    await asWorker(scope, (tx) =>
      notify(tx, scope, {
        kind: "payment_failed",
        ...graceOverMessage({ ...ended, dueCents: dueCents(ended) }),
        href: `/app/billing/${invoiceId}`,
        dedupeKey: `dunning:${invoiceId}:grace:${ended.graceUntil?.toISOString()}`,
        to: { admins: true },
        ids: { invoiceId },
      }),
    );
  return asSystem("dunning", async (tx) => {
    const [invoice] = await read(tx).for("update");
    if (!invoice) return false;
    await tx.update(invoices).set({ graceUntil: null, updatedAt: sql`now()` }).where(isIt);
    if (!isOwed(invoice)) return false;
    await audit(tx, DUNNING, {
      action: "invoice.grace_over",
      targetType: "invoice",
      targetId: invoiceId,
      tenantId: invoice.tenantId,
      partnerId: invoice.partnerId,
      before: { graceUntil: invoice.graceUntil?.toISOString() },
      after: { stage: invoice.dunningStage },
    });
    await imposeAgain(tx, invoice, invoice.dunningStage);
    return true;
  });
}
