import "server-only";
import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerAccounts, partnerPayouts } from "@/db/schema/partner-money";
import { type AuditActor, audit } from "@/lib/audit/record";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { findStripe } from "@/lib/stripe/client";
import { stripeKeys } from "@/lib/stripe/keys";
import { type Outgoing, sendOnce } from "@/lib/stripe/request";
import { tellOfPayout } from "./notices";

const JOB: AuditActor = { actor: { kind: "job", name: "send-payouts" } };

/** Why an approved payout waits. Nothing of it is lost: it goes on when the reason is gone. */
export type HeldReason =
  | "partner_suspended"
  | "stripe_off"
  | "no_account"
  | "not_payable"
  | "no_funds"
  | "key_refused";

export type SendEnd = "sent" | "held" | "failed" | "nothing";

type Sending = {
  id: string;
  partnerId: string;
  number: string;
  amountCents: bigint;
  accountId: string;
  attempt: number;
};

type Payout = typeof partnerPayouts.$inferSelect;

/** What still has to be there before money can be sent. */
function heldReasonOf(
  account: { stripeAccountId: string | null; payoutsEnabled: boolean } | undefined,
  { isSuspended, hasStripe }: { isSuspended: boolean; hasStripe: boolean },
): HeldReason | null {
  if (isSuspended) return "partner_suspended";
  if (!hasStripe) return "stripe_off";
  if (!account?.stripeAccountId) return "no_account";
  return account.payoutsEnabled ? null : "not_payable";
}

async function noteHeld(tx: Tx, payout: Payout, reason: HeldReason): Promise<void> {
  if (payout.heldReason === reason) return;
  await tx.update(partnerPayouts).set({ heldReason: reason }).where(eq(partnerPayouts.id, payout.id));
  await audit(tx, JOB, {
    action: "payout.hold",
    targetType: "payout",
    targetId: payout.id,
    partnerId: payout.partnerId,
    after: { heldReason: reason },
  });
}

/** Takes an approved payout to be sent, or goes on with one whose sender was lost. From here on it is not cancelled. */
async function claim(tx: Tx, payoutId: string, hasStripe: boolean): Promise<Sending | "held" | "nothing"> {
  const [payout] = await tx
    .select()
    .from(partnerPayouts)
    .where(eq(partnerPayouts.id, payoutId))
    .for("update");
  if (!payout?.number || (payout.status !== "approved" && payout.status !== "sending")) return "nothing";
  const { id, partnerId, number, amountCents, attempt } = payout;
  if (payout.status === "sending")
    return hasStripe
      ? { id, partnerId, number, amountCents, attempt, accountId: payout.stripeAccountId ?? "" }
      : "nothing";
  const [account] = await tx.select().from(partnerAccounts).where(eq(partnerAccounts.partnerId, partnerId));
  const [partner] = await tx
    .select({ status: partners.status })
    .from(partners)
    .where(eq(partners.id, partnerId))
    .for("share");
  const held = heldReasonOf(account, { isSuspended: partner?.status !== "active", hasStripe });
  const accountId = account?.stripeAccountId;
  if (held || !accountId) {
    await noteHeld(tx, payout, held ?? "no_account");
    return "held";
  }
  await tx
    .update(partnerPayouts)
    .set({ status: "sending", stripeAccountId: accountId, heldReason: null, failure: null })
    .where(eq(partnerPayouts.id, id));
  await audit(tx, JOB, {
    action: "payout.send",
    targetType: "payout",
    targetId: id,
    partnerId,
    before: { status: "approved" },
    after: { status: "sending", stripeAccountId: accountId, attempt },
  });
  return { id, partnerId, number, amountCents, attempt, accountId };
}

/** Our ids on a transfer: how it is found again. */
export type TransferMetadata = { payout_id: string; partner_id: string };

function outgoing(payout: Sending): Outgoing<Stripe.Transfer> {
  const metadata: TransferMetadata = { payout_id: payout.id, partner_id: payout.partnerId };
  const body = {
    amount: Number(payout.amountCents),
    currency: "usd",
    destination: payout.accountId,
    description: payout.number,
    transfer_group: payout.id,
    metadata,
  };
  return {
    key: stripeKeys.transfer(payout.id, payout.attempt),
    operation: "transfer.create",
    body,
    partnerId: payout.partnerId,
    target: { type: "payout", id: payout.id },
    send: (stripe, options) => stripe.transfers.create(body, options),
    get: (stripe, id) => stripe.transfers.retrieve(id),
    find: async (stripe) => {
      const { data } = await stripe.transfers.list({ transfer_group: payout.id, limit: 100 });
      return data.find((one) => one.metadata.payout_id === payout.id) ?? null;
    },
  };
}

/** Notes that the money left us, once, whoever learns of it first: the sender or an event. */
export async function noteSent(tx: Tx, by: AuditActor, transfer: Stripe.Transfer): Promise<void> {
  const payoutId = transfer.metadata.payout_id ?? "";
  const [sent] = await tx
    .update(partnerPayouts)
    .set({
      status: "sent",
      method: "stripe",
      stripeTransferId: transfer.id,
      sentAt: new Date(transfer.created * 1000),
      heldReason: null,
      failure: null,
    })
    .where(and(eq(partnerPayouts.id, payoutId), eq(partnerPayouts.status, "sending")))
    .returning({ partnerId: partnerPayouts.partnerId });
  if (!sent) return;
  await audit(tx, by, {
    action: "payout.sent",
    targetType: "payout",
    targetId: payoutId,
    partnerId: sent.partnerId,
    before: { status: "sending" },
    after: { status: "sent", stripeTransferId: transfer.id },
  });
}

/** Refusals that pass: the payout waits, and is asked for again under a new key. */
const PASSING: Readonly<Record<string, HeldReason>> = {
  balance_insufficient: "no_funds",
  insufficient_capabilities_for_transfer: "not_payable",
  account_invalid: "not_payable",
  stripe_key_refused: "key_refused",
};

/** Stripe will not do it: the payout waits for what is missing, or has failed and an admin decides. */
async function noteRefused(payout: Sending, error: AppError): Promise<"held" | "failed"> {
  const held = PASSING[error.reason ?? ""] ?? null;
  const end = held ? "held" : "failed";
  const failure = held ? null : `Stripe refused the transfer (${error.reason ?? error.code}).`;
  await asSystem("send-payout", async (tx) => {
    const isIt = and(
      eq(partnerPayouts.id, payout.id),
      eq(partnerPayouts.status, "sending"),
      eq(partnerPayouts.attempt, payout.attempt),
    );
    const changed = await tx
      .update(partnerPayouts)
      .set(
        held
          ? { status: "approved", attempt: payout.attempt + 1, heldReason: held }
          : { status: "failed", failure },
      )
      .where(isIt)
      .returning({ id: partnerPayouts.id });
    if (changed.length === 0) return;
    if (held === "not_payable")
      await tx
        .update(partnerAccounts)
        .set({ payoutsEnabled: false })
        .where(eq(partnerAccounts.partnerId, payout.partnerId));
    await audit(tx, JOB, {
      action: held ? "payout.hold" : "payout.fail",
      targetType: "payout",
      targetId: payout.id,
      partnerId: payout.partnerId,
      before: { status: "sending" },
      after: held ? { status: "approved", heldReason: held } : { status: "failed", failure },
    });
  });
  return end;
}

/**
 * Sends an approved payout to the partner's account at Stripe: once, however often it is asked and wherever a process
 * ends. It is held while the partner is suspended, the account cannot be paid, Stripe is not set up, or our balance there is short.
 * @throws AppError `upstream`: nobody knows yet what became of it, and the sweep goes on with it
 */
export async function sendPayout(payoutId: string): Promise<SendEnd> {
  const end = await trySend(payoutId);
  if (end !== "nothing") await tellOfPayout(payoutId);
  return end;
}

async function trySend(payoutId: string): Promise<SendEnd> {
  const handle = await findStripe();
  const claimed = await asSystem("send-payout", (tx) => claim(tx, payoutId, handle !== null));
  if (typeof claimed === "string" || !handle) return claimed === "held" ? "held" : "nothing";
  try {
    const transfer = await sendOnce(handle.stripe, outgoing(claimed));
    await asSystem("send-payout", (tx) => noteSent(tx, JOB, transfer));
    return "sent";
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "upstream") throw error;
    return noteRefused(claimed, error);
  }
}

/** Approved payouts of a partner: what held them may be gone. */
export async function approvedPayouts(tx: Tx, partnerId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: partnerPayouts.id })
    .from(partnerPayouts)
    .where(and(eq(partnerPayouts.partnerId, partnerId), eq(partnerPayouts.status, "approved")));
  return rows.map(({ id }) => id);
}

const BATCH = 500;

/** Payouts that are to be sent: what is held for a reason is not in the way of what is not, however many are. */
export function findOpenPayouts(): Promise<{ id: string }[]> {
  const isHeld = sql`${partnerPayouts.heldReason} is not null`;
  return asSystem("sweep-payouts", (tx) =>
    tx
      .select({ id: partnerPayouts.id })
      .from(partnerPayouts)
      .where(and(inArray(partnerPayouts.status, ["approved", "sending"]), isNotNull(partnerPayouts.number)))
      .orderBy(isHeld, sql`random()`)
      .limit(BATCH),
  );
}

/** Sends what is approved and was not sent, or whose sender was lost. Gives how many were. */
export async function sweepPayouts(): Promise<{ sent: number; open: number }> {
  const open = await findOpenPayouts();
  let sent = 0;
  for (const { id } of open) {
    try {
      if ((await sendPayout(id)) === "sent") sent += 1;
    } catch (error) {
      log.warn({ err: error, payoutId: id }, "a payout could not be sent yet");
    }
  }
  return { sent, open: open.length };
}
