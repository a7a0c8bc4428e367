import "server-only";
import { eq, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { microsToNumeric } from "@/lib/money";
import type { LowBalanceInput } from "../input";
import { leftOf } from "../store";

/**
 * Says below which balance the admins are told, once each time that it falls there; null: never. A balance that is below it
 * already is known to whoever sets it.
 */
export async function setLowBalance(scope: TenantScope, { amount }: LowBalanceInput): Promise<void> {
  authorize(scope, "billing.update");
  const lowWater = amount === null ? null : microsToNumeric(amount);
  await asWorker(scope, async (tx) => {
    const theirs = eq(wallets.tenantId, scope.tenantId);
    const [before] = await tx
      .select({ lowWater: wallets.lowWater })
      .from(wallets)
      .where(theirs)
      .for("no key update");
    await audit(tx, scope, {
      action: "wallet.low_balance",
      targetType: "tenant",
      targetId: scope.tenantId,
      before: { amount: before?.lowWater ?? null },
      after: { amount: lowWater },
    });
    await tx
      .update(wallets)
      .set({
        lowWater,
        lowToldAt: sql`case when ${leftOf} < ${lowWater}::numeric then ${databaseTime()} end`,
      })
      .where(theirs);
  });
}
