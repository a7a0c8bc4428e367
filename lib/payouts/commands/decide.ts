import "server-only";
import { eq, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerBranding, partnerPayouts } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { takeNumber } from "@/lib/billing/number";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { dispatchPayouts } from "../dispatch";
import type { ApprovePayoutInput, CancelPayoutInput, RecordPayoutInput } from "../input";
import { tellOfPayout } from "../notices";
import { lockPromises } from "../promises";
import { mayCancel, mayRecord, type PayoutStatus } from "../rules";
import { unpin } from "../sources";

type Payout = typeof partnerPayouts.$inferSelect & { status: PayoutStatus };

/** The payout, locked. @throws AppError `not_found` */
async function lockPayout(tx: Tx, payoutId: string): Promise<Payout> {
  const [row] = await tx.select().from(partnerPayouts).where(eq(partnerPayouts.id, payoutId)).for("update");
  if (!row) throw new AppError("not_found", "This payout does not exist.");
  return { ...row, status: row.status as PayoutStatus };
}

/** Nothing is drafted for its partner meanwhile. Before the payout itself, as who drafts has it. */
async function lockPromisesOf(tx: Tx, payoutId: string): Promise<void> {
  const [row] = await tx
    .select({ partnerId: partnerPayouts.partnerId })
    .from(partnerPayouts)
    .where(eq(partnerPayouts.id, payoutId));
  if (row) await lockPromises(tx, row.partnerId);
}

/** Who is paid, as of now: it stays on the document. */
async function payeeOf(tx: Tx, partnerId: string): Promise<Record<string, unknown>> {
  const [row] = await tx
    .select({
      name: sql<string>`coalesce(${partnerBranding.displayName}, ${partners.name})`,
      address: partnerBranding.address,
      taxId: partnerBranding.taxId,
      email: partnerBranding.email,
    })
    .from(partners)
    .leftJoin(partnerBranding, eq(partnerBranding.partnerId, partners.id))
    .where(eq(partners.id, partnerId));
  return row ?? {};
}

const isFinal = (reason: string) => new AppError("conflict", reason, { reason: "payout_decided" });

/**
 * Approves a draft: it gets its number, last, and is sent after the commit. One that Stripe refused is tried again. A
 * second click finds it approved and changes nothing.
 * @throws AppError `not_found`; `conflict` for one that is cancelled or came back
 */
export async function approvePayout(
  scope: PlatformScope,
  { payoutId }: ApprovePayoutInput,
): Promise<{ payoutId: string }> {
  authorize(scope, "payout.approve");
  const isNew = await asPlatform(scope, async (tx) => {
    const payout = await lockPayout(tx, payoutId);
    if (payout.status === "cancelled" || payout.status === "reversed")
      throw isFinal("This payout is cancelled, or came back.");
    if (payout.status !== "draft" && payout.status !== "failed") return false;
    const by = scope.actor.kind === "user" ? scope.actor.userId : null;
    await tx
      .update(partnerPayouts)
      .set(
        payout.status === "draft"
          ? { approvedBy: by, payee: await payeeOf(tx, payout.partnerId) }
          : { status: "approved", attempt: payout.attempt + 1, failure: null },
      )
      .where(eq(partnerPayouts.id, payoutId));
    await audit(tx, scope, {
      action: "payout.approve",
      targetType: "payout",
      targetId: payoutId,
      partnerId: payout.partnerId,
      before: { status: payout.status },
      after: { status: "approved", amountCents: payout.amountCents.toString() },
    });
    if (payout.status === "draft") await takeNumber(tx, "PS", "partner_payouts", payoutId, currentTime());
    return true;
  });
  if (isNew) {
    await tellOfPayout(payoutId);
    await dispatchPayouts([payoutId]);
  }
  return { payoutId };
}

/**
 * Cancels a payout that nobody was asked to send: what it was made of goes into a later one. It keeps its number.
 * @throws AppError `not_found`; `conflict` once it is being sent
 */
export async function cancelPayout(
  scope: PlatformScope,
  { payoutId, reason }: CancelPayoutInput,
): Promise<{ payoutId: string }> {
  authorize(scope, "payout.approve");
  await asPlatform(scope, async (tx) => {
    await lockPromisesOf(tx, payoutId);
    const payout = await lockPayout(tx, payoutId);
    if (payout.status === "cancelled") return;
    if (!mayCancel(payout.status)) throw isFinal("This payout is on its way: it cannot be cancelled.");
    await unpin(tx, payout);
    await tx
      .update(partnerPayouts)
      .set({ status: "cancelled", heldReason: null, failure: reason })
      .where(eq(partnerPayouts.id, payoutId));
    await audit(tx, scope, {
      action: "payout.cancel",
      targetType: "payout",
      targetId: payoutId,
      partnerId: payout.partnerId,
      before: { status: payout.status },
      after: { status: "cancelled" },
      reason,
    });
  });
  await tellOfPayout(payoutId);
  return { payoutId };
}

/**
 * Records that an approved payout was paid outside of Stripe. A second click finds it paid and changes nothing.
 * @throws AppError `not_found`; `conflict` when it is not approved, is being sent, or was paid otherwise
 */
export async function recordPayout(
  scope: PlatformScope,
  { payoutId, method, reference }: RecordPayoutInput,
): Promise<{ payoutId: string }> {
  authorize(scope, "payout.approve");
  await asPlatform(scope, async (tx) => {
    const payout = await lockPayout(tx, payoutId);
    if (payout.status === "paid" && payout.method === method && payout.reference === reference) return;
    if (!mayRecord(payout.status))
      throw isFinal(
        payout.status === "draft" ? "Approve this payout first." : "This payout is sent or paid already.",
      );
    await tx
      .update(partnerPayouts)
      .set({ status: "paid", method, reference, paidAt: currentTime(), heldReason: null, failure: null })
      .where(eq(partnerPayouts.id, payoutId));
    await audit(tx, scope, {
      action: "payout.record",
      targetType: "payout",
      targetId: payoutId,
      partnerId: payout.partnerId,
      before: { status: payout.status },
      after: { status: "paid", method, reference },
    });
  });
  await tellOfPayout(payoutId);
  return { payoutId };
}
