import "server-only";
import { and, eq, lt, sql } from "drizzle-orm";
import { asPlatform, asSystem, type Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceEntryLinks, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import type { ClosePeriodInput, RecordPaymentInput } from "./input";
import { isClosable, type Period, parseMonth } from "./period";
import { findInvoiceOfPeriod, insertInvoice, lockCustomer } from "./store";

export type ClosedTenant = {
  tenantId: string;
  outcome: "invoiced" | "already_invoiced" | "nothing_to_bill";
  invoiceId: string | null;
};

/** Closes one tenant's period in the caller's transaction. Closing again finds the invoice that is there. */
async function closeTenant(
  tx: Tx,
  by: PlatformScope | AuditActor,
  tenantId: string,
  period: Period,
  now: Date,
): Promise<ClosedTenant> {
  const customer = await lockCustomer(tx, tenantId);
  const existing = await findInvoiceOfPeriod(tx, tenantId, period);
  if (existing) return { tenantId, outcome: "already_invoiced", invoiceId: existing };
  const made = await insertInvoice(tx, customer, period, now);
  if (!made) return { tenantId, outcome: "nothing_to_bill", invoiceId: null };
  await audit(tx, by, {
    action: "invoice.create",
    targetType: "invoice",
    targetId: made.invoiceId,
    tenantId,
    partnerId: customer.partnerId,
    after: { invoiceNumber: made.invoiceNumber, totalAmount: made.totalAmount, lines: made.lineCount },
  });
  return { tenantId, outcome: "invoiced", invoiceId: made.invoiceId };
}

async function tenantsWithOpenUsage(tx: Tx, period: Period): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ tenantId: ledgerEntries.tenantId })
    .from(ledgerEntries)
    .where(
      and(
        lt(ledgerEntries.occurredAt, period.end),
        sql`not exists (select 1 from ${invoiceEntryLinks} l where l.ledger_entry_id = ${ledgerEntries.id})`,
      ),
    )
    .orderBy(ledgerEntries.tenantId);
  return rows.map((row) => row.tenantId);
}

function requireClosable(month: string, now: Date): Period {
  const period = parseMonth(month);
  if (!period) throw fieldError("month", "Give a month such as 2026-11.");
  if (!isClosable(period, now)) {
    throw fieldError("month", "This month is not over yet: it can be closed one hour after its end (UTC).");
  }
  return period;
}

/**
 * Closes a month for one tenant or for everybody with usage: one invoice a tenant, each in its own transaction, so that
 * one failure holds up nobody else. Doing it twice makes no second invoice.
 * @throws AppError `invalid` while the month is not over
 */
export async function closePeriod(
  scope: PlatformScope,
  input: ClosePeriodInput,
  now = new Date(),
): Promise<ClosedTenant[]> {
  authorize(scope, "invoice.close_period");
  const period = requireClosable(input.month, now);
  const tenantIds = input.tenantId
    ? [input.tenantId]
    : await asPlatform(scope, (tx) => tenantsWithOpenUsage(tx, period));
  const closed: ClosedTenant[] = [];
  for (const tenantId of tenantIds) {
    closed.push(await asPlatform(scope, (tx) => closeTenant(tx, scope, tenantId, period, now)));
  }
  return closed;
}

const CLOSER: AuditActor = { actor: { kind: "job", name: "close-period" } };

/** The monthly job: the same as `closePeriod` for everybody, without a person. */
export async function closePeriodAsJob(month: string, now: Date): Promise<ClosedTenant[]> {
  const period = requireClosable(month, now);
  const tenantIds = await asSystem("close-period", (tx) => tenantsWithOpenUsage(tx, period));
  const closed: ClosedTenant[] = [];
  for (const tenantId of tenantIds) {
    closed.push(await asSystem("close-period", (tx) => closeTenant(tx, CLOSER, tenantId, period, now)));
  }
  return closed;
}

/**
 * Records that an invoice was paid outside of the card flow. A second click finds it paid and changes nothing.
 * @throws AppError `not_found`; `conflict` when it was paid with another reference
 */
export async function recordPayment(
  scope: PlatformScope,
  input: RecordPaymentInput,
  now = new Date(),
): Promise<{ invoiceId: string }> {
  authorize(scope, "invoice.record_payment");
  const note = `${input.method}: ${input.reference}`;
  return asPlatform(scope, async (tx) => {
    const [changed] = await tx
      .update(invoices)
      .set({ status: "paid", paidDate: now, paymentNote: note })
      .where(and(eq(invoices.id, input.invoiceId), eq(invoices.status, "pending")))
      .returning({
        id: invoices.id,
        tenantId: invoices.tenantId,
        partnerId: invoices.partnerId,
        number: invoices.invoiceNumber,
      });
    if (changed) {
      await audit(tx, scope, {
        action: "invoice.record_payment",
        targetType: "invoice",
        targetId: changed.id,
        tenantId: changed.tenantId,
        partnerId: changed.partnerId,
        before: { status: "pending" },
        after: {
          status: "paid",
          method: input.method,
          reference: input.reference,
          invoiceNumber: changed.number,
        },
      });
      return { invoiceId: changed.id };
    }
    const [found] = await tx
      .select({ status: invoices.status, note: invoices.paymentNote })
      .from(invoices)
      .where(eq(invoices.id, input.invoiceId));
    if (!found) throw new AppError("not_found", "This invoice does not exist.");
    if (found.note !== note)
      throw new AppError("conflict", "This invoice is already paid.", { reason: "already_paid" });
    return { invoiceId: input.invoiceId };
  });
}
