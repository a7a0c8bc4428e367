import "server-only";
import { desc, eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { sellerName } from "./seller";

export type SellerView = {
  /** Who sells to the workspace and bills it. */
  name: string;
  isPlatform: boolean;
  /** Since when, and who did before; null from the beginning. */
  change: { at: Date; before: string } | null;
};

/** Who bills the workspace now, and since when. */
export async function getSeller(scope: TenantScope): Promise<SellerView> {
  authorize(scope, "billing.read");
  // Of partners a workspace sees nothing: the name is read for it.
  return asSystem("seller", async (tx) => {
    const [now, before] = await tx
      .select({ partnerId: history.partnerId, from: history.effectiveFrom })
      .from(history)
      .where(eq(history.tenantId, scope.tenantId))
      .orderBy(sql`${history.effectiveTo} desc nulls first`, desc(history.effectiveFrom))
      .limit(2);
    return {
      name: await sellerName(tx, now?.partnerId ?? null),
      isPlatform: !now?.partnerId,
      change: now?.from && before ? { at: now.from, before: await sellerName(tx, before.partnerId) } : null,
    };
  });
}
