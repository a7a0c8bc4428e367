import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import type { AuditActor } from "@/lib/audit/record";
import { newId } from "@/lib/ids";
import { microsToCents } from "@/lib/money";
import { openFreeDraft } from "./draft";
import { type Finalized, finalizeInvoice, insertLines } from "./finalize";
import type { Fee } from "./invoice";
import type { Period } from "./period";
import { sumDraft } from "./sum";

/** What is asked for by itself, at once: a plan that begins, or becomes another. */
export type FeeOrder = {
  /** The id that the invoice gets. */
  id: string;
  tenantId: string;
  kind: "subscription" | "plan_change";
  period: Period;
  fees: readonly Fee[];
  subscriptionId: string | null;
};

async function insertFees(tx: Tx, tenantId: string, invoiceId: string, fees: readonly Fee[]): Promise<void> {
  const lines = fees.map((fee) => ({
    ...fee,
    source: null,
    position: null,
    amountCents: microsToCents(fee.amountMicros),
  }));
  await insertLines(tx, tenantId, invoiceId, lines);
}

/**
 * Makes an invoice of fees alone, final, as the last thing of the caller's transaction: it takes the number.
 * Null when nothing is to be paid.
 */
export async function billFees(
  tx: Tx,
  by: PlatformScope | AuditActor,
  { fees, period, ...order }: FeeOrder,
  now: Date,
): Promise<Finalized | null> {
  await tx.insert(invoices).values({
    ...order,
    invoiceNumber: `draft-${order.id}`,
    status: "draft",
    totalAmount: "0",
    periodStart: period.start,
    periodEnd: period.end,
    dueDate: period.end,
    sellerName: "",
    customerName: "",
  });
  await insertFees(tx, order.tenantId, order.id, fees);
  return finalizeInvoice(tx, by, order.id, now);
}

/**
 * Puts fees on the document of a period of usage, which becomes final when that is closed. It is not waited for: the
 * caller holds the wallet, which is locked behind drafts.
 * @returns false when it is final, or just being closed: they need an invoice of their own
 */
export async function addFees(
  tx: Tx,
  tenantId: string,
  period: Period,
  fees: readonly Fee[],
): Promise<boolean> {
  const draft = await openFreeDraft(tx, tenantId, period);
  if (!draft || draft.isFinal) return false;
  await insertFees(tx, tenantId, draft.id, fees);
  return true;
}

/**
 * Takes the fees off the draft of a period whose usage comes to less than nothing, and asks for them by themselves: usage
 * that was taken back waits for the next document, what a plan costs does not. As `billFees`, the last thing of the
 * caller's transaction. Null when there are none.
 */
export async function billFeesAlone(
  tx: Tx,
  by: PlatformScope | AuditActor,
  { tenantId, draftId }: { tenantId: string; draftId: string },
  now: Date,
): Promise<Finalized | null> {
  const { fees } = await sumDraft(tx, tenantId, draftId);
  if (fees.length === 0) return null;
  const lineIds = fees.flatMap(({ lineId }) => lineId ?? []);
  await tx
    .delete(invoiceLines)
    .where(and(eq(invoiceLines.tenantId, tenantId), inArray(invoiceLines.id, lineIds)));
  const [sub] = await tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(and(eq(subscriptions.tenantId, tenantId), isNull(subscriptions.endedAt)));
  const start = new Date(Math.min(...fees.map((fee) => fee.serviceStart.getTime())));
  const end = new Date(Math.max(...fees.map((fee) => fee.serviceEnd.getTime())));
  return billFees(
    tx,
    by,
    {
      id: newId(),
      tenantId,
      kind: "subscription",
      period: { start, end },
      fees,
      subscriptionId: sub?.id ?? null,
    },
    now,
  );
}
