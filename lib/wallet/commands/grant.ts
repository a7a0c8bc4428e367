import "server-only";
import { and, eq } from "drizzle-orm";
import { asPlatform, asSystem, type Tx } from "@/db/access";
import { creditLots } from "@/db/schema/wallets";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { formatMicros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { requireCustomer } from "@/lib/partners/store";
import { checkPromise, lockPromises } from "@/lib/payouts/promises";
import { creditWasAdded } from "../changes";
import { postCredit } from "../credit";
import type { GrantCustomerPromoInput, GrantPromoInput } from "../input";
import { readWallet } from "../store";

type Press = Pick<GrantPromoInput, "tenantId" | "amount" | "expiresAt"> & { readonly key: string };

/**
 * Whether a press was taken before. Its answer may have been lost, and the form changed since: what it asks for now is not
 * what was given.
 * @throws AppError `conflict`, reason `request_key_reused`
 */
async function isKnown(tx: Tx, { tenantId, amount, expiresAt, key }: Press): Promise<boolean> {
  const [lot] = await tx
    .select({ amount: creditLots.amount, expiresAt: creditLots.expiresAt })
    .from(creditLots)
    .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.key, key)));
  if (!lot) return false;
  const given = microsFromNumeric(lot.amount);
  if (given === amount && lot.expiresAt?.getTime() === expiresAt?.getTime()) return true;
  const message = `This was sent before, and ${formatMicros(given)} was given then. Load the page again to give more.`;
  throw new AppError("conflict", message, { reason: "request_key_reused" });
}

/**
 * Gives a tenant promotional credit at the platform's expense; pressing twice gives it once. What waits for credit goes on.
 * @throws AppError `not_found`; `conflict`, reason `request_key_reused`, for a press that was taken with something else
 */
export async function grantPromo(
  scope: PlatformScope,
  input: GrantPromoInput,
): Promise<{ lotId: string | null }> {
  authorize(scope, "promo.grant");
  const { tenantId, amount, expiresAt, reason, requestKey } = input;
  const key = `promo:${requestKey}`;
  const posted = await asPlatform(scope, async (tx) => {
    if (!(await readWallet(tx, tenantId))) throw new AppError("not_found", "This workspace does not exist.");
    const given = await postCredit(tx, {
      tenantId,
      kind: "grant",
      source: "promo",
      amount,
      key,
      facts: { expiresAt, reason, by: scope.actor.kind === "user" ? scope.actor.userId : null },
    });
    if (!given.isNew) await isKnown(tx, { tenantId, amount, expiresAt, key });
    else
      await audit(tx, scope, {
        action: "promo.grant",
        targetType: "tenant",
        targetId: tenantId,
        tenantId,
        after: { amount: microsToNumeric(amount), expiresAt, reason },
      });
    return given;
  });
  await creditWasAdded(tenantId);
  return { lotId: posted.lotId };
}

/**
 * Gives a partner's customer promotional credit that the partner pays for: what is used of it is taken off what the partner
 * earns. No more than it can be charged for: what is promised stays within what can be paid to it and its allowance.
 * Pressing twice gives it once.
 * @throws AppError `not_found`, also for another partner's customer; `invalid` (`amount`) beyond what is left to promise;
 * `conflict`, reason `request_key_reused`, for a press that was taken with something else
 */
export async function grantCustomerPromo(
  scope: PartnerScope,
  input: GrantCustomerPromoInput,
): Promise<{ lotId: string | null }> {
  authorize(scope, "promo.grant");
  const { tenantId, amount, expiresAt, reason, requestKey } = input;
  const key = `promo:${requestKey}`;
  const posted = await asSystem("promo-grant", async (tx) => {
    await requireCustomer(tx, scope, tenantId);
    await lockPromises(tx, scope.partnerId);
    if (!(await isKnown(tx, { tenantId, amount, expiresAt, key })))
      await checkPromise(tx, scope.partnerId, amount);
    const given = await postCredit(tx, {
      tenantId,
      kind: "grant",
      source: "promo",
      amount,
      key,
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
