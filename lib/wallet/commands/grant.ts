import "server-only";
import { asPartner, asPlatform, asSystem } from "@/db/access";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { microsToNumeric } from "@/lib/money";
import { requireCustomer } from "@/lib/partners/store";
import { creditWasAdded } from "../changes";
import { postCredit } from "../credit";
import type { GrantCustomerPromoInput, GrantPromoInput } from "../input";
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

/**
 * Gives a partner's customer promotional credit that the partner pays for: what is used of it is taken off what the partner
 * earns. Pressing twice gives it once.
 * @throws AppError `not_found`, also for another partner's customer
 */
export async function grantCustomerPromo(
  scope: PartnerScope,
  input: GrantCustomerPromoInput,
): Promise<{ lotId: string | null }> {
  authorize(scope, "promo.grant");
  const { tenantId, amount, expiresAt, reason, requestKey } = input;
  await asPartner(scope, (tx) => requireCustomer(tx, scope, tenantId));
  const posted = await asSystem("promo-grant", async (tx) => {
    const given = await postCredit(tx, {
      tenantId,
      kind: "grant",
      source: "promo",
      amount,
      key: `promo:${requestKey}`,
      facts: {
        expiresAt,
        reason,
        paidBy: "partner",
        partnerId: scope.partnerId,
        by: scope.actor.kind === "user" ? scope.actor.userId : null,
      },
    });
    if (given.isNew)
      await audit(tx, scope, {
        action: "promo.grant",
        targetType: "tenant",
        targetId: tenantId,
        tenantId,
        after: { amount: microsToNumeric(amount), expiresAt, reason, paidBy: "partner" },
      });
    return given;
  });
  await creditWasAdded(tenantId);
  return { lotId: posted.lotId };
}
