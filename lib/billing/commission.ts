import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import { commissionEvents } from "@/db/schema/partner-money";
import { ledgerFunding } from "@/db/schema/wallets";
import { divideRounded, microsFromNumeric, microsToNumeric } from "@/lib/money";

export type EarnedPart = {
  tenantId: string;
  invoiceId: string;
  /** `part / whole` of the commission in the invoice: less than nothing takes back. */
  partCents: bigint;
  wholeCents: bigint;
  kind: "invoice_paid" | "invoice_refunded" | "dispute_lost";
  /** Once for a key. */
  key: string;
  creditNoteId?: string;
  disputeId?: string;
  at: Date;
};

/**
 * Writes what partners earn or lose with a part of an invoice: of the commission in the usage that no credit had paid for,
 * as what credit paid for was earned with the usage itself. No more is taken back than the invoice earned. The caller
 * holds the invoice.
 */
export async function earnCommission(tx: Tx, earned: EarnedPart): Promise<void> {
  if (earned.wholeCents === 0n || earned.partCents === 0n) return;
  const { rows } = await tx.execute<{ partner_id: string; share: string; so_far: string }>(sql`
    select s.partner_id, s.share, (select coalesce(sum(e.amount), 0)::numeric(18,6) from ${commissionEvents} e
      where e.tenant_id = ${earned.tenantId}::uuid and e.invoice_id = ${earned.invoiceId}::uuid
        and e.partner_id = s.partner_id) as so_far
    from (
      select f.partner_id, sum(f.commission_share)::numeric(18,6) as share
      from ${invoiceLines} line
      join ${invoiceEntryLinks} k on k.tenant_id = line.tenant_id and k.line_id = line.id
      join ${ledgerFunding} f on f.tenant_id = k.tenant_id and f.ledger_entry_id = k.ledger_entry_id
      where line.tenant_id = ${earned.tenantId}::uuid and line.invoice_id = ${earned.invoiceId}::uuid
        and f.source = 'receivable' and f.partner_id is not null
      group by f.partner_id having sum(f.commission_share) <> 0
    ) s order by s.partner_id`);
  const events = rows.flatMap((row) => {
    const part = divideRounded(microsFromNumeric(row.share) * earned.partCents, earned.wholeCents);
    const soFar = microsFromNumeric(row.so_far);
    const amount = earned.partCents < 0n && part < -soFar ? -soFar : part;
    if (amount === 0n) return [];
    return {
      partnerId: row.partner_id,
      tenantId: earned.tenantId,
      kind: earned.kind,
      amount: microsToNumeric(amount),
      invoiceId: earned.invoiceId,
      creditNoteId: earned.creditNoteId ?? null,
      disputeId: earned.disputeId ?? null,
      earnedAt: earned.at,
      key: `${earned.key}:${row.partner_id}`,
    };
  });
  if (events.length > 0) await tx.insert(commissionEvents).values(events).onConflictDoNothing();
}

/** Money of an invoice went back past any credit note: the partner loses its commission in proportion. */
export async function loseInvoiceCommission(
  tx: Tx,
  lost: Pick<EarnedPart, "tenantId" | "invoiceId" | "kind" | "key" | "disputeId" | "at"> & {
    backCents: bigint;
  },
): Promise<void> {
  const { backCents, ...about } = lost;
  const isIt = and(eq(invoices.tenantId, lost.tenantId), eq(invoices.id, lost.invoiceId));
  const [invoice] = await tx.select().from(invoices).where(isIt).for("update");
  if (!invoice) return;
  await earnCommission(tx, {
    ...about,
    partCents: -backCents,
    wholeCents: invoice.subtotalCents + invoice.taxCents,
  });
}
