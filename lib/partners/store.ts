import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import type { PartnerScope } from "@/db/scope";
import { AppError } from "@/lib/errors";

/** A workspace that belongs to this partner. @throws AppError `not_found`, also for another partner's */
export async function requireCustomer(
  tx: Tx,
  scope: PartnerScope,
  tenantId: string,
): Promise<{ id: string; name: string }> {
  const [customer] = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(and(eq(tenants.id, tenantId), eq(tenants.partnerId, scope.partnerId)));
  if (!customer) throw new AppError("not_found", "This customer does not exist.");
  return customer;
}

/** A sum as `numeric(18,6)`; zero when there is nothing to add. */
export const dollars = (column: unknown) => sql<string>`coalesce(sum(${column}), 0)::numeric(18,6)`;
