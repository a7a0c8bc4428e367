import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import { newId } from "@/lib/ids";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { describeResource, type UsageGroup } from "./invoice";
import type { Period } from "./period";

/** So many ledger rows are looked at in one transaction, whether they belong to the period or not. */
const WINDOW_ROWS = 20_000;

export type Document = { id: string; isFinal: boolean };

const documentOf = (tenantId: string, period: Period) =>
  and(
    eq(invoices.tenantId, tenantId),
    eq(invoices.periodStart, period.start),
    eq(invoices.periodEnd, period.end),
    inArray(invoices.kind, ["period", "statement"]),
    ne(invoices.status, "void"),
  );

/** The document of a tenant's period, a draft or final; null when there is none. */
export async function findDocument(tx: Tx, tenantId: string, period: Period): Promise<Document | null> {
  const [row] = await selectDocument(tx, tenantId, period);
  return row ?? null;
}

async function makeDraft(tx: Tx, tenantId: string, period: Period): Promise<void> {
  const id = newId();
  await tx
    .insert(invoices)
    .values({
      id,
      tenantId,
      invoiceNumber: `draft-${id}`,
      status: "draft",
      totalAmount: "0",
      periodStart: period.start,
      periodEnd: period.end,
      dueDate: period.end,
      sellerName: "",
      customerName: "",
    })
    .onConflictDoNothing();
}

const selectDocument = (tx: Tx, tenantId: string, period: Period) =>
  tx
    .select({ id: invoices.id, isFinal: sql<boolean>`${invoices.finalizedAt} is not null` })
    .from(invoices)
    .where(documentOf(tenantId, period));

/** The same, made when it was missing, and locked: those who close one period queue here. */
export async function openDraft(tx: Tx, tenantId: string, period: Period): Promise<Document> {
  await makeDraft(tx, tenantId, period);
  const [row] = await selectDocument(tx, tenantId, period).for("update");
  if (!row) throw new Error("the draft is gone");
  return row;
}

/** The same for those who hold a wallet, for which whoever closes a period may wait: null while somebody else has it. */
export async function openFreeDraft(tx: Tx, tenantId: string, period: Period): Promise<Document | null> {
  await makeDraft(tx, tenantId, period);
  const [row] = await selectDocument(tx, tenantId, period).for("update", { skipLocked: true });
  return row ?? null;
}

const DAY_MS = 86_400_000;
const hex = (ms: number) => Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");

/**
 * Behind which id a tenant's open usage is looked for. Ids carry the time at which they were made, and usage is recorded
 * after it happened: what was there a day before the last period was closed is on a document, or is found by the checks.
 */
export async function openSince(tx: Tx, tenantId: string): Promise<string> {
  const [row] = await tx
    .select({
      closed: sql<
        string | null
      >`extract(epoch from max(least(${invoices.periodEnd}, ${invoices.createdAt}))) * 1000`,
    })
    .from(invoices)
    .where(
      and(
        eq(invoices.tenantId, tenantId),
        inArray(invoices.kind, ["period", "statement"]),
        ne(invoices.status, "void"),
        sql`${invoices.finalizedAt} is not null`,
      ),
    );
  const time = hex(row?.closed ? Number(row.closed) - DAY_MS : 0);
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

const serviceMonth = sql`(date_trunc('month', ${ledgerEntries.occurredAt} at time zone 'UTC') at time zone 'UTC')`;

/** Rows of a window that happened before the period's end and are on no document. */
function openIn(tenantId: string, period: Period, after: string, upTo: string | null) {
  return and(
    eq(ledgerEntries.tenantId, tenantId),
    sql`${ledgerEntries.id} > ${after}::uuid`,
    upTo ? sql`${ledgerEntries.id} <= ${upTo}::uuid` : undefined,
    sql`${ledgerEntries.occurredAt} < ${period.end.toISOString()}::timestamptz`,
    sql`not exists (select from ${invoiceEntryLinks} k where k.ledger_entry_id = ${ledgerEntries.id})`,
  );
}

/** What is open in the next window behind an id. `upTo` is null when the ledger ends in it. */
export async function openUsage(
  tx: Tx,
  tenantId: string,
  period: Period,
  after: string,
  rows = WINDOW_ROWS,
): Promise<{ groups: UsageGroup[]; upTo: string | null }> {
  const [last] = await tx
    .select({ id: ledgerEntries.id })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, tenantId), sql`${ledgerEntries.id} > ${after}::uuid`))
    .orderBy(ledgerEntries.id)
    .offset(rows - 1)
    .limit(1);
  const upTo = last?.id ?? null;
  const found = await tx
    .select({
      resourceType: ledgerEntries.resourceType,
      unit: ledgerEntries.unit,
      modelKey: ledgerEntries.modelKey,
      rate: ledgerEntries.tenantRate,
      quantity: sql<string>`sum(${ledgerEntries.quantity})::numeric(18,6)`,
      amount: sql<string>`sum(${ledgerEntries.tenantCost})::numeric(18,6)`,
      month: sql<string>`to_char(${serviceMonth} at time zone 'UTC', 'YYYY-MM-DD')`,
    })
    .from(ledgerEntries)
    .where(openIn(tenantId, period, after, upTo))
    .groupBy(
      ledgerEntries.resourceType,
      ledgerEntries.unit,
      ledgerEntries.modelKey,
      ledgerEntries.tenantRate,
      serviceMonth,
    );
  const groups = found.map((row) => {
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
  return { groups, upTo };
}

/**
 * Ties the open rows of a window to lines of a draft, which are made for the groups found in it. A row that came in
 * between is tied when its line is there, and else left to the next document; none is counted that is not tied.
 */
export async function linkUsage(
  tx: Tx,
  { id: invoiceId, tenantId, period }: { id: string; tenantId: string; period: Period },
  window: { groups: readonly UsageGroup[]; after: string; upTo: string | null },
): Promise<void> {
  await tx
    .insert(invoiceLines)
    .values(
      window.groups.map((group) => ({
        tenantId,
        invoiceId,
        description: describeResource(group.resourceType, group.modelKey),
        resourceType: group.resourceType,
        unit: group.unit,
        modelKey: group.modelKey,
        rate: microsToNumeric(group.rateMicros),
        quantity: "0",
        amount: "0",
        amountCents: 0n,
        serviceStart: group.serviceStart,
        serviceEnd: group.serviceEnd,
      })),
    )
    .onConflictDoNothing();
  await tx.execute(sql`
    insert into ${invoiceEntryLinks} (ledger_entry_id, tenant_id, invoice_id, line_id)
    select ${ledgerEntries.id}, ${ledgerEntries.tenantId}, ${invoiceId}::uuid, line.id
    from ${ledgerEntries}
    join ${invoiceLines} line on line.tenant_id = ${tenantId}::uuid and line.invoice_id = ${invoiceId}::uuid
      and line.kind = 'usage' and line.resource_type = ${ledgerEntries.resourceType} and line.unit = ${ledgerEntries.unit}
      and coalesce(line.model_key, '') = coalesce(${ledgerEntries.modelKey}, '') and line.rate = ${ledgerEntries.tenantRate}
      and line.service_start = ${serviceMonth}
    where ${openIn(tenantId, period, window.after, window.upTo)}
    on conflict do nothing`);
}

/** Gives part of a draft's usage back; its fees stay. @returns whether there is more */
export async function unlinkUsage(tx: Tx, tenantId: string, invoiceId: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    delete from ${invoiceEntryLinks} where ledger_entry_id in (
      select k.ledger_entry_id from ${invoiceEntryLinks} k
      join ${invoiceLines} line on line.tenant_id = k.tenant_id and line.id = k.line_id
      where line.tenant_id = ${tenantId}::uuid and line.invoice_id = ${invoiceId}::uuid limit ${WINDOW_ROWS})`);
  if ((rowCount ?? 0) === WINDOW_ROWS) return true;
  await tx
    .delete(invoiceLines)
    .where(
      and(
        eq(invoiceLines.tenantId, tenantId),
        eq(invoiceLines.invoiceId, invoiceId),
        eq(invoiceLines.kind, "usage"),
      ),
    );
  return false;
}
