import type { Tx } from "@/db/access";
import { buildInvoice, type Fee, type InvoiceDraft } from "@/lib/billing/invoice";
import { partiesOf, taxOf } from "@/lib/billing/parties";

/** What an invoice of these fees would come to now, with the tenant's tax. */
export async function totalOf(
  tx: Tx,
  tenantId: string,
  fees: readonly Fee[],
  at: Date,
): Promise<InvoiceDraft & { taxNote: string | null }> {
  const { customer } = await partiesOf(tx, tenantId, at);
  const tax = await taxOf(tx, customer, at);
  return { ...buildInvoice({ fees, tax }), taxNote: tax?.note ?? null };
}
