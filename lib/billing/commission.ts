import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceEntryLinks, invoiceLines } from "@/db/schema/invoices";
import { commissionEvents } from "@/db/schema/partner-money";
import { ledgerFunding } from "@/db/schema/wallets";
import { divideRounded, microsFromNumeric, microsToNumeric } from "@/lib/money";

export type EarnedPart = {
  tenantId: string;
  invoiceId: string;
  /** `part / whole` of the commission in the invoice: less than nothing takes back. */
  partCents: bigint;
  wholeCents: bigint;
  kind: "invoice_paid" | "invoice_refunded";
  /** Once for a key. */
  key: string;
  creditNoteId?: string;
  at: Date;
};

/**
 * Writes what partners earn or lose with a part of an invoice: of the commission in the usage that no credit had paid for,
 * as what credit paid for was earned with the usage itself.
 */
export async function earnCommission(tx: Tx, earned: EarnedPart): Promise<void> {
  if (earned.wholeCents === 0n || earned.partCents === 0n) return;
  const { rows } = await tx.execute<{ partner_id: string; share: string }>(sql`
    select f.partner_id, sum(f.commission_share)::numeric(18,6) as share
    from ${invoiceLines} line
    join ${invoiceEntryLinks} k on k.tenant_id = line.tenant_id and k.line_id = line.id
    join ${ledgerFunding} f on f.tenant_id = k.tenant_id and f.ledger_entry_id = k.ledger_entry_id
    where line.tenant_id = ${earned.tenantId}::uuid and line.invoice_id = ${earned.invoiceId}::uuid
      and f.source = 'receivable' and f.partner_id is not null
    group by f.partner_id having sum(f.commission_share) <> 0 order by f.partner_id`);
  const events = rows.flatMap((row) => {
    const amount = divideRounded(microsFromNumeric(row.share) * earned.partCents, earned.wholeCents);
    if (amount === 0n) return [];
    return {
      partnerId: row.partner_id,
      tenantId: earned.tenantId,
      kind: earned.kind,
      amount: microsToNumeric(amount),
      invoiceId: earned.invoiceId,
      creditNoteId: earned.creditNoteId ?? null,
      earnedAt: earned.at,
      key: `${earned.key}:${row.partner_id}`,
    };
  });
  if (events.length > 0) await tx.insert(commissionEvents).values(events).onConflictDoNothing();
}
