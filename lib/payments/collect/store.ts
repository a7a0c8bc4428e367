import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import { AppError } from "@/lib/errors";
import { dueAtStripe } from "./due";
import { COLLECTED_AT_STRIPE } from "./reason";

/** How a payment is made that Stripe collects by an invoice of its own. */
export const STRIPE_INVOICE = "stripe_invoice";

/**
 * An invoice of ours that Stripe collects by one of its own: a payment that waits until that is paid. There is one live
 * payment an invoice, so nobody pays it here meanwhile.
 */
export type Collection = {
  paymentId: string;
  tenantId: string;
  invoiceId: string;
  invoiceNumber: string;
  /** Counted from one: an invoice that was taken back can go out again. */
  round: number;
  amountCents: bigint;
  dueAt: Date;
  /** `in_…`; null until Stripe has made it. */
  stripeId: string | null;
  /** The page where it is paid; null until it is final there. */
  pageUrl: string | null;
  startedAt: Date;
};

export const keyOfRound = (invoiceId: string, round: number) => `collect:${invoiceId}:${round}`;

/** Also what was booked as paid elsewhere, whose method says so. */
export const isCollection = sql`${payments.requestKey} like 'collect:%'`;
const isLive = and(eq(payments.method, STRIPE_INVOICE), eq(payments.status, "pending"), isCollection);

/** Collections that are under way, the oldest first, or in any order: what fails each time keeps nothing waiting for good. */
export async function readCollections(
  tx: Tx,
  which: SQL | undefined,
  { limit, inAnyOrder = false }: { limit: number; inAnyOrder?: boolean },
): Promise<Collection[]> {
  const rows = await tx
    .select({
      paymentId: payments.id,
      tenantId: payments.tenantId,
      invoiceId: invoices.id,
      invoiceNumber: invoices.invoiceNumber,
      requestKey: payments.requestKey,
      amountCents: payments.amountCents,
      dueDate: invoices.dueDate,
      finalizedAt: invoices.finalizedAt,
      stripeId: payments.reference,
      pageUrl: payments.actionUrl,
      startedAt: payments.createdAt,
    })
    .from(payments)
    .innerJoin(invoices, and(eq(invoices.tenantId, payments.tenantId), eq(invoices.id, payments.invoiceId)))
    .where(and(isLive, which))
    .orderBy(inAnyOrder ? sql`random()` : payments.id)
    .limit(limit);
  return rows.map(({ requestKey, dueDate, finalizedAt, ...row }) => ({
    ...row,
    round: Number(requestKey.split(":").at(-1)),
    dueAt: dueAtStripe({ dueDate, finalizedAt }, row.startedAt),
  }));
}

/** How an invoice is collected through Stripe now; null where it is not. */
export async function findCollection(tx: Tx, invoiceId: string): Promise<Collection | null> {
  const [found] = await readCollections(tx, eq(payments.invoiceId, invoiceId), { limit: 1 });
  return found ?? null;
}

/** The same by its payment. */
export async function findCollectionOf(tx: Tx, paymentId: string): Promise<Collection | null> {
  const [found] = await readCollections(tx, eq(payments.id, paymentId), { limit: 1 });
  return found ?? null;
}

/**
 * Refuses what may not happen to an invoice while Stripe collects it.
 * @throws AppError `conflict` (`collected_at_stripe`)
 */
export async function requireNotCollected(tx: Tx, invoiceId: string): Promise<void> {
  if (!(await findCollection(tx, invoiceId))) return;
  throw new AppError(
    "conflict",
    "Stripe collects this invoice, for what is due on it now. An administrator has to collect it here again first.",
    { reason: COLLECTED_AT_STRIPE },
  );
}

const paymentIs = ({ tenantId, paymentId }: Pick<Collection, "tenantId" | "paymentId">) =>
  and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId));

/** Notes Stripe's invoice on ours, while it is collected there. @returns false when it was taken back meanwhile */
export async function noteIds(
  tx: Tx,
  collection: Pick<Collection, "tenantId" | "paymentId" | "invoiceId">,
  { stripeId, pageUrl }: { stripeId: string; pageUrl: string | null },
): Promise<boolean> {
  const [noted] = await tx
    .update(payments)
    .set({ reference: stripeId, ...(pageUrl ? { actionUrl: pageUrl } : {}) })
    .where(and(paymentIs(collection), isLive))
    .returning({ id: payments.id });
  if (!noted) return false;
  await tx
    .update(invoices)
    .set({ stripeInvoiceId: stripeId })
    .where(and(eq(invoices.tenantId, collection.tenantId), eq(invoices.id, collection.invoiceId)));
  return true;
}

/** Ends a collection without money: the invoice is to be paid here again. @returns false when it had ended before */
export async function endCollection(
  tx: Tx,
  collection: Pick<Collection, "tenantId" | "paymentId" | "invoiceId">,
  end: { status: "canceled" | "failed"; code?: string | null; message?: string },
): Promise<boolean> {
  const [ended] = await tx
    .update(payments)
    .set({
      status: end.status,
      failureCode: end.code ?? null,
      failureMessage: end.message ?? null,
      updatedAt: sql`now()`,
    })
    .where(and(paymentIs(collection), isLive))
    .returning({ id: payments.id });
  if (!ended) return false;
  await tx
    .update(invoices)
    .set({ stripeInvoiceId: null })
    .where(and(eq(invoices.tenantId, collection.tenantId), eq(invoices.id, collection.invoiceId)));
  return true;
}
