import { and, asc, eq, gt, isNotNull, isNull, lte, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";

/** The row of the history that says who held a tenant at an instant: a partner, or the platform itself. */
export function holderAt(tenantId: string | Placeholder, at: Date | SQL<Date>): SQL | undefined {
  return and(
    eq(history.tenantId, tenantId),
    or(isNull(history.effectiveFrom), lte(history.effectiveFrom, at)),
    or(isNull(history.effectiveTo), gt(history.effectiveTo, at)),
  );
}

/** When a tenant came to another holder, oldest first: there its billing periods are cut. */
export async function cutsOf(tx: Tx, tenantId: string): Promise<Date[]> {
  const rows = await tx
    .select({ at: history.effectiveFrom })
    .from(history)
    .where(and(eq(history.tenantId, tenantId), isNotNull(history.effectiveFrom)))
    .orderBy(asc(history.effectiveFrom));
  return rows.flatMap(({ at }) => at ?? []);
}

/** The same of each tenant of a query of `tenants`. */
export const cutsOfTenant = sql<
  Date[]
>`(select coalesce(jsonb_agg(h.effective_from order by h.effective_from), '[]')
  from ${history} h where h.tenant_id = ${tenants.id} and h.effective_from is not null)`.mapWith(
  (cuts: string[]) => cuts.map((cut) => new Date(cut)),
);
