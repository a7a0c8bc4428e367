import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { type Micros, microsFromNumeric } from "@/lib/money";

/** What a run has cost the tenant so far, in its own price. */
export async function runCost(tx: Tx, scope: TenantScope, executionId: string): Promise<Micros> {
  const [row] = await tx
    .select({ cost: sql<string>`coalesce(sum(${ledgerEntries.tenantCost}), 0)::numeric(18,6)::text` })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, scope.tenantId), eq(ledgerEntries.executionId, executionId)));
  return microsFromNumeric(row?.cost ?? "0");
}
