import "server-only";
import { eq } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { commissionEvents } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import type { AdjustCommissionInput } from "../input";

/**
 * Gives a partner commission beside what was earned, or takes some, for a reason that the partner reads. It is in the next
 * payout. The same click adjusts once.
 * @throws AppError `not_found`; `conflict` (`request_changed`) for the key of another adjustment
 */
export async function adjustCommission(
  scope: PlatformScope,
  { partnerId, requestKey, amount, reason }: AdjustCommissionInput,
): Promise<{ partnerId: string }> {
  authorize(scope, "payout.approve");
  await asPlatform(scope, async (tx) => {
    const [partner] = await tx.select({ id: partners.id }).from(partners).where(eq(partners.id, partnerId));
    if (!partner) throw new AppError("not_found", "This partner does not exist.");
    const made = await tx
      .insert(commissionEvents)
      .values({
        partnerId,
        kind: "adjustment",
        amount: microsToNumeric(amount),
        earnedAt: currentTime(),
        reason,
        key: `adjustment:${requestKey}`,
      })
      .onConflictDoNothing()
      .returning({ id: commissionEvents.id });
    if (made.length === 0) return requireSame(tx, { partnerId, requestKey, amount });
    await audit(tx, scope, {
      action: "commission.adjust",
      targetType: "partner",
      targetId: partnerId,
      partnerId,
      after: { amount: microsToNumeric(amount) },
      reason,
    });
  });
  return { partnerId };
}

/** Pressed again with something else it says so: what was there first stands. */
async function requireSame(
  tx: Tx,
  { partnerId, requestKey, amount }: Omit<AdjustCommissionInput, "reason">,
): Promise<void> {
  const [first] = await tx
    .select({ partnerId: commissionEvents.partnerId, amount: commissionEvents.amount })
    .from(commissionEvents)
    .where(eq(commissionEvents.key, `adjustment:${requestKey}`));
  if (first?.partnerId === partnerId && microsFromNumeric(first.amount) === amount) return;
  throw new AppError("conflict", "This adjustment was made before, of another amount. Load the page again.", {
    reason: "request_changed",
  });
}
