import { and, eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { paymentMethods } from "@/db/schema/payments";
import { audit } from "@/lib/audit/record";
import { type Applied, handler, type StoredEvent } from "@/lib/stripe/event-handler";
import { findDefault, lockPayer, STRIPE, setDefault, tenantOfCustomer, unlinkCustomer } from "../store";

type AnyCustomer = Stripe.Customer | Stripe.DeletedCustomer;
type Fetched = { method: Stripe.PaymentMethod; customer: AnyCustomer | null };

const IGNORED: Applied = { outcome: "ignored" };
const DONE: Applied = { outcome: "done" };

/** The method as it is now, with its owner: that of the event where it was taken away since. */
async function fetchMethod(stripe: Stripe, id: string): Promise<Fetched> {
  const method = await stripe.paymentMethods.retrieve(id, { expand: ["customer"] });
  const { customer } = method;
  return {
    method,
    customer: typeof customer === "string" ? await stripe.customers.retrieve(customer) : customer,
  };
}

/**
 * Notes a card as it is at Stripe; the first one becomes the one that is charged. One that was taken away stays away: it
 * cannot be attached again, so whoever says it is there looked before.
 */
export async function keepMethod(tx: Tx, { method, customer }: Fetched): Promise<Applied> {
  if (!customer) return dropMethod(tx, method.id);
  const tenantId = await tenantOfCustomer(tx, customer);
  if (!tenantId) return IGNORED;
  await lockPayer(tx, tenantId);
  const shown = {
    type: method.type,
    brand: method.card?.brand ?? null,
    last4: method.card?.last4 ?? null,
    expMonth: method.card?.exp_month ?? null,
    expYear: method.card?.exp_year ?? null,
    fingerprint: method.card?.fingerprint ?? null,
    stripeCustomerId: customer.id,
    status: "active",
  };
  const [kept] = await tx
    .insert(paymentMethods)
    .values({ tenantId, stripePaymentMethodId: method.id, ...shown })
    .onConflictDoUpdate({
      target: paymentMethods.stripePaymentMethodId,
      set: { ...shown, updatedAt: sql`now()` },
      setWhere: and(eq(paymentMethods.tenantId, tenantId), eq(paymentMethods.status, "active")),
    })
    .returning({ id: paymentMethods.id, isNew: sql<boolean>`xmax = 0` });
  if (!kept) return IGNORED;
  if (!(await findDefault(tx, tenantId))) await setDefault(tx, tenantId, kept.id);
  if (kept.isNew) {
    await audit(tx, STRIPE, {
      action: "payment_method.add",
      targetType: "payment_method",
      targetId: kept.id,
      tenantId,
      after: { brand: shown.brand, last4: shown.last4 },
    });
  }
  return DONE;
}

/** The card was taken away at Stripe. */
async function dropMethod(tx: Tx, stripeId: string): Promise<Applied> {
  const [dropped] = await tx
    .update(paymentMethods)
    .set({ status: "detached", isDefault: false, updatedAt: sql`now()` })
    .where(and(eq(paymentMethods.stripePaymentMethodId, stripeId), eq(paymentMethods.status, "active")))
    .returning({ id: paymentMethods.id, tenantId: paymentMethods.tenantId, last4: paymentMethods.last4 });
  if (dropped) {
    await audit(tx, STRIPE, {
      action: "payment_method.remove",
      targetType: "payment_method",
      targetId: dropped.id,
      tenantId: dropped.tenantId,
      before: { last4: dropped.last4 },
    });
  }
  return DONE;
}

/** A method was attached, changed by its bank, or taken away. */
export const methodChanged = handler(
  (stripe, event: StoredEvent) => fetchMethod(stripe, event.objectId),
  (tx, fetched) => keepMethod(tx, fetched),
);

/** The card that a form saved; null when it saved none. */
export async function fetchSetup(stripe: Stripe, setup: Stripe.SetupIntent): Promise<Fetched | null> {
  const isSaved = setup.status === "succeeded" && typeof setup.payment_method === "string";
  return isSaved ? fetchMethod(stripe, String(setup.payment_method)) : null;
}

/** A card was saved by a form. What became of one that was refused, its form says. */
export const setupEnded = handler(
  async (stripe, event) => fetchSetup(stripe, await stripe.setupIntents.retrieve(event.objectId)),
  async (tx, fetched) => (fetched?.customer ? keepMethod(tx, fetched) : IGNORED),
);

/**
 * The default was chosen at Stripe. That none is chosen there says nothing about ours. Where another was chosen here since
 * `seenAt`, it is looked at anew: what is newer is never overwritten.
 */
async function followDefault(tx: Tx, customer: Stripe.Customer, seenAt: Date): Promise<Applied> {
  const tenantId = await tenantOfCustomer(tx, customer);
  if (!tenantId) return IGNORED;
  const chosen = customer.invoice_settings.default_payment_method;
  if (typeof chosen !== "string") return DONE;
  await lockPayer(tx, tenantId);
  const cards = await tx
    .select({
      id: paymentMethods.id,
      stripeId: paymentMethods.stripePaymentMethodId,
      isDefault: paymentMethods.isDefault,
      updatedAt: paymentMethods.updatedAt,
    })
    .from(paymentMethods)
    .where(and(eq(paymentMethods.tenantId, tenantId), eq(paymentMethods.status, "active")));
  const method = cards.find(({ stripeId }) => stripeId === chosen);
  if (!method) return { outcome: "later" };
  if (method.isDefault) return DONE;
  if (cards.some((card) => card.isDefault && card.updatedAt > seenAt)) return { outcome: "later" };
  await setDefault(tx, tenantId, method.id);
  return DONE;
}

/** With the customer all their cards are gone; the next card that is saved makes a new one. */
async function dropAll(tx: Tx, customerId: string): Promise<Applied> {
  const dropped = await tx
    .update(paymentMethods)
    .set({ status: "detached", isDefault: false, updatedAt: sql`now()` })
    .where(and(eq(paymentMethods.stripeCustomerId, customerId), eq(paymentMethods.status, "active")))
    .returning({ id: paymentMethods.id, tenantId: paymentMethods.tenantId });
  for (const { id, tenantId } of dropped) {
    await audit(tx, STRIPE, {
      action: "payment_method.remove",
      targetType: "payment_method",
      targetId: id,
      tenantId,
      reason: "The customer was deleted at Stripe.",
    });
  }
  const isOurs = await unlinkCustomer(tx, customerId);
  return isOurs || dropped.length > 0 ? DONE : IGNORED;
}

/** A customer was changed or deleted at Stripe. */
export const customerChanged = handler(
  async (stripe, event) => {
    // By the clock that rows are stamped with.
    const seenAt = new Date();
    return { customer: await stripe.customers.retrieve(event.objectId), seenAt };
  },
  (tx, { customer, seenAt }) =>
    customer.deleted ? dropAll(tx, customer.id) : followDefault(tx, customer, seenAt),
);
