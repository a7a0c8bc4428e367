import { and, eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { creditLots } from "@/db/schema/wallets";
import type { PlatformScope } from "@/db/scope";
import { microsFromNumeric } from "@/lib/money";
import { endPlan } from "@/lib/subscriptions/renew";
import { lockPlan, TRIAL_END } from "@/lib/subscriptions/store";
import { setWalletTerms } from "@/lib/wallet/commands/terms";
import { postCredit } from "@/lib/wallet/credit";

/** A customer whose trial is over and who pays afterwards: what it uses is invoiced. */
export async function payAfterwards(platform: PlatformScope, tenantId: string): Promise<void> {
  await asPlatform(platform, async (tx) => {
    const sub = await lockPlan(tx, tenantId);
    if (sub)
      await endPlan(tx, platform, sub, { at: new Date(), key: TRIAL_END, reason: "The trial is over." });
    const [trial] = await tx
      .select({ id: creditLots.id, remaining: creditLots.remaining })
      .from(creditLots)
      .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.key, "trial")));
    if (trial)
      await postCredit(tx, {
        tenantId,
        kind: "expiry",
        amount: -microsFromNumeric(trial.remaining),
        key: "trial:over",
        facts: { lotId: trial.id, reason: "The trial is over" },
      });
  });
  await setWalletTerms(platform, {
    tenantId,
    mode: "postpaid",
    creditLimit: 500_000_000n,
    reason: "Pays by invoice",
  });
}
