import "server-only";
import { asPlatform } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { microsToNumeric } from "@/lib/money";
import { creditWasAdded } from "../changes";
import { postCredit } from "../credit";
import type { GrantPromoInput } from "../input";
import { readWallet } from "../store";

/**
 * Gives a tenant promotional credit at the platform's expense; pressing twice gives it once. What waits for credit goes on.
 * @throws AppError `not_found`
 */
export async function grantPromo(
  scope: PlatformScope,
  input: GrantPromoInput,
): Promise<{ lotId: string | null }> {
  authorize(scope, "promo.grant");
  const { tenantId, amount, expiresAt, reason, requestKey } = input;
  const posted = await asPlatform(scope, async (tx) => {
    if (!(await readWallet(tx, tenantId))) throw new AppError("not_found", "This workspace does not exist.");
    await audit(tx, scope, {
      action: "promo.grant",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      after: { amount: microsToNumeric(amount), expiresAt, reason },
    });
    return postCredit(tx, {
      tenantId,
      kind: "grant",
      source: "promo",
      amount,
      key: `promo:${requestKey}`,
      facts: { expiresAt, reason, by: scope.actor.kind === "user" ? scope.actor.userId : null },
    });
  });
  await creditWasAdded(tenantId);
  return { lotId: posted.lotId };
}
