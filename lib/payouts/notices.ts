import "server-only";
import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { partnerPayouts } from "@/db/schema/partner-money";
import { jobScope } from "@/lib/auth/scope";
import { databaseTime } from "@/lib/clock";
import { log } from "@/lib/log";
import { centsToMicros, formatMicros } from "@/lib/money";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { notify } from "@/lib/notifications/notify";
import { asSentence } from "./moment";

type Payout = Pick<
  typeof partnerPayouts.$inferSelect,
  | "id"
  | "number"
  | "status"
  | "amountCents"
  | "reversedCents"
  | "attempt"
  | "heldReason"
  | "failure"
  | "stripePayoutId"
>;

/** What is told of a payout; the same `key` is told once. */
export type PayoutNotice = { key: string; title: string; body: string };

const HELD: Readonly<Record<string, string>> = {
  no_account: "Set up your account with Stripe under payouts: it is sent as soon as that can be paid.",
  not_payable:
    "Stripe does not let your account be paid yet. Look under payouts what it still wants to know; then it is sent by itself.",
};
const OURS =
  "There is nothing for you to do, and nothing of it is lost: it is sent as soon as that is possible.";

/** What the partner can mend is told again when it is not enough; what is ours is tried again every hour, and told once. */
const heldKey = (reason: string, attempt: number) =>
  HELD[reason] ? `held:${reason}:${attempt}` : `held:${reason}`;

const dollars = (cents: bigint) => formatMicros(centsToMicros(cents));

function stateNotice(payout: Payout): PayoutNotice | null {
  const { number, status, heldReason, failure, attempt } = payout;
  const of = `Payout ${number} of ${dollars(payout.amountCents)}`;
  switch (status) {
    case "approved":
    case "sending":
      // Without Stripe it is paid by bank transfer: that is no reason to worry anybody.
      return status === "approved" && heldReason && heldReason !== "stripe_off"
        ? { key: heldKey(heldReason, attempt), title: `${of} is held`, body: HELD[heldReason] ?? OURS }
        : {
            key: "approved",
            title: `${of} is approved`,
            body: "Its statement is ready. It is sent to you next.",
          };
    case "failed":
      return {
        key: `failed:${attempt}`,
        title: `${of} could not be sent`,
        body: `${asSentence(failure ?? "Stripe refused it")} ${OURS}`,
      };
    case "sent":
      return failure
        ? {
            key: `returned:${payout.stripePayoutId}`,
            title: `Your bank returned payout ${number} of ${dollars(payout.amountCents)}`,
            body: `${asSentence(failure)} The money is on your Stripe account: give another bank account there, and it is paid out again.`,
          }
        : {
            key: "sent",
            title: `${of} is sent`,
            body: "It is on your Stripe account, and goes from there to your bank.",
          };
    case "paid":
      return {
        key: `paid:${payout.stripePayoutId ?? ""}`,
        title: `${of} is paid`,
        body: "Its statement is under payouts, as PDF and as CSV.",
      };
    case "cancelled":
      return {
        key: "cancelled",
        title: `${of} is cancelled`,
        body: `${asSentence(failure ?? "It was not sent")} What it was made of goes into a later payout.`,
      };
    default:
      return null;
  }
}

/** What a partner is to be told of a payout as it stands; of a draft nothing. Pure. */
export function noticesOf(payout: Payout): PayoutNotice[] {
  if (payout.number === null) return [];
  const { reversedCents, number } = payout;
  const back: PayoutNotice[] =
    reversedCents > 0n
      ? [
          {
            key: `reversed:${reversedCents}`,
            title: `${dollars(reversedCents)} of payout ${number} came back`,
            body: "It counts as not paid: it is in your next payout, less what it was taken back for.",
          },
        ]
      : [];
  const state = stateNotice(payout);
  return [...(state ? [state] : []), ...back];
}

type Told = { payout: Payout; homeTenantId: string | null };

const TOLD = {
  payout: {
    id: partnerPayouts.id,
    number: partnerPayouts.number,
    status: partnerPayouts.status,
    amountCents: partnerPayouts.amountCents,
    reversedCents: partnerPayouts.reversedCents,
    attempt: partnerPayouts.attempt,
    heldReason: partnerPayouts.heldReason,
    failure: partnerPayouts.failure,
    stripePayoutId: partnerPayouts.stripePayoutId,
  },
  homeTenantId: partners.homeTenantId,
} as const;

/** A partner's people are told in the workspace that is their own. */
async function tell({ payout, homeTenantId }: Told): Promise<void> {
  if (!homeTenantId) return;
  const scope = await jobScope(homeTenantId, "payout-notices");
  await asWorker(scope, async (tx) => {
    for (const { key, title, body } of noticesOf(payout))
      await notify(tx, scope, {
        kind: "payout_update",
        title,
        body,
        href: `/partner/payouts/${payout.id}`,
        dedupeKey: `payout:${payout.id}:${key}`,
        to: { admins: true },
      });
  });
}

/** Tells the partner how its payout stands, after the commit that changed it. Never throws: the sweep makes up for it. */
export async function tellOfPayout(payoutId: string): Promise<void> {
  try {
    const [told] = await asSystem("payout-notices", (tx) =>
      tx
        .select(TOLD)
        .from(partnerPayouts)
        .innerJoin(partners, eq(partners.id, partnerPayouts.partnerId))
        .where(eq(partnerPayouts.id, payoutId)),
    );
    if (!told) return;
    await tell(told);
    await dispatchNotices();
  } catch (error) {
    log.warn({ err: error, payoutId }, "a partner could not be told of a payout; it is tried again");
  }
}

const BATCH = 500;

/** The same of all that changed within a day, for whoever was not told. @returns how many were looked at */
export async function tellPayouts(): Promise<number> {
  const rows = await asSystem("payout-notices", (tx) =>
    tx
      .select(TOLD)
      .from(partnerPayouts)
      .innerJoin(partners, eq(partners.id, partnerPayouts.partnerId))
      .where(
        and(
          isNotNull(partnerPayouts.number),
          gt(partnerPayouts.updatedAt, sql`${databaseTime()} - interval '1 day'`),
        ),
      )
      .orderBy(asc(partnerPayouts.id))
      .limit(BATCH),
  );
  for (const told of rows)
    await tell(told).catch((error) => log.warn({ err: error }, "a partner could not be told of a payout"));
  if (rows.length > 0) await dispatchNotices();
  return rows.length;
}
