import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceEntryLinks, invoiceLines, invoices } from "@/db/schema/invoices";
import { commissionEvents } from "@/db/schema/partner-money";
import { ledgerFunding } from "@/db/schema/wallets";
import { divideRounded, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";

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

/**
 * Money that had bought credit went back after `amount` of the credit was spent: what partners earned with the usage that
 * this credit paid for is taken back in proportion. Once for a key.
 */
export async function loseLotCommission(
  tx: Tx,
  lost: {
    tenantId: string;
    lotId: string;
    amount: Micros;
    kind: "topup_refunded" | "dispute_lost";
    key: string;
    disputeId?: string;
    at: Date;
  },
): Promise<void> {
  if (lost.amount <= 0n) return;
  const { rows } = await tx.execute<{ partner_id: string; payable: string; spent: string }>(sql`
    select f.partner_id, sum(f.payable)::numeric(18,6) as payable, (select sum(s.amount)::numeric(18,6) from ${ledgerFunding} s
      where s.tenant_id = ${lost.tenantId}::uuid and s.lot_id = ${lost.lotId}::uuid) as spent
    from ${ledgerFunding} f
    where f.tenant_id = ${lost.tenantId}::uuid and f.lot_id = ${lost.lotId}::uuid and f.partner_id is not null
    group by f.partner_id having sum(f.payable) > 0 order by f.partner_id`);
  const events = rows.flatMap((row) => {
    const [payable, spent] = [microsFromNumeric(row.payable), microsFromNumeric(row.spent)];
    const amount = lost.amount >= spent ? payable : divideRounded(payable * lost.amount, spent);
    if (amount === 0n) return [];
    return {
      partnerId: row.partner_id,
      tenantId: lost.tenantId,
      kind: lost.kind,
      amount: microsToNumeric(-amount),
      disputeId: lost.disputeId ?? null,
      earnedAt: lost.at,
      key: `${lost.key}:${row.partner_id}`,
    };
  });
  if (events.length > 0) await tx.insert(commissionEvents).values(events).onConflictDoNothing();
}

/** What was taken back under `key` was not: a refund failed. */
export async function restoreCommission(tx: Tx, tenantId: string, key: string, at: Date): Promise<void> {
  const lost = await tx
    .select()
    .from(commissionEvents)
    .where(
      and(
        eq(commissionEvents.tenantId, tenantId),
        sql`starts_with(${commissionEvents.key}, ${`${key}:`})`,
        sql`${commissionEvents.amount} < 0`,
      ),
    );
  if (lost.length === 0) return;
  const events = lost.map(({ id: _id, createdAt: _at, ...event }) => ({
    ...event,
    amount: microsToNumeric(-microsFromNumeric(event.amount)),
    earnedAt: at,
    key: `${event.key}:undone`,
  }));
  await tx.insert(commissionEvents).values(events).onConflictDoNothing();
}
