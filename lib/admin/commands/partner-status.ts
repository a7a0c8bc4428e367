import "server-only";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { auditRows } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { dispatchMail } from "@/lib/email/dispatch";
import { AppError } from "@/lib/errors";
import { dispatchPayouts } from "@/lib/payouts/dispatch";
import { approvedPayouts } from "@/lib/payouts/send";
import { dispatchHandovers } from "@/lib/tenants/dispatch";
import type { SetPartnerStatusInput } from "../input";
import { mailPartner } from "./partner-mail";

type Ended = { customers: number };

/**
 * Suspends a partner, or lets it work again. Its customers go on working either way: while it is suspended they buy from
 * the platform, at the base prices, and from the moment it works again from it, at its prices. What was used is billed by
 * who sold it, each in a document of its own; what the partner earned stays owed, and is paid once it works again. Its
 * people can read and export. Doing it again changes nothing.
 *
 * @returns how many customers changed hands
 * @throws AppError `not_found`
 */
export async function setPartnerStatus(
  scope: PlatformScope,
  input: SetPartnerStatusInput,
  now = currentTime(),
): Promise<{ partnerId: string } & Ended> {
  authorize(scope, "partner.update");
  const isSuspended = input.status === "suspended";
  const { customers, payouts } = await asPlatform(scope, async (tx) => {
    const [partner] = await tx
      .select({ status: partners.status })
      .from(partners)
      .where(eq(partners.id, input.partnerId))
      .for("update");
    if (!partner) throw new AppError("not_found", "This partner does not exist.");
    if (partner.status === input.status) return { customers: 0, payouts: [] };
    await tx
      .update(partners)
      .set({
        status: input.status,
        suspendedAt: isSuspended ? now : null,
        suspendedReason: isSuspended ? input.reason : null,
      })
      .where(eq(partners.id, input.partnerId));
    const moved = isSuspended
      ? await takeCustomers(tx, input.partnerId, now)
      : await giveBack(tx, input.partnerId, now);
    await note(tx, scope, input, moved);
    await mailPartner(tx, { ...input, at: now, customers: moved.length });
    return {
      customers: moved.length,
      payouts: isSuspended ? [] : await approvedPayouts(tx, input.partnerId),
    };
  });
  await dispatchMail();
  if (customers > 0) await dispatchHandovers();
  await dispatchPayouts(payouts);
  return { partnerId: input.partnerId, customers };
}

/** Its customers are the platform's; the history keeps to whom they go back. */
async function takeCustomers(tx: Tx, partnerId: string, now: Date): Promise<string[]> {
  const moved = await tx
    .update(tenants)
    .set({ partnerId: null, partnerSince: now })
    .where(eq(tenants.partnerId, partnerId))
    .returning({ id: tenants.id });
  return moved.map(({ id }) => id);
}

/** Those that are still the platform's because of the suspension are the partner's again. */
async function giveBack(tx: Tx, partnerId: string, now: Date): Promise<string[]> {
  const returning = tx
    .select({ id: history.tenantId })
    .from(history)
    .where(and(eq(history.returnsTo, partnerId), isNull(history.effectiveTo)));
  const moved = await tx
    .update(tenants)
    .set({ partnerId, partnerSince: now })
    .where(and(inArray(tenants.id, returning), isNull(tenants.partnerId)))
    .returning({ id: tenants.id });
  return moved.map(({ id }) => id);
}

async function note(
  tx: Tx,
  scope: PlatformScope,
  { partnerId, status, reason }: SetPartnerStatusInput,
  moved: readonly string[],
): Promise<void> {
  const isSuspended = status === "suspended";
  const [from, to] = isSuspended ? [partnerId, null] : [null, partnerId];
  await auditRows(tx, [
    {
      by: scope,
      event: {
        action: "partner.set_status",
        targetType: "partner",
        targetId: partnerId,
        partnerId,
        reason,
        before: { status: isSuspended ? "active" : "suspended" },
        after: { status, customers: moved.length },
      },
    },
    ...moved.map((tenantId) => ({
      by: scope,
      event: {
        action: "tenant.hand_over" as const,
        targetType: "tenant",
        targetId: tenantId,
        tenantId,
        partnerId,
        reason,
        before: { partnerId: from },
        after: { partnerId: to },
      },
    })),
  ]).execute();
}
