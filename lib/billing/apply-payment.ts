import { eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { liftDunning } from "@/lib/dunning/lift";
import { AppError } from "@/lib/errors";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import { planPaid } from "@/lib/subscriptions/plan-paid";
import { postCredit } from "@/lib/wallet/credit";
import { earnCommission } from "./commission";
import { restoreForPaidDebts } from "./commission-back";
import { LEAST_CENTS } from "./least";
import { type InvoiceStatus, mayBecome } from "./state";

/** Names the credit that a payment became as far as it was more than its invoice needed. */
export const overpaidKey = (paymentId: string): string => `overpaid:${paymentId}`;

export type ArrivedPayment = {
  /** The row of `payments` whose money is there: it is booked once. */
  paymentId: string;
  at: Date;
  /** How it was paid, for the document. */
  note?: string;
};

export type AppliedPayment = {
  tenantId: string;
  invoiceId: string;
  /** False when this payment was booked before: nothing changed. */
  isNew: boolean;
  isPaid: boolean;
};

type Invoice = typeof invoices.$inferSelect;

/** What is still to be paid of an invoice, in cents. */
export function dueCents(
  invoice: Pick<Invoice, "status" | "subtotalCents" | "taxCents" | "paidCents" | "creditedCents">,
): bigint {
  if (!mayBecome((invoice.status ?? "pending") as InvoiceStatus, "paid")) return 0n;
  if (invoice.status === "draft" || invoice.status === "partially_refunded") return 0n;
  return invoice.subtotalCents + invoice.taxCents - invoice.paidCents - invoice.creditedCents;
}

/**
 * Books money that has arrived on the invoice it is for, in the caller's transaction (the system's or the platform's),
 * whichever way it is told of first. An invoice that is paid in full gives the wallet back exactly what its usage owed,
 * earns the partner its commission, and lifts what the debt had stopped, as does one of which next to nothing is left. What is over, or comes for an invoice that is
 * void or paid, becomes credit. The wallet is locked last; after the commit `creditWasAdded` is due.
 *
 * @throws AppError `not_found` when there is no such payment of an invoice
 */
export async function applyPayment(
  tx: Tx,
  by: PlatformScope | AuditActor,
  { paymentId, at, note }: ArrivedPayment,
): Promise<AppliedPayment> {
  const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId)).for("update");
  if (!payment?.invoiceId) throw new AppError("not_found", "This payment does not exist.");
  const { tenantId, invoiceId } = payment;
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId)).for("update");
  if (!invoice) throw new AppError("not_found", "This invoice does not exist.");
  if (payment.settledAt) return { tenantId, invoiceId, isNew: false, isPaid: invoice.paidDate !== null };
  await tx.update(payments).set({ status: "succeeded", settledAt: at }).where(eq(payments.id, paymentId));
  const due = dueCents(invoice);
  const over = payment.amountCents > due ? payment.amountCents - due : 0n;
  const taken = payment.amountCents - over;
  const isPaid = due > 0n && taken === due;
  if (taken > 0n)
    await tx
      .update(invoices)
      .set({
        paidCents: invoice.paidCents + taken,
        ...(isPaid ? { status: "paid", paidDate: at, nextAttemptAt: null } : {}),
        ...(note ? { paymentNote: note } : {}),
        ...(payment.stripePaymentIntentId ? { paymentIntentId: payment.stripePaymentIntentId } : {}),
      })
      .where(eq(invoices.id, invoiceId));
  await audit(tx, by, {
    action: "invoice.pay",
    targetType: "invoice",
    targetId: invoiceId,
    tenantId,
    partnerId: invoice.partnerId,
    before: { status: invoice.status },
    after: {
      ...(isPaid ? { status: "paid" } : {}),
      paymentId,
      amountCents: payment.amountCents.toString(),
      method: payment.method,
    },
  });
  if (isPaid) await settleInvoice(tx, by, invoice, at);
  else if (taken > 0n && due - taken < LEAST_CENTS) await liftDunning(tx, by, tenantId);
  if (over > 0n) {
    const lotKey = overpaidKey(paymentId);
    await postCredit(tx, {
      tenantId,
      kind: "topup",
      source: "paid",
      amount: centsToMicros(over),
      key: lotKey,
      facts: { invoiceId, reason: `More than was due on ${invoice.invoiceNumber}` },
    });
    await restoreForPaidDebts(tx, { tenantId, lotKey, at });
  }
  return { tenantId, invoiceId, isNew: true, isPaid };
}

async function settleInvoice(
  tx: Tx,
  by: PlatformScope | AuditActor,
  invoice: Invoice,
  at: Date,
): Promise<void> {
  const total = invoice.subtotalCents + invoice.taxCents;
  await earnCommission(tx, {
    tenantId: invoice.tenantId,
    invoiceId: invoice.id,
    partCents: total - invoice.creditedCents,
    wholeCents: total,
    kind: "invoice_paid",
    key: `invoice_paid:${invoice.id}`,
    at,
  });
  await liftDunning(tx, by, invoice.tenantId);
  await planPaid(tx, by, invoice, at);
  const receivable = microsFromNumeric(invoice.receivable);
  if (receivable !== 0n)
    await postCredit(tx, {
      tenantId: invoice.tenantId,
      kind: "invoice_payment",
      amount: receivable,
      key: `invoice_payment:${invoice.id}`,
      facts: { invoiceId: invoice.id },
    });
}
