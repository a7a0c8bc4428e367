import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { currentTime } from "@/lib/clock";
import type { Applied } from "@/lib/stripe/event-handler";
import { STRIPE } from "../store";
import { bookInvoice, type Held } from "./book-invoice";
import type { SeenInvoice } from "./seen";
import { endCollection, isCollection, noteIds, STRIPE_INVOICE } from "./store";

const DONE: Applied = { outcome: "done" };

type By = PlatformScope | AuditActor;

/** Our payment behind an invoice of Stripe's, locked; null where it is none of ours, or another one took its place. */
async function lockPayment(tx: Tx, { invoice }: SeenInvoice): Promise<Held | null> {
  const { payment_id: paymentId = "", tenant_id: tenantId = "", invoice_id } = invoice.metadata ?? {};
  const [payment] = await tx
    .select()
    .from(payments)
    .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId), isCollection))
    .for("update");
  const { invoiceId = null, reference = null } = payment ?? {};
  if (!payment || !invoiceId || invoiceId !== invoice_id) return null;
  if (reference !== null && reference !== invoice.id) return null;
  const isLive = payment.method === STRIPE_INVOICE && payment.status === "pending";
  return { payment: { ...payment, invoiceId }, isLive };
}

const collectionOf = ({ payment }: Held) => ({
  tenantId: payment.tenantId,
  paymentId: payment.id,
  invoiceId: payment.invoiceId,
});

async function end(
  tx: Tx,
  by: By,
  held: Held,
  how: { status: "canceled" | "failed"; code?: string | null; message: string },
): Promise<Applied> {
  const { tenantId, paymentId, invoiceId } = collectionOf(held);
  if (!(await endCollection(tx, collectionOf(held), how))) return DONE;
  await audit(tx, by, {
    action: how.status === "failed" ? "invoice.collect_failed" : "invoice.collect_here",
    targetType: "invoice",
    targetId: invoiceId,
    tenantId,
    before: { paymentId, stripeInvoiceId: held.payment.reference },
    reason: how.message,
  });
  return DONE;
}

/** A try on Stripe's page, or by its bank, that took no money: noted once, and told to the workspace by the sweep. */
async function noteTry(tx: Tx, { payment }: Held, { intent, invoice }: SeenInvoice): Promise<void> {
  if (!intent) return;
  const error = intent.status === "requires_payment_method" ? intent.last_payment_error : null;
  const isAsked = intent.status === "requires_action";
  if (!error && !isAsked) return;
  const code = isAsked ? "requires_action" : (error?.decline_code ?? error?.code ?? "failed");
  const charge = intent.latest_charge;
  const chargeId = (typeof charge === "string" ? charge : charge?.id) ?? payment.stripeChargeId;
  if (payment.failureCode === code && payment.stripeChargeId === chargeId) return;
  const message = error?.message ?? "The bank wants its customer to confirm the payment.";
  await tx
    .update(payments)
    .set({ failureCode: code, failureMessage: message, stripeChargeId: chargeId, updatedAt: sql`now()` })
    .where(eq(payments.id, payment.id));
  await audit(tx, STRIPE, {
    action: isAsked ? "payment.requires_action" : "payment.failed",
    targetType: "payment",
    targetId: payment.id,
    tenantId: payment.tenantId,
    after: { failureCode: code, stripeInvoiceId: invoice.id },
    reason: message,
  });
}

/** Marks ours as overdue or given up, where it is still owed. */
async function mirror(
  tx: Tx,
  { payment }: Held,
  { invoice }: SeenInvoice,
  status: "overdue" | "uncollectible",
): Promise<void> {
  const isOwed = inArray(invoices.status, status === "overdue" ? ["pending"] : [...UNPAID_STATUSES]);
  const [marked] = await tx
    .update(invoices)
    .set({ status, ...(status === "uncollectible" ? { nextAttemptAt: null } : {}) })
    .where(and(eq(invoices.tenantId, payment.tenantId), eq(invoices.id, payment.invoiceId), isOwed))
    .returning({ partnerId: invoices.partnerId });
  if (!marked) return;
  await audit(tx, STRIPE, {
    action: "invoice.mirror",
    targetType: "invoice",
    targetId: payment.invoiceId,
    tenantId: payment.tenantId,
    partnerId: marked.partnerId,
    after: { status, stripeInvoiceId: invoice.id },
    reason: `It is ${status} at Stripe.`,
  });
}

const isOverdue = ({ invoice }: SeenInvoice): boolean =>
  invoice.due_date !== null && invoice.due_date * 1000 <= currentTime().getTime();

/**
 * Applies what Stripe says now of an invoice by which it collects one of ours, forward only: whoever brings it (an event, a
 * refetch, the reconciliation), in whatever order and however often. Paid, ours is paid, once. Void at Stripe, ours is owed
 * here again, and is not void itself.
 * @throws Error where what came is not what is due: nothing is booked, and it waits for a person
 */
export async function applyInvoice(tx: Tx, seen: SeenInvoice, by: By = STRIPE): Promise<Applied> {
  const held = await lockPayment(tx, seen);
  if (!held) return { outcome: "ignored" };
  const { invoice } = seen;
  if (invoice.status === "paid") return bookInvoice(tx, held, seen);
  if (!held.isLive) return DONE;
  if (invoice.status === "void")
    return end(tx, by, held, { status: "canceled", message: "Stripe's invoice is void." });
  if (invoice.status === "draft") {
    const error = invoice.last_finalization_error;
    if (!error) return DONE;
    const message = error.message ?? "Stripe could not finalize its invoice.";
    return end(tx, by, held, { status: "failed", code: error.code ?? error.type, message });
  }
  await noteIds(tx, collectionOf(held), { stripeId: invoice.id, pageUrl: seen.pageUrl });
  if (invoice.status === "uncollectible") await mirror(tx, held, seen, "uncollectible");
  else {
    await noteTry(tx, held, seen);
    if (isOverdue(seen)) await mirror(tx, held, seen, "overdue");
  }
  return DONE;
}
