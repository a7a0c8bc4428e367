import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asSystem, asTenant, type Tx } from "@/db/access";
import { autoTopups } from "@/db/schema/caps";
import { payments, topups } from "@/db/schema/payments";
import { wallets } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { formatMicros, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { presentTime } from "@/lib/present-time";
import { findStripe } from "@/lib/stripe/client";
import { failureOf, isToAskAgain } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import { sendOnce } from "@/lib/stripe/request";
import { ownLeft } from "@/lib/wallet/store";
import { boughtAlone } from "../auto-topup-month";
import { autoTopupDue, triedAgainAt } from "../auto-topup-rules";
import { ensureCustomer } from "../customer";
import type { SaveAutoTopupInput } from "../input";
import { cancelOf, intentOf } from "../intent";
import { findCard, noteIntent, savedCard } from "../payment-state";
import { findDefault } from "../store";
import { orderColumns } from "../topup-order";
import { topupDeclined } from "../topups";

/**
 * Sets when credit is bought by itself, how much, and at most how much in a month. Saving it starts over after failures.
 * @throws AppError `invalid` when it is turned on without a saved card
 */
export async function saveAutoTopup(scope: TenantScope, input: SaveAutoTopupInput): Promise<void> {
  authorize(scope, "billing.pay");
  const { tenantId } = scope;
  const values = {
    isOn: input.isOn,
    threshold: microsToNumeric(input.threshold),
    amount: microsToNumeric(input.amount),
    monthlyMax: microsToNumeric(input.monthlyMax),
    failures: 0,
    disabledReason: null,
  };
  await asTenant(scope, async (tx) => {
    if (input.isOn && !(await findDefault(tx, tenantId))) {
      throw fieldError("isOn", "Save a card first: it is charged while nobody is there.");
    }
    const [before] = await tx
      .select()
      .from(autoTopups)
      .where(eq(autoTopups.tenantId, tenantId))
      .for("update");
    await tx
      .insert(autoTopups)
      .values({ tenantId, ...values })
      .onConflictDoUpdate({ target: autoTopups.tenantId, set: { ...values, updatedAt: sql`now()` } });
    await audit(tx, scope, {
      action: "billing.auto_topup",
      targetType: "tenant",
      targetId: tenantId,
      before: before
        ? {
            isOn: before.isOn,
            threshold: before.threshold,
            amount: before.amount,
            monthlyMax: before.monthlyMax,
          }
        : null,
      after: {
        isOn: values.isOn,
        threshold: values.threshold,
        amount: values.amount,
        monthlyMax: values.monthlyMax,
      },
    });
  });
}

function isTooSoon(auto: Parameters<typeof triedAgainAt>[0], now: Date): boolean {
  const at = triedAgainAt(auto);
  return at !== null && now < at;
}

type Due = { topupId: string; paymentId: string; amount: Micros; totalCents: bigint; method: string };

/** What is left without a debt, and what was bought this month. */
async function figures(tx: Tx, tenantId: string): Promise<{ left: Micros; bought: Micros }> {
  const [wallet] = await tx
    .select({ left: sql<string>`(${ownLeft})::numeric(18,6)` })
    .from(wallets)
    .where(eq(wallets.tenantId, tenantId));
  return { left: microsFromNumeric(wallet?.left ?? "0"), bought: await boughtAlone(tx, tenantId) };
}

/** Notes the top-up that is due, or finds the one that is under way. One at a time: the row of settings is held. */
async function planTopup(tx: Tx, scope: TenantScope): Promise<Due | null> {
  const { tenantId } = scope;
  const [row] = await tx.select().from(autoTopups).where(eq(autoTopups.tenantId, tenantId)).for("update");
  if (!row?.isOn || isTooSoon(row, await presentTime(tx))) return null;
  const [open] = await tx
    .select({
      topupId: topups.id,
      paymentId: payments.id,
      amount: topups.amount,
      totalCents: topups.totalCents,
      methodId: payments.paymentMethodId,
    })
    .from(topups)
    .innerJoin(payments, and(eq(payments.tenantId, topups.tenantId), eq(payments.topupId, topups.id)))
    .where(and(eq(topups.tenantId, tenantId), eq(topups.kind, "auto"), eq(topups.status, "pending")));
  if (open) {
    // With the card it was begun with: under its key nothing else may be asked. Without that card the sweep ends it.
    const method = open.methodId && (await findCard(tx, tenantId, open.methodId));
    return method ? { ...open, amount: microsFromNumeric(open.amount), method } : null;
  }
  const methodId = await findDefault(tx, tenantId);
  if (!methodId) return null;
  const method = await savedCard(tx, tenantId, methodId);
  const { left, bought } = await figures(tx, tenantId);
  const auto = {
    isOn: row.isOn,
    threshold: microsFromNumeric(row.threshold),
    amount: microsFromNumeric(row.amount),
    monthlyMax: microsFromNumeric(row.monthlyMax),
  };
  const amount = autoTopupDue(auto, left, bought);
  if (amount === null) return null;
  const [topupId, paymentId] = [newId(), newId()];
  const order = await orderColumns(tx, tenantId, amount);
  const { totalCents } = order;
  const requestKey = `auto:${topupId}`;
  await tx.insert(topups).values({ ...order, id: topupId, tenantId, kind: "auto", requestKey });
  await tx.insert(payments).values({
    id: paymentId,
    tenantId,
    topupId,
    method: "card",
    amountCents: totalCents,
    requestKey,
    paymentMethodId: methodId,
  });
  await audit(tx, scope, {
    action: "topup.order",
    targetType: "topup",
    targetId: topupId,
    after: { amount: order.amount, totalCents: String(totalCents), isAutomatic: true },
  });
  return { topupId, paymentId, amount, totalCents, method };
}

export type AutoTopupEnd = "not_due" | "paid" | "processing" | "failed";

/**
 * Buys credit with the saved card when it runs low, within the month's maximum; none in a suspended workspace, which could
 * not use it. One is under way at a time; a call whose answer was lost goes on under its own key, and after three failures
 * in a row it is turned off.
 * @throws AppError `upstream`: it is tried again by the sweep
 */
export async function runAutoTopup(scope: TenantScope): Promise<AutoTopupEnd> {
  authorize(scope, "billing.charge");
  const { tenantId } = scope;
  const handle = scope.tenantStatus === "active" ? await findStripe() : null;
  if (!handle) return "not_due";
  const due = await asSystem("auto-topup", (tx) => planTopup(tx, scope));
  if (!due) return "not_due";
  const { stripe } = handle;
  const customer = await ensureCustomer(stripe, scope);
  const order = intentOf({
    key: stripeKeys.topup(due.topupId),
    tenantId,
    paymentId: due.paymentId,
    topupId: due.topupId,
    amountCents: due.totalCents,
    customer,
    method: due.method,
    saveCard: false,
    description: `${formatMicros(due.amount)} of credit, bought automatically`,
    isOffSession: true,
  });
  try {
    const intent = await sendOnce(stripe, order);
    await noteIntent(intent);
    return intent.status === "succeeded" ? "paid" : "processing";
  } catch (error) {
    if (!(error instanceof AppError) || isToAskAgain(error)) throw error;
    const id = failureOf(error.cause)?.paymentIntentId ?? (await order.find(stripe))?.id;
    if (id) {
      await noteIntent(await stripe.paymentIntents.retrieve(id));
      await noteIntent(await sendOnce(stripe, cancelOf(due.paymentId, tenantId, id)));
    } else {
      await asSystem("auto-topup", (tx) => topupDeclined(tx, tenantId, due.topupId, error.message));
    }
    return "failed";
  }
}
