import { sql } from "drizzle-orm";
import { creditNotes, invoices } from "@/db/schema/invoices";
import { payments, topups } from "@/db/schema/payments";
import { creditLots } from "@/db/schema/wallets";
import { ask, type ReconcileCheck } from "../check";

type Drift = { key: string; subject: string; workspace: string };

export const cachedBalances: ReconcileCheck = {
  id: "R12",
  title: "Sums that are kept beside their parts have not drifted",
  meaning:
    "An invoice or a purchase of credit says another sum than its payments, credit notes or credit add up to.",
  remedy:
    "Open the document and compare it with its payments. Wallets are compared with their transactions by R1.",
  async find() {
    const rows = await ask<Drift>(sql`
      select 'credited:' || i.id as key, i.tenant_id as workspace,
        'Invoice ' || i.invoice_number || ' was credited ' || i.credited_cents || ' cents, its credit notes say ' || coalesce(n.cents, 0) as subject
      from ${invoices} i left join (
        select tenant_id, invoice_id, sum(total_cents) as cents from ${creditNotes} where status = 'issued' group by 1, 2
      ) n on n.tenant_id = i.tenant_id and n.invoice_id = i.id
      where i.credited_cents <> coalesce(n.cents, 0)
      union all
      select 'paid:' || i.id, i.tenant_id,
        'Invoice ' || i.invoice_number || ' was paid ' || i.paid_cents || ' cents, its payments say ' || p.cents
      from ${invoices} i join (
        select tenant_id, invoice_id, coalesce(sum(amount_cents) filter (where status = 'succeeded'), 0) as cents
        from ${payments} where invoice_id is not null group by 1, 2
      ) p on p.tenant_id = i.tenant_id and p.invoice_id = i.id
      where i.paid_cents > p.cents
      union all
      select 'topup:' || t.id, t.tenant_id, 'Credit of ' || t.amount || ' was bought, and ' || coalesce(l.amount, 0) || ' was given'
      from ${topups} t left join ${creditLots} l on l.tenant_id = t.tenant_id and l.id = t.lot_id
      where t.status in ('paid', 'refunded', 'disputed') and coalesce(l.amount, 0) <> t.amount
      limit 500`);
    return rows.map(({ key, subject, workspace }) => ({ subject, key, detail: { workspace } }));
  },
};
