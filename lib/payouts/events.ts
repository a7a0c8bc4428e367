import { and, eq, isNull, lte, ne, or, type SQL } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { commissionEvents, partnerPayouts } from "@/db/schema/partner-money";
import { type AuditActor, audit } from "@/lib/audit/record";
import type { AuditAction } from "@/lib/audit/words";
import { currentTime } from "@/lib/clock";
import { isId } from "@/lib/ids";
import { centsToMicros, microsToNumeric } from "@/lib/money";
import { type Applied, handler } from "@/lib/stripe/event-handler";
import { keepAccount, seeAccount } from "./connect";
import { dispatchPayouts } from "./dispatch";
import { tellOfPayout } from "./notices";
import { mayBecome, type PayoutStatus } from "./rules";
import { noteSent } from "./send";

const STRIPE: AuditActor = { actor: { kind: "job", name: "stripe" } };

/** What a partner told Stripe changed, or what Stripe lets the account do. */
export const accountChanged = handler(
  (stripe, event) => seeAccount(stripe, event.account ?? event.objectId),
  async (tx, seen): Promise<Applied> => {
    const waiting = await keepAccount(tx, STRIPE, seen);
    if (!waiting) return { outcome: "ignored" };
    return { outcome: "done", afterwards: () => dispatchPayouts(waiting) };
  },
);

type Payout = typeof partnerPayouts.$inferSelect;

/**
 * Money of a transfer that came back was not paid: it is owed to the partner again, and nets what it was taken back for.
 * Stripe tells all that came back so far; what is not noted yet is added.
 */
async function noteReversal(tx: Tx, payout: Payout, transfer: Stripe.Transfer): Promise<void> {
  const reversed = BigInt(transfer.amount_reversed);
  if (reversed <= payout.reversedCents) return;
  const isWhole = reversed === payout.amountCents && mayBecome(payout.status as PayoutStatus, "reversed");
  await tx
    .update(partnerPayouts)
    .set({ reversedCents: reversed, ...(isWhole ? { status: "reversed" } : {}) })
    .where(eq(partnerPayouts.id, payout.id));
  const back = centsToMicros(reversed - payout.reversedCents);
  await tx
    .insert(commissionEvents)
    .values({
      partnerId: payout.partnerId,
      kind: "transfer_reversed",
      amount: microsToNumeric(back),
      earnedAt: currentTime(),
      reason: `Came back of ${payout.number}`,
      key: `transfer_reversed:${payout.id}:${reversed}`,
    })
    .onConflictDoNothing();
  await audit(tx, STRIPE, {
    action: "payout.reverse",
    targetType: "payout",
    targetId: payout.id,
    partnerId: payout.partnerId,
    before: { status: payout.status, reversedCents: payout.reversedCents.toString() },
    after: { status: isWhole ? "reversed" : payout.status, reversedCents: reversed.toString() },
  });
}

/** A transfer was made, or money of it came back. */
export const transferChanged = handler(
  (stripe, event) => stripe.transfers.retrieve(event.objectId),
  async (tx, transfer): Promise<Applied> => {
    const payoutId = transfer.metadata.payout_id;
    if (!isId(payoutId)) return { outcome: "ignored" };
    const isIt = eq(partnerPayouts.id, payoutId);
    const [known] = await tx.select().from(partnerPayouts).where(isIt).for("update");
    if (!known) return { outcome: "ignored" };
    await noteSent(tx, STRIPE, transfer);
    const [payout] = await tx.select().from(partnerPayouts).where(isIt);
    if (payout?.stripeTransferId === transfer.id) await noteReversal(tx, payout, transfer);
    return { outcome: "done", afterwards: () => tellOfPayout(payoutId) };
  },
);

async function changePayouts(
  tx: Tx,
  which: SQL | undefined,
  change: Partial<Payout>,
  action: AuditAction,
): Promise<string[]> {
  const changed = await tx
    .update(partnerPayouts)
    .set(change)
    .where(which)
    .returning({ id: partnerPayouts.id, partnerId: partnerPayouts.partnerId });
  for (const { id, partnerId } of changed)
    await audit(tx, STRIPE, {
      action,
      targetType: "payout",
      targetId: id,
      partnerId,
      after: { status: change.status, failure: change.failure ?? null },
    });
  return changed.map(({ id }) => id);
}

/**
 * An account's balance reached the partner's bank, or came back from it to the account: then the transfer stands, and Stripe
 * pays it out again once the partner has given another bank account.
 */
export const bankPayoutChanged = handler(
  async (stripe, event) => {
    const stripeAccount = event.account ?? "";
    return {
      account: stripeAccount,
      payout: await stripe.payouts.retrieve(event.objectId, {}, { stripeAccount }),
    };
  },
  async (tx, { account, payout }): Promise<Applied> => {
    const ofAccount = eq(partnerPayouts.stripeAccountId, account);
    const [sending] = await tx
      .select({ id: partnerPayouts.id })
      .from(partnerPayouts)
      .where(and(ofAccount, eq(partnerPayouts.status, "sending")))
      .limit(1);
    // Whether that one left before is not noted yet.
    if (sending) return { outcome: "later" };
    const tookAlong = and(
      ofAccount,
      eq(partnerPayouts.status, "sent"),
      lte(partnerPayouts.sentAt, new Date(payout.created * 1000)),
    );
    let changed: string[] = [];
    if (payout.status === "paid") {
      const paid = { status: "paid", paidAt: currentTime(), stripePayoutId: payout.id, failure: null };
      // What came back from the bank had arrived there before, whichever of the two is written first.
      const isNotBack = or(
        isNull(partnerPayouts.failure),
        isNull(partnerPayouts.stripePayoutId),
        ne(partnerPayouts.stripePayoutId, payout.id),
      );
      changed = await changePayouts(tx, and(tookAlong, isNotBack), paid, "payout.paid");
    } else if (payout.status === "failed") {
      const failure = payout.failure_message ?? "The partner's bank did not take it.";
      const returned = { status: "sent", paidAt: null, stripePayoutId: payout.id, failure };
      const isIts = and(
        ofAccount,
        eq(partnerPayouts.status, "paid"),
        eq(partnerPayouts.stripePayoutId, payout.id),
      );
      const isFirst = and(
        tookAlong,
        or(isNull(partnerPayouts.stripePayoutId), isNull(partnerPayouts.failure)),
      );
      changed = await changePayouts(tx, or(isIts, isFirst), returned, "payout.returned");
    }
    return {
      outcome: "done",
      afterwards: async () => {
        for (const id of changed) await tellOfPayout(id);
      },
    };
  },
);
