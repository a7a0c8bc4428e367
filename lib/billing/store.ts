import { and, eq, lt, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceCounters, invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { buildInvoice, formatInvoiceNumber, type InvoiceLine, type UsageGroup } from "./invoice";
import { dueDate, type Period } from "./period";

const PLATFORM_NAME = "HireBuddha";
const INVOICE_SERIES = "HB";

const serviceMonth = sql`date_trunc('month', ${ledgerEntries.occurredAt} at time zone 'UTC')`;
const isOpen = sql`not exists (select 1 from ${invoiceEntryLinks} l where l.ledger_entry_id = ${ledgerEntries.id})`;

/** Everything a tenant used before the end of a period that is on no invoice yet: late usage of earlier periods included. */
async function openUsage(tx: Tx, tenantId: string, period: Period): Promise<UsageGroup[]> {
  const rows = await tx
    .select({
      resourceType: ledgerEntries.resourceType,
      unit: ledgerEntries.unit,
      modelKey: ledgerEntries.modelKey,
      rate: ledgerEntries.tenantRate,
      quantity: sql<string>`sum(${ledgerEntries.quantity})::numeric(18,6)`,
      amount: sql<string>`sum(${ledgerEntries.tenantCost})::numeric(18,6)`,
      month: sql<string>`to_char(${serviceMonth}, 'YYYY-MM-DD')`,
    })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, tenantId), lt(ledgerEntries.occurredAt, period.end), isOpen))
    .groupBy(
      ledgerEntries.resourceType,
      ledgerEntries.unit,
      ledgerEntries.modelKey,
      ledgerEntries.tenantRate,
      serviceMonth,
    );
  return rows.map((row) => {
    const serviceStart = new Date(`${row.month}T00:00:00Z`);
    return {
      resourceType: row.resourceType,
      unit: row.unit,
      modelKey: row.modelKey,
      rateMicros: microsFromNumeric(row.rate),
      quantityMicros: microsFromNumeric(row.quantity),
      amountMicros: microsFromNumeric(row.amount),
      serviceStart,
      serviceEnd: new Date(Date.UTC(serviceStart.getUTCFullYear(), serviceStart.getUTCMonth() + 1, 1)),
    };
  });
}

export type Customer = { tenantId: string; name: string; partnerId: string | null; sellerName: string };

/**
 * Who is billed and by whom, locking the tenant's row: two closers of one tenant queue here.
 * @throws AppError `not_found`
 */
export async function lockCustomer(tx: Tx, tenantId: string): Promise<Customer> {
  const [row] = await tx
    .select({ tenantId: tenants.id, name: tenants.name, partnerId: tenants.partnerId })
    .from(tenants)
    .where(eq(tenants.id, tenantId))
    .for("update");
  if (!row) throw new AppError("not_found", "This workspace does not exist.");
  if (!row.partnerId) return { ...row, sellerName: PLATFORM_NAME };
  const [partner] = await tx
    .select({ name: partners.name })
    .from(partners)
    .where(eq(partners.id, row.partnerId));
  return { ...row, sellerName: partner?.name ?? PLATFORM_NAME };
}

export async function findInvoiceOfPeriod(tx: Tx, tenantId: string, period: Period): Promise<string | null> {
  const [row] = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, tenantId),
        eq(invoices.periodStart, period.start),
        eq(invoices.periodEnd, period.end),
      ),
    );
  return row?.id ?? null;
}

async function insertLines(
  tx: Tx,
  tenantId: string,
  invoiceId: string,
  lines: readonly InvoiceLine[],
): Promise<void> {
  await tx.insert(invoiceLines).values(
    lines.map((line) => ({
      tenantId,
      invoiceId,
      position: line.position,
      description: line.description,
      resourceType: line.resourceType,
      unit: line.unit,
      modelKey: line.modelKey,
      rate: microsToNumeric(line.rateMicros),
      quantity: microsToNumeric(line.quantityMicros),
      amount: microsToNumeric(line.amountMicros),
      amountCents: line.amountCents,
      serviceStart: line.serviceStart,
      serviceEnd: line.serviceEnd,
    })),
  );
}

/** Ties every row that was summed to its line. The ledger row is the key, so none can be on two invoices. */
async function linkEntries(tx: Tx, tenantId: string, invoiceId: string, period: Period): Promise<void> {
  await tx.execute(sql`
    insert into ${invoiceEntryLinks} (ledger_entry_id, tenant_id, invoice_id, line_id)
    select ${ledgerEntries.id}, ${ledgerEntries.tenantId}, ${invoiceId}::uuid, line.id
    from ${ledgerEntries}
    join ${invoiceLines} line on line.tenant_id = ${tenantId}::uuid and line.invoice_id = ${invoiceId}::uuid
      and line.resource_type = ${ledgerEntries.resourceType} and line.unit = ${ledgerEntries.unit}
      and line.model_key is not distinct from ${ledgerEntries.modelKey} and line.rate = ${ledgerEntries.tenantRate}
      and ${ledgerEntries.occurredAt} >= line.service_start and ${ledgerEntries.occurredAt} < line.service_end
    where ${ledgerEntries.tenantId} = ${tenantId}::uuid and ${ledgerEntries.occurredAt} < ${period.end.toISOString()}::timestamptz and ${isOpen}`);
}

/** The next number of the series, held until commit: the last thing before it, so that nobody waits long and no number is lost. */
async function numberInvoice(tx: Tx, invoiceId: string, issuedAt: Date): Promise<string> {
  const [counter] = await tx
    .insert(invoiceCounters)
    .values({ series: INVOICE_SERIES, lastSequence: 1 })
    .onConflictDoUpdate({
      target: invoiceCounters.series,
      set: { lastSequence: sql`${invoiceCounters.lastSequence} + 1` },
    })
    .returning({ sequence: invoiceCounters.lastSequence });
  const sequence = counter?.sequence ?? 1;
  const invoiceNumber = formatInvoiceNumber(INVOICE_SERIES, sequence, issuedAt);
  await tx
    .update(invoices)
    .set({ sequence, invoiceNumber, finalizedAt: issuedAt })
    .where(eq(invoices.id, invoiceId));
  return invoiceNumber;
}

export type MadeInvoice = {
  invoiceId: string;
  invoiceNumber: string;
  totalAmount: string;
  lineCount: number;
};

/**
 * Writes the invoice of a tenant's open usage up to the end of a period. Null when there is nothing to bill: amounts
 * that round to nothing stay open and come with the next invoice.
 */
export async function insertInvoice(
  tx: Tx,
  customer: Customer,
  period: Period,
  now: Date,
): Promise<MadeInvoice | null> {
  const draft = buildInvoice(await openUsage(tx, customer.tenantId, period));
  if (draft.totalCents <= 0n) return null;
  const invoiceId = newId();
  const totalAmount = microsToNumeric(draft.totalMicros);
  await tx.insert(invoices).values({
    id: invoiceId,
    tenantId: customer.tenantId,
    partnerId: customer.partnerId,
    invoiceNumber: `draft-${invoiceId}`,
    series: INVOICE_SERIES,
    totalAmount,
    subtotalCents: draft.totalCents,
    receivable: microsToNumeric(draft.lines.reduce((sum, line) => sum + line.amountMicros, 0n)),
    status: "pending",
    periodStart: period.start,
    periodEnd: period.end,
    dueDate: dueDate(now),
    sellerName: customer.sellerName,
    customerName: customer.name,
  });
  await insertLines(tx, customer.tenantId, invoiceId, draft.lines);
  await linkEntries(tx, customer.tenantId, invoiceId, period);
  const invoiceNumber = await numberInvoice(tx, invoiceId, now);
  return { invoiceId, invoiceNumber, totalAmount, lineCount: draft.lines.length };
}
