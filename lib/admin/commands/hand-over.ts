import "server-only";
import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError, fieldError } from "@/lib/errors";
import { dispatchHandovers } from "@/lib/tenants/dispatch";
import type { HandOverTenantInput } from "../input";

/**
 * Makes a workspace the customer of another partner, or of the platform itself, from this moment on: its prices, its
 * invoices and its commission are the new seller's, what was used before stays the old one's. The running billing period
 * is cut here. One that is the platform's only while its partner is suspended does not go back to it any more.
 *
 * @throws AppError `not_found`; `invalid` on `partnerId` for a partner that is suspended or unknown; `precondition` for the
 * workspace of a partner's own people
 */
export async function handOverTenant(
  scope: PlatformScope,
  { tenantId, partnerId, reason }: HandOverTenantInput,
  now = currentTime(),
): Promise<{ tenantId: string }> {
  authorize(scope, "tenant.hand_over");
  const isMoved = await asPlatform(scope, async (tx) => {
    if (partnerId) await requireActivePartner(tx, partnerId);
    const [tenant] = await tx
      .select({ partnerId: tenants.partnerId })
      .from(tenants)
      .where(eq(tenants.id, tenantId))
      .for("update");
    if (!tenant) throw new AppError("not_found", "This workspace does not exist.");
    await requireNoHome(tx, tenantId);
    const staysAway = await forgetReturn(tx, tenantId);
    if (tenant.partnerId === partnerId && !staysAway) return false;
    if (tenant.partnerId !== partnerId)
      await tx.update(tenants).set({ partnerId, partnerSince: now }).where(eq(tenants.id, tenantId));
    await audit(tx, scope, {
      action: "tenant.hand_over",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      partnerId: partnerId ?? tenant.partnerId,
      reason,
      before: { partnerId: tenant.partnerId, ...(staysAway ? { returnsTo: staysAway } : {}) },
      after: { partnerId },
    });
    return tenant.partnerId !== partnerId;
  });
  if (isMoved) await dispatchHandovers();
  return { tenantId };
}

async function requireActivePartner(tx: Tx, partnerId: string): Promise<void> {
  const [partner] = await tx
    .select({ status: partners.status })
    .from(partners)
    .where(eq(partners.id, partnerId))
    // Whoever suspends it now finds this customer.
    .for("share");
  if (!partner) throw fieldError("partnerId", "This partner does not exist.");
  if (partner.status !== "active") throw fieldError("partnerId", "This partner is suspended.");
}

async function requireNoHome(tx: Tx, tenantId: string): Promise<void> {
  const [home] = await tx
    .select({ name: partners.name })
    .from(partners)
    .where(eq(partners.homeTenantId, tenantId));
  if (home)
    throw new AppError(
      "precondition",
      `This is the workspace of ${home.name}'s own people: it is nobody's customer.`,
    );
}

/** It stays where it is, or goes where it is sent, also when its partner of before works again. */
async function forgetReturn(tx: Tx, tenantId: string): Promise<string | null> {
  const [before] = await tx
    .select({ id: history.id, returnsTo: history.returnsTo })
    .from(history)
    .where(and(eq(history.tenantId, tenantId), isNull(history.effectiveTo), isNotNull(history.returnsTo)));
  if (!before) return null;
  await tx.update(history).set({ returnsTo: null }).where(eq(history.id, before.id));
  return before.returnsTo;
}
