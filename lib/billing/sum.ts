import { and, eq, ne, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { invoiceEntryLinks, invoiceLines } from "@/db/schema/invoices";
import { ledgerFunding } from "@/db/schema/wallets";
import { microsFromNumeric } from "@/lib/money";
import { type Covered, CREDIT_SOURCES } from "./covered";
import type { Fee, UsageGroup } from "./invoice";

export type Sums = {
  usage: (UsageGroup & { lineId: string })[];
  fees: Fee[];
  covered: Covered[];
  empty: string[];
};

const FEE_KINDS = ["plan", "proration", "credit"] as const;

/**
 * What a draft comes to, summed from the rows that are tied to it and from nothing else. `empty` are lines to which no
 * row is tied.
 */
export async function sumDraft(tx: Tx, tenantId: string, invoiceId: string): Promise<Sums> {
  const mine = and(eq(invoiceLines.tenantId, tenantId), eq(invoiceLines.invoiceId, invoiceId));
  const lines = await tx
    .select()
    .from(invoiceLines)
    .where(and(mine, ne(invoiceLines.kind, "covered")));
  const usageIds = lines.filter((line) => line.kind === "usage").map((line) => line.id);
  const sums = usageIds.length > 0 ? await sumLines(tx, tenantId, invoiceId) : new Map<string, Sum>();
  const usage: Sums["usage"] = [];
  const fees: Fee[] = [];
  for (const line of lines) {
    const facts = {
      lineId: line.id,
      resourceType: line.resourceType,
      unit: line.unit,
      modelKey: line.modelKey,
      rateMicros: microsFromNumeric(line.rate),
      serviceStart: line.serviceStart,
      serviceEnd: line.serviceEnd,
    };
    const kind = FEE_KINDS.find((known) => known === line.kind);
    const sum = sums.get(line.id);
    if (kind) {
      const own = {
        quantityMicros: microsFromNumeric(line.quantity),
        amountMicros: microsFromNumeric(line.amount),
      };
      fees.push({ ...facts, ...own, kind, description: line.description });
    } else if (sum) usage.push({ ...facts, ...sum });
  }
  const counted = new Set(usage.map((line) => line.lineId));
  return {
    usage,
    fees,
    covered: usage.length > 0 ? await sumCovered(tx, tenantId, invoiceId) : [],
    empty: usageIds.filter((id) => !counted.has(id)),
  };
}

type Sum = { quantityMicros: bigint; amountMicros: bigint };

const linesOf = (tenantId: string, invoiceId: string) =>
  sql`k.tenant_id = ${tenantId}::uuid and k.line_id in (select id from ${invoiceLines} where tenant_id = ${tenantId}::uuid and invoice_id = ${invoiceId}::uuid)`;

async function sumLines(tx: Tx, tenantId: string, invoiceId: string): Promise<Map<string, Sum>> {
  const { rows } = await tx.execute<{ line_id: string; quantity: string; amount: string }>(sql`
    select k.line_id, sum(e.quantity)::numeric(18,6) as quantity, sum(e.tenant_cost)::numeric(18,6) as amount
    from ${invoiceEntryLinks} k join ${ledgerEntries} e on e.tenant_id = k.tenant_id and e.id = k.ledger_entry_id
    where ${linesOf(tenantId, invoiceId)} group by k.line_id`);
  return new Map(
    rows.map((row) => [
      row.line_id,
      { quantityMicros: microsFromNumeric(row.quantity), amountMicros: microsFromNumeric(row.amount) },
    ]),
  );
}

async function sumCovered(tx: Tx, tenantId: string, invoiceId: string): Promise<Covered[]> {
  const { rows } = await tx.execute<{ source: string; amount: string }>(sql`
    select f.source, sum(f.amount)::numeric(18,6) as amount
    from ${invoiceEntryLinks} k join ${ledgerFunding} f on f.tenant_id = k.tenant_id and f.ledger_entry_id = k.ledger_entry_id
    where ${linesOf(tenantId, invoiceId)} and f.source <> 'receivable' group by f.source`);
  return CREDIT_SOURCES.flatMap((source) => {
    const row = rows.find((found) => found.source === source);
    return row ? [{ source, amountMicros: microsFromNumeric(row.amount) }] : [];
  });
}
