import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { AppError } from "@/lib/errors";
import { namesOfModels } from "@/lib/models/queries";
import { microsToNumeric } from "@/lib/money";
import { findDefault } from "@/lib/payments/store";
import { postCredit } from "@/lib/wallet/credit";
import { buildInvoice, type InvoiceDraft, type InvoiceLine } from "./invoice";
import { LEAST_CENTS } from "./least";
import { takeNumber } from "./number";
import { type Parties, partiesOf, taxOf } from "./parties";
import { dueDate } from "./period";
import { sumDraft } from "./sum";

export type Finalized = {
  invoiceId: string;
  invoiceNumber: string;
  totalMicros: bigint;
  isStatement: boolean;
};

/** Nothing anybody would want a document of: its lines all round to nothing, or the customer would be paid. */
function isNothing(draft: InvoiceDraft): boolean {
  return draft.totalCents < 0n || draft.lines.every((line) => line.amountCents === 0n);
}

/**
 * Makes a draft final in the caller's transaction: lines from the rows tied to it, the seller of its time and the
 * customer as it is now, tax, and as the last statement the number. Nothing due makes a statement of what was used. Null when there is nothing to bill:
 * the draft is left as it is.
 *
 * @throws AppError `not_found`; `conflict` when it is final already
 */
export async function finalizeInvoice(
  tx: Tx,
  by: PlatformScope | AuditActor,
  invoiceId: string,
  now: Date,
): Promise<Finalized | null> {
  const [row] = await tx
    .select({
      tenantId: invoices.tenantId,
      kind: invoices.kind,
      periodEnd: invoices.periodEnd,
      finalizedAt: invoices.finalizedAt,
    })
    .from(invoices)
    .where(eq(invoices.id, invoiceId))
    .for("update");
  if (!row) throw new AppError("not_found", "This invoice does not exist.");
  if (row.finalizedAt) throw new AppError("conflict", "This invoice is final.", { reason: "final" });
  const { empty, ...sums } = await sumDraft(tx, row.tenantId, invoiceId);
  const parties = await partiesOf(tx, row.tenantId, soldAt(row, now));
  const tax = await taxOf(tx, parties.customer, now);
  const modelNames = await namesOfModels(
    tx,
    sums.usage.flatMap((group) => group.modelKey ?? []),
  );
  const draft = buildInvoice({ ...sums, tax, modelNames });
  if (isNothing(draft)) return null;
  const isStatement = row.kind === "period" && draft.totalCents === 0n;
  await writeLines(tx, row.tenantId, invoiceId, draft.lines, empty);
  await tx
    .update(invoices)
    .set({
      ...totalsOf(draft),
      ...partyColumns(parties),
      kind: isStatement ? "statement" : row.kind,
      taxPercent: tax?.percent ?? null,
      taxNote: tax?.note ?? null,
      ...(draft.totalCents === 0n
        ? { status: "paid", paidDate: now, dueDate: now }
        : { status: "pending", ...(await collectionOf(tx, row.tenantId, draft, now)) }),
    })
    .where(eq(invoices.id, invoiceId));
  await audit(tx, by, {
    action: "invoice.create",
    targetType: "invoice",
    targetId: invoiceId,
    tenantId: row.tenantId,
    partnerId: parties.partnerId,
    after: { totalAmount: microsToNumeric(draft.totalMicros), lines: draft.lines.length },
  });
  if (draft.totalCents === 0n && draft.receivableMicros !== 0n)
    await postCredit(tx, {
      tenantId: row.tenantId,
      kind: "adjustment",
      amount: draft.receivableMicros,
      key: `rounded:${invoiceId}`,
      facts: { invoiceId, reason: "Less than a cent: nobody is asked for it" },
    });
  const invoiceNumber = await takeNumber(tx, isStatement ? "ST" : "HB", "invoices", invoiceId, now);
  return { invoiceId, invoiceNumber, totalMicros: draft.totalMicros, isStatement };
}

/** Usage is billed by whoever held the tenant when the period ended, everything else by who does now. */
function soldAt({ kind, periodEnd }: { kind: string; periodEnd: Date }, now: Date): Date {
  const last = new Date(periodEnd.getTime() - 1);
  return kind === "period" && last < now ? last : now;
}

/** A saved card is charged at once, if it is charged so little at all; a transfer has its time. */
async function collectionOf(
  tx: Tx,
  tenantId: string,
  { totalCents }: InvoiceDraft,
  now: Date,
): Promise<{ collection: "card" | "transfer"; dueDate: Date }> {
  const card = totalCents < LEAST_CENTS ? null : await findDefault(tx, tenantId);
  return card ? { collection: "card", dueDate: now } : { collection: "transfer", dueDate: dueDate(now) };
}

function totalsOf(draft: InvoiceDraft) {
  return {
    totalAmount: microsToNumeric(draft.totalMicros),
    subtotalCents: draft.subtotalCents,
    taxCents: draft.taxCents,
    receivable: microsToNumeric(draft.receivableMicros),
  };
}

function partyColumns({ partnerId, seller, customer }: Parties) {
  return { partnerId, seller, customer, sellerName: seller.name, customerName: customer.name };
}

async function writeLines(
  tx: Tx,
  tenantId: string,
  invoiceId: string,
  lines: readonly InvoiceLine[],
  empty: readonly string[],
): Promise<void> {
  if (empty.length > 0)
    await tx
      .delete(invoiceLines)
      .where(and(eq(invoiceLines.tenantId, tenantId), inArray(invoiceLines.id, [...empty])));
  const known = lines.filter((line) => line.lineId);
  const sums = known.map((line) => ({
    id: line.lineId,
    position: line.position,
    description: line.description,
    quantity: microsToNumeric(line.quantityMicros),
    amount: microsToNumeric(line.amountMicros),
    cents: line.amountCents.toString(),
  }));
  await tx.execute(sql`
    update ${invoiceLines} set position = s.position, description = s.description, quantity = s.quantity,
      amount = s.amount, amount_cents = s.cents
    from jsonb_to_recordset(${JSON.stringify(sums)}::jsonb)
      as s(id uuid, position int, description text, quantity numeric, amount numeric, cents bigint)
    where tenant_id = ${tenantId}::uuid and invoice_id = ${invoiceId}::uuid and ${invoiceLines.id} = s.id`);
  await insertLines(
    tx,
    tenantId,
    invoiceId,
    lines.filter((line) => !line.lineId),
  );
}

/** Adds lines that no ledger row is behind. */
export async function insertLines(
  tx: Tx,
  tenantId: string,
  invoiceId: string,
  lines: readonly (Omit<InvoiceLine, "position"> & { position: number | null })[],
): Promise<void> {
  if (lines.length === 0) return;
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
      kind: line.kind,
      source: line.source,
    })),
  );
}
