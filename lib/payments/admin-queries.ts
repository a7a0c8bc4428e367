import "server-only";
import { and, asc, desc, eq, gt, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { payments, refunds, topups } from "@/db/schema/payments";
import { stripeEvents } from "@/db/schema/stripe";
import { creditLots } from "@/db/schema/wallets";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { OWED_STATUSES, UNPAID_STATUSES } from "@/lib/billing/state";
import { databaseTime } from "@/lib/clock";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListPaymentsInput } from "./admin-input";

const refunded = sql<bigint>`(select coalesce(sum(back.amount_cents), 0) from ${refunds} back
  where back.tenant_id = ${payments.tenantId} and back.payment_id = ${payments.id} and back.status <> 'failed')`;

const refundedTax = sql<bigint>`(select coalesce(sum(back.tax_cents), 0) from ${refunds} back
  where back.tenant_id = ${payments.tenantId} and back.payment_id = ${payments.id} and back.status <> 'failed')`;

/** The refund of a payment that a person has yet to send, the one that was promised first. */
const toSend = (what: SQL) => sql`(select ${what} from ${refunds} back
  where back.tenant_id = ${payments.tenantId} and back.payment_id = ${payments.id} and back.status = 'pending'
  and ${payments.method} <> 'card' and ${payments.stripePaymentIntentId} is null order by back.id limit 1)`;

const PAYMENT = {
  id: payments.id,
  tenantId: payments.tenantId,
  tenantName: tenants.name,
  invoiceId: payments.invoiceId,
  invoiceNumber: invoices.invoiceNumber,
  /** Whether its invoice asked for a plan, or a part of one. */
  bearsPlan: sql<boolean>`exists (select from ${invoiceLines} line where line.tenant_id = ${payments.tenantId}
    and line.invoice_id = ${payments.invoiceId} and line.kind in ('plan', 'proration'))`,
  topupId: payments.topupId,
  /** manual | auto, of credit that was bought. */
  topupKind: topups.kind,
  method: payments.method,
  status: payments.status,
  attempt: payments.attempt,
  amountCents: payments.amountCents,
  refundedCents: refunded.mapWith(BigInt),
  toSendId: sql<string | null>`${toSend(sql`back.id`)}`,
  toSendCents: sql<bigint>`coalesce(${toSend(sql`back.amount_cents`)}, 0)`.mapWith(BigInt),
  /** How much of what was paid, and of what went back, is tax on credit. */
  taxCents: sql<bigint>`coalesce(${topups.taxCents}, 0)`.mapWith(BigInt),
  refundedTaxCents: refundedTax.mapWith(BigInt),
  /** What is left of the credit that it bought, in dollars; null when it bought none, or it is under dispute. */
  creditLeft: sql<string | null>`case when not ${creditLots.isFrozen} and ${creditLots.remaining} > 0
    then ${creditLots.remaining} end`,
  failureMessage: payments.failureMessage,
  reference: payments.reference,
  createdAt: payments.createdAt,
} as const;

export type PaymentRow = {
  id: string;
  tenantId: string;
  tenantName: string;
  invoiceId: string | null;
  invoiceNumber: string | null;
  bearsPlan: boolean;
  topupId: string | null;
  topupKind: string | null;
  method: string;
  status: string;
  attempt: number;
  amountCents: bigint;
  refundedCents: bigint;
  /** A refund, in what went back, that a person has yet to send. */
  toSendId: string | null;
  toSendCents: bigint;
  taxCents: bigint;
  refundedTaxCents: bigint;
  creditLeft: string | null;
  failureMessage: string | null;
  reference: string | null;
  createdAt: Date;
};

/** Failed, and what it was for is still not paid. */
const isOpenFailure = and(
  eq(payments.status, "failed"),
  or(inArray(invoices.status, [...OWED_STATUSES]), inArray(topups.status, ["pending", "failed"])),
);

/**
 * All payments by card and those that were recorded, the newest first. Those that failed for something that is still not
 * paid come before them, the last try of each, on the first page where nothing narrows it down.
 */
export async function listPayments(
  scope: PlatformScope,
  input: ListPaymentsInput,
): Promise<Page<PaymentRow> & { failed: PaymentRow[] }> {
  authorize(scope, "payment.read");
  const isFirst = Object.values(input).every((value) => value === undefined);
  return asPlatform(scope, async (tx) => {
    const rows = () =>
      tx
        .select(PAYMENT)
        .from(payments)
        .innerJoin(tenants, eq(tenants.id, payments.tenantId))
        .leftJoin(
          invoices,
          and(eq(invoices.tenantId, payments.tenantId), eq(invoices.id, payments.invoiceId)),
        )
        .leftJoin(topups, and(eq(topups.tenantId, payments.tenantId), eq(topups.id, payments.topupId)))
        .leftJoin(creditLots, and(eq(creditLots.tenantId, topups.tenantId), eq(creditLots.id, topups.lotId)));
    const isLast = sql`not exists (select from ${payments} later where later.tenant_id = ${payments.tenantId}
      and later.invoice_id = ${payments.invoiceId} and later.attempt > ${payments.attempt})`;
    const failed = isFirst
      ? await rows().where(and(isOpenFailure, isLast)).orderBy(desc(payments.id)).limit(PAGE_SIZE)
      : [];
    const page = await rows()
      .where(
        and(
          input.status ? eq(payments.status, input.status) : undefined,
          input.method ? eq(payments.method, input.method) : undefined,
          input.tenantId ? eq(payments.tenantId, input.tenantId) : undefined,
          input.cursor ? lt(payments.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(payments.id))
      .limit(PAGE_SIZE + 1);
    return { ...toPage(page, PAGE_SIZE), failed };
  });
}

export type Receivable = {
  id: string;
  tenantId: string;
  customerName: string;
  invoiceNumber: string;
  totalAmount: string;
  paidCents: bigint;
  creditedCents: bigint;
  status: string;
  dunningStage: number;
  dueDate: Date;
};

const RECEIVABLES_SHOWN = 50;

/** Invoices that are owed for, the one that is due longest first; at most 50. `paymentFigures` counts them all. */
export async function listReceivables(scope: PlatformScope): Promise<Receivable[]> {
  authorize(scope, "invoice.read");
  return asPlatform(scope, (tx) =>
    tx
      .select({
        id: invoices.id,
        tenantId: invoices.tenantId,
        customerName: invoices.customerName,
        invoiceNumber: invoices.invoiceNumber,
        totalAmount: invoices.totalAmount,
        paidCents: invoices.paidCents,
        creditedCents: invoices.creditedCents,
        status: sql<string>`coalesce(${invoices.status}, 'pending')`,
        dunningStage: invoices.dunningStage,
        dueDate: invoices.dueDate,
      })
      .from(invoices)
      .where(inArray(invoices.status, [...OWED_STATUSES]))
      .orderBy(asc(invoices.dueDate), asc(invoices.id))
      .limit(RECEIVABLES_SHOWN),
  );
}

export type PaymentFigures = {
  /** Cents and how many. */
  receivable: { cents: bigint; count: number };
  overdue: { cents: bigint; count: number };
  uncollectible: { cents: bigint; count: number };
  /** In the last 30 days. */
  received: { cents: bigint; count: number };
  failed: { cents: bigint; count: number };
};

/** What is owed, and what came and failed to come in the last 30 days. */
export async function paymentFigures(scope: PlatformScope): Promise<PaymentFigures> {
  authorize(scope, "payment.read");
  const due = sql`${invoices.subtotalCents} + ${invoices.taxCents} - ${invoices.paidCents} - ${invoices.creditedCents}`;
  const isUnpaid = inArray(invoices.status, [...UNPAID_STATUSES]);
  const sum = (what: ReturnType<typeof sql>, where: ReturnType<typeof sql> | ReturnType<typeof and>) => ({
    cents: sql<bigint>`coalesce(sum(${what}) filter (where ${where}), 0)`.mapWith(BigInt),
    count: sql<number>`count(*) filter (where ${where})::int`,
  });
  const overdue = and(isUnpaid, lt(invoices.dueDate, databaseTime()));
  const uncollectible = eq(invoices.status, "uncollectible");
  const lately = gt(payments.createdAt, sql`${databaseTime()} - interval '30 days'`);
  const amount = sql`${payments.amountCents}`;
  return asPlatform(scope, async (tx) => {
    const [owed] = await tx
      .select({
        receivable: sum(due, isUnpaid),
        overdue: sum(due, overdue),
        uncollectible: sum(due, uncollectible),
      })
      .from(invoices)
      .where(inArray(invoices.status, [...OWED_STATUSES]));
    const [moved] = await tx
      .select({
        received: sum(amount, eq(payments.status, "succeeded")),
        failed: sum(amount, eq(payments.status, "failed")),
      })
      .from(payments)
      .where(lately);
    const nothing = { cents: 0n, count: 0 };
    return {
      receivable: owed?.receivable ?? nothing,
      overdue: owed?.overdue ?? nothing,
      uncollectible: owed?.uncollectible ?? nothing,
      received: moved?.received ?? nothing,
      failed: moved?.failed ?? nothing,
    };
  });
}

export type OpenEvent = {
  id: string;
  type: string;
  status: string;
  attempts: number;
  error: string | null;
  receivedAt: Date;
};

/** Events of Stripe that were given up, then those that have waited for a minute; at most 100. */
export async function listOpenEvents(scope: PlatformScope): Promise<OpenEvent[]> {
  authorize(scope, "payment.read");
  const { status, receivedAt } = stripeEvents;
  return asPlatform(scope, (tx) =>
    tx
      .select({
        id: stripeEvents.id,
        type: stripeEvents.type,
        status,
        attempts: stripeEvents.attempts,
        error: stripeEvents.error,
        receivedAt,
      })
      .from(stripeEvents)
      .where(
        or(
          eq(status, "failed"),
          and(eq(status, "received"), lt(receivedAt, sql`now() - interval '1 minute'`)),
        ),
      )
      .orderBy(asc(status), desc(receivedAt))
      .limit(100),
  );
}
