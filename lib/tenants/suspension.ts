import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { partnerBranding } from "@/db/schema/partner-money";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { PLATFORM_NAME } from "./seller";

/** Why a workspace is suspended, as its people are told. */
export type Suspension = {
  /** Who did it and can lift it; null where a debt did, which its payment lifts. */
  readonly by: string | null;
  /** Where they can be written to, where they say so. */
  readonly email: string | null;
  readonly reason: string | null;
};

/** Why the workspace is suspended, and by whom. Null where it is not. */
export async function findSuspension(scope: TenantScope): Promise<Suspension | null> {
  authorize(scope, "home.read");
  // Of partners a workspace sees nothing: the name is read for it.
  const [row] = await asSystem("suspension", (tx) =>
    tx
      .select({
        by: tenants.suspendedBy,
        reason: tenants.suspendedReason,
        partner: sql<string | null>`coalesce(${partnerBranding.displayName}, ${partners.name})`,
        email: partnerBranding.email,
      })
      .from(tenants)
      .leftJoin(partners, eq(partners.id, tenants.partnerId))
      .leftJoin(partnerBranding, eq(partnerBranding.partnerId, partners.id))
      .where(and(eq(tenants.id, scope.tenantId), eq(tenants.status, "suspended"))),
  );
  if (!row) return null;
  const { by, reason, partner, email } = row;
  if (by === "dunning") return { by: null, email: null, reason };
  return by === "partner" && partner
    ? { by: partner, email, reason }
    : { by: PLATFORM_NAME, email: null, reason };
}
