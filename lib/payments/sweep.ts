import "server-only";
import { and, eq, inArray, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { autoTopups } from "@/db/schema/caps";
import { payments, refunds, topups } from "@/db/schema/payments";
import { wallets } from "@/db/schema/wallets";
import { IN_ANY_ORDER } from "@/lib/any-order";
import { jobScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { getStripe } from "@/lib/stripe/client";
import { ownLeft } from "@/lib/wallet/store";
import { cancelUnsent, endIntent, takeBack } from "./charge";
import { goOnSending, unsentCollections } from "./collect/sweep";
import { runAutoTopup } from "./commands/auto-topup";
import { sendRefund } from "./commands/refund";
import { ensureCustomer } from "./customer";

const BATCH = 100;

type Stale = { paymentId: string; tenantId: string; intentId: string };
type Unsent = { paymentId: string; tenantId: string };

/** Credit that somebody began to buy a day ago and has not paid. */
async function stalePayments(): Promise<Stale[]> {
  const rows = await asSystem("sweep-payments", (tx) =>
    tx
      .select({
        paymentId: payments.id,
        tenantId: payments.tenantId,
        intentId: payments.stripePaymentIntentId,
      })
      .from(payments)
      .innerJoin(topups, and(eq(topups.tenantId, payments.tenantId), eq(topups.id, payments.topupId)))
      .where(
        and(
          eq(topups.status, "pending"),
          inArray(payments.status, ["pending", "requires_action", "failed"]),
          isNotNull(payments.stripePaymentIntentId),
          lt(payments.createdAt, sql`now() - interval '1 day'`),
        ),
      )
      .orderBy(IN_ANY_ORDER)
      .limit(BATCH),
  );
  return rows.map((row) => ({ ...row, intentId: row.intentId ?? "" }));
}

/** Asks Stripe how it is; what can still be taken back is. */
async function endPayment({ paymentId, tenantId, intentId }: Stale): Promise<void> {
  const { stripe } = await getStripe();
  await endIntent(stripe, tenantId, paymentId, await stripe.paymentIntents.retrieve(intentId));
}

/** Card payments that were noted, and that Stripe has not answered within the hour: of an invoice they bar every other. */
async function unsentPayments(): Promise<Unsent[]> {
  return asSystem("sweep-payments", (tx) =>
    tx
      .select({ paymentId: payments.id, tenantId: payments.tenantId })
      .from(payments)
      .where(
        and(
          eq(payments.status, "pending"),
          eq(payments.method, "card"),
          isNull(payments.stripePaymentIntentId),
          lt(payments.createdAt, sql`now() - interval '1 hour'`),
        ),
      )
      .orderBy(IN_ANY_ORDER)
      .limit(BATCH),
  );
}

/** Whoever has ended their plan has no customer that could be looked through. */
function noPayer(error: unknown): null {
  if (error instanceof AppError && error.reason === "no_subscription") return null;
  throw error;
}

async function endUnsent({ paymentId, tenantId }: Unsent): Promise<void> {
  const { stripe } = await getStripe();
  const customer = await ensureCustomer(stripe, await jobScope(tenantId, "sweep-payments")).catch(noPayer);
  if (customer === null) await cancelUnsent(tenantId, paymentId);
  else await takeBack(stripe, tenantId, customer, { paymentId, intentId: null });
}

/** Refunds that are noted here and that Stripe may not have heard of. */
async function unsentRefunds() {
  return asSystem("sweep-payments", (tx) =>
    tx
      .select({
        id: refunds.id,
        tenantId: refunds.tenantId,
        amountCents: refunds.amountCents,
        intentId: sql<string>`${payments.stripePaymentIntentId}`,
      })
      .from(refunds)
      .innerJoin(payments, and(eq(payments.tenantId, refunds.tenantId), eq(payments.id, refunds.paymentId)))
      .where(
        and(
          eq(refunds.status, "pending"),
          isNull(refunds.stripeRefundId),
          isNotNull(payments.stripePaymentIntentId),
          lt(refunds.createdAt, sql`now() - interval '1 minute'`),
        ),
      )
      .orderBy(IN_ANY_ORDER)
      .limit(BATCH),
  );
}

/** Tenants whose credit runs low and who want it bought by itself: the word of it may have been lost. */
async function lowTenants(): Promise<string[]> {
  const rows = await asSystem("sweep-payments", (tx) =>
    tx
      .select({ tenantId: autoTopups.tenantId })
      .from(autoTopups)
      .innerJoin(wallets, eq(wallets.tenantId, autoTopups.tenantId))
      .where(and(eq(autoTopups.isOn, true), lt(ownLeft, autoTopups.threshold)))
      .orderBy(IN_ANY_ORDER)
      .limit(BATCH),
  );
  return rows.map((row) => row.tenantId);
}

async function buyFor(tenantId: string): Promise<void> {
  await runAutoTopup(await jobScope(tenantId, "top-up"));
}

async function each<T>(rows: readonly T[], work: (row: T) => Promise<void>): Promise<number> {
  let done = 0;
  for (const row of rows) {
    try {
      await work(row);
      done += 1;
    } catch (error) {
      log.warn({ err: error }, "a payment could not be swept; it is tried again");
    }
  }
  return done;
}

/**
 * Ends payments that nobody finished, brings invoices to Stripe whose way there was cut off, asks again for refunds whose
 * call was lost, and looks for low credit. @returns how many of each
 */
export async function sweepPayments(): Promise<{
  ended: number;
  collected: number;
  refunded: number;
  bought: number;
}> {
  return {
    ended: (await each(await stalePayments(), endPayment)) + (await each(await unsentPayments(), endUnsent)),
    collected: await each(await unsentCollections(), goOnSending),
    refunded: await each(await unsentRefunds(), sendRefund),
    bought: await each(await lowTenants(), buyFor),
  };
}
