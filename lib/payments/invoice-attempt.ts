import { and, desc, eq, like, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import { dueCents } from "@/lib/billing/apply-payment";
import { AppError } from "@/lib/errors";
import { COLLECTED_AT_STRIPE } from "./collect/reason";
import { findCollection } from "./collect/store";

export type Attempt = {
  paymentId: string;
  attempt: number;
  amountCents: bigint;
  intentId: string | null;
  /** The saved card it was begun with. */
  methodId: string | null;
  status: string;
  /** Not by an invoice of Stripe's, or noted by a person. */
  isByCard: boolean;
  requestKey: string;
  /** Why the bank refused it. */
  failure: string | null;
  /** Began an hour ago: whoever began it is not there any more. */
  isLeft: boolean;
};

/** Made while nobody was there. */
const isCharge = ({ requestKey }: Attempt) => requestKey.startsWith("charge:");

/** A charge that Stripe has not answered yet, as far as is known here. */
export const isUnheard = (attempt: Attempt) =>
  isCharge(attempt) && attempt.status === "pending" && !attempt.intentId;

/** Begun, and neither paid nor over, as far as is known here. */
export const isWaiting = ({ status }: Attempt) => /^(pending|requires_action)$/.test(status);

/** Taken back without having been tried: it is as if it had not been made. */
export const neverArrived = ({ status, intentId }: Attempt) => status === "canceled" && !intentId;

export function underWay(): AppError {
  return new AppError("precondition", "A payment of this invoice is under way: wait for the bank.", {
    reason: "payment_under_way",
  });
}

export type PayableInvoice = { id: string; number: string; due: bigint };

/**
 * An invoice that can be paid here, locked: one try at a time.
 * @throws AppError `not_found`; `precondition` (`nothing_due`) when it is paid, void or a draft; `conflict`
 *   (`collected_at_stripe`) while Stripe collects it by an invoice of its own
 */
export async function lockPayable(tx: Tx, tenantId: string, invoiceId: string): Promise<PayableInvoice> {
  const [invoice] = await tx
    .select()
    .from(invoices)
    .where(and(eq(invoices.tenantId, tenantId), eq(invoices.id, invoiceId)))
    .for("update");
  if (!invoice) throw new AppError("not_found", "This invoice does not exist.");
  const due = dueCents(invoice);
  if (due <= 0n) {
    throw new AppError("precondition", "Nothing is due on this invoice.", { reason: "nothing_due" });
  }
  if (await findCollection(tx, invoice.id)) {
    throw new AppError("conflict", "This invoice is to be paid at Stripe: open its page there.", {
      reason: COLLECTED_AT_STRIPE,
    });
  }
  return { id: invoice.id, number: invoice.invoiceNumber ?? "", due };
}

const ATTEMPT = {
  paymentId: payments.id,
  attempt: payments.attempt,
  amountCents: payments.amountCents,
  intentId: payments.stripePaymentIntentId,
  methodId: payments.paymentMethodId,
  status: payments.status,
  isByCard: sql<boolean>`${payments.method} = 'card'`,
  requestKey: payments.requestKey,
  failure: payments.failureCode,
  isLeft: sql<boolean>`${payments.createdAt} < now() - interval '1 hour'`,
} as const;

/** The try of a key, and of a key that was taken again after its first try never arrived: the last of them. */
export async function attemptOf(tx: Tx, tenantId: string, requestKey: string): Promise<Attempt | null> {
  const [row] = await tx
    .select(ATTEMPT)
    .from(payments)
    .where(
      and(
        eq(payments.tenantId, tenantId),
        or(eq(payments.requestKey, requestKey), like(payments.requestKey, `${requestKey}~%`)),
      ),
    )
    .orderBy(desc(payments.attempt))
    .limit(1);
  return row ?? null;
}

/** The last try to pay an invoice. */
export async function lastAttempt(tx: Tx, tenantId: string, invoiceId: string): Promise<Attempt | null> {
  const [row] = await tx
    .select(ATTEMPT)
    .from(payments)
    .where(and(eq(payments.tenantId, tenantId), eq(payments.invoiceId, invoiceId)))
    .orderBy(desc(payments.attempt))
    .limit(1);
  return row ?? null;
}

/** Notes a new try, with the next number. */
export async function noteAttempt(
  tx: Tx,
  tenantId: string,
  invoice: PayableInvoice,
  { after, requestKey, methodId }: { after: Attempt | null; requestKey: string; methodId: string | null },
): Promise<Attempt> {
  const attempt = (after?.attempt ?? 0) + 1;
  const [made] = await tx
    .insert(payments)
    .values({
      tenantId,
      invoiceId: invoice.id,
      method: "card",
      amountCents: invoice.due,
      attempt,
      requestKey,
      paymentMethodId: methodId,
    })
    .returning({ id: payments.id });
  if (!made) throw new AppError("internal");
  return {
    paymentId: made.id,
    attempt,
    amountCents: invoice.due,
    intentId: null,
    methodId,
    status: "pending",
    isByCard: true,
    requestKey,
    failure: null,
    isLeft: false,
  };
}

/**
 * Whether a try can still be paid by whoever opens the page: the same money is asked for, and nothing is under way. A
 * charge that Stripe keeps nothing of cannot: under its key another card was asked for.
 */
export function isOpen(attempt: Attempt | null, due: bigint): attempt is Attempt {
  return (
    attempt?.isByCard === true &&
    attempt.amountCents === due &&
    !(isCharge(attempt) && !attempt.intentId) &&
    /^(pending|requires_action|failed)$/.test(attempt.status)
  );
}
