import { eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerBranding } from "@/db/schema/partner-money";

/** Who sells to those without a partner, and pays partners. */
export const PLATFORM_NAME = "HireBuddha";

/** In whose name a partner sells, or the platform. */
export async function sellerName(tx: Tx, partnerId: string | null): Promise<string> {
  if (!partnerId) return PLATFORM_NAME;
  const [row] = await tx
    .select({ name: sql<string>`coalesce(${partnerBranding.displayName}, ${partners.name})` })
    .from(partners)
    .leftJoin(partnerBranding, eq(partnerBranding.partnerId, partners.id))
    .where(eq(partners.id, partnerId));
  return row?.name ?? PLATFORM_NAME;
}
