import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem } from "@/db/access";
import { paymentMethods } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { getStripe } from "@/lib/stripe/client";
import { failureOf, toAppError } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import { type Outgoing, sendOnce } from "@/lib/stripe/request";
import { browserKeys, type CardForm } from "../card-form";
import { ensureCustomer } from "../customer";
import { fetchSetup, keepMethod } from "../events/methods";
import type { ChooseMethodInput, RefreshSetupInput, RemoveMethodInput, StartSetupInput } from "../input";
import { lockPayer, type OurMetadata, setDefault } from "../store";

function setup(tenantId: string, customer: string, nonce: string): Outgoing<Stripe.SetupIntent> {
  const metadata: OurMetadata & { nonce: string } = { tenant_id: tenantId, nonce };
  return {
    key: stripeKeys.setup(tenantId, nonce),
    operation: "setup_intent.create",
    body: { customer, metadata },
    tenantId,
    target: { type: "tenant", id: tenantId },
    send: (stripe, options) =>
      stripe.setupIntents.create(
        { customer, metadata, usage: "off_session", allowed_payment_method_types: ["card"] },
        options,
      ),
    get: (stripe, id) => stripe.setupIntents.retrieve(id),
    find: async (stripe) => {
      const { data } = await stripe.setupIntents.list({ customer, limit: 100 });
      return data.find((one) => one.metadata?.nonce === nonce) ?? null;
    },
  };
}

/**
 * Begins saving a card. The card itself goes from the browser to Stripe; it is ours to show once Stripe says so.
 * @throws AppError `precondition` (`stripe_off`, `no_subscription`)
 */
export async function startSetup(scope: TenantScope, input: StartSetupInput): Promise<CardForm> {
  authorize(scope, "billing.pay");
  const { stripe, settings } = await getStripe();
  const keys = browserKeys(settings);
  const customer = await ensureCustomer(stripe, scope);
  const { client_secret } = await sendOnce(stripe, setup(scope.tenantId, customer, input.requestKey));
  if (!client_secret) throw new AppError("internal");
  return { ...keys, clientSecret: client_secret };
}

/**
 * Asks Stripe what became of a card form, and keeps the card if it was saved: what the event would do, at once.
 * @throws AppError `not_found` for a form of somebody else's, `upstream`
 */
export async function refreshSetup(
  scope: TenantScope,
  input: RefreshSetupInput,
): Promise<{ isSaved: boolean }> {
  authorize(scope, "billing.pay");
  const { stripe } = await getStripe();
  const setup = await findSetup(stripe, input.setupIntentId);
  if (setup?.metadata?.tenant_id !== scope.tenantId) throw new AppError("not_found");
  const fetched = await fetchSetup(stripe, setup);
  if (!fetched) return { isSaved: false };
  const { outcome } = await asSystem("payment-method", (tx) => keepMethod(tx, fetched));
  return { isSaved: outcome === "done" };
}

async function findSetup(stripe: Stripe, id: string): Promise<Stripe.SetupIntent | null> {
  try {
    return await stripe.setupIntents.retrieve(id);
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.status === 404) return null;
    throw failure ? toAppError(failure, error) : error;
  }
}

type OwnMethod = {
  id: string;
  stripeId: string;
  customerId: string;
  last4: string | null;
  isDefault: boolean;
};

async function findOwn(scope: TenantScope, methodId: string): Promise<OwnMethod> {
  const [row] = await asSystem("payment-method", (tx) =>
    tx
      .select({
        id: paymentMethods.id,
        stripeId: paymentMethods.stripePaymentMethodId,
        customerId: paymentMethods.stripeCustomerId,
        last4: paymentMethods.last4,
        isDefault: sql<boolean>`coalesce(${paymentMethods.isDefault}, false)`,
      })
      .from(paymentMethods)
      .where(
        and(
          eq(paymentMethods.tenantId, scope.tenantId),
          eq(paymentMethods.id, methodId),
          eq(paymentMethods.status, "active"),
        ),
      ),
  );
  if (!row) throw new AppError("not_found", "This card is not saved here.");
  return row;
}

/**
 * Chooses the card that is charged when nobody is there.
 * @throws AppError `not_found` for a card that is not this workspace's
 */
export async function setDefaultMethod(scope: TenantScope, input: ChooseMethodInput): Promise<void> {
  authorize(scope, "billing.pay");
  const method = await findOwn(scope, input.methodId);
  const { stripe } = await getStripe();
  await sendOnce(stripe, {
    key: stripeKeys.defaultMethod(scope.tenantId, input.requestKey),
    operation: "customer.update",
    body: { customer: method.customerId, default: method.stripeId },
    tenantId: scope.tenantId,
    target: { type: "payment_method", id: method.id },
    send: (client, options) =>
      client.customers.update(
        method.customerId,
        { invoice_settings: { default_payment_method: method.stripeId } },
        options,
      ),
    get: async () => ({ id: method.customerId }),
    // Setting it again changes nothing.
    find: async () => null,
  });
  await asSystem("payment-method", async (tx) => {
    await lockPayer(tx, scope.tenantId);
    await setDefault(tx, scope.tenantId, method.id);
    await audit(tx, scope, {
      action: "payment_method.choose",
      targetType: "payment_method",
      targetId: method.id,
      after: { last4: method.last4 },
    });
  });
}

/**
 * Takes a card away, at Stripe and here. A second click finds it gone.
 * @throws AppError `not_found`
 */
export async function removeMethod(scope: TenantScope, input: RemoveMethodInput): Promise<void> {
  authorize(scope, "billing.pay");
  const method = await findOwn(scope, input.methodId);
  const { stripe } = await getStripe();
  await sendOnce(stripe, {
    key: stripeKeys.detach(method.id),
    operation: "payment_method.detach",
    body: { method: method.stripeId },
    tenantId: scope.tenantId,
    target: { type: "payment_method", id: method.id },
    send: (client, options) => client.paymentMethods.detach(method.stripeId, {}, options),
    get: async () => ({ id: method.stripeId }),
    find: async (client) => {
      const now = await client.paymentMethods.retrieve(method.stripeId);
      return now.customer === null ? now : null;
    },
  });
  await asSystem("payment-method", async (tx) => {
    await lockPayer(tx, scope.tenantId);
    await tx
      .update(paymentMethods)
      .set({ status: "detached", isDefault: false, updatedAt: sql`now()` })
      .where(and(eq(paymentMethods.tenantId, scope.tenantId), eq(paymentMethods.id, method.id)));
    await audit(tx, scope, {
      action: "payment_method.remove",
      targetType: "payment_method",
      targetId: method.id,
      before: { last4: method.last4, isDefault: method.isDefault },
    });
  });
}
