import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import Stripe from "stripe";
import { afterAll, beforeAll, describe } from "vitest";
import { type StripeDouble, startStripe } from "../server";

/** What the contract is asked of: our double always, Stripe's sandbox where STRIPE_TEST_KEY names one. */
export type Target = {
  readonly stripe: Stripe;
  /** Null for Stripe itself. */
  readonly double: StripeDouble | null;
  /** Waits until something is so; on the double the time moves on, Stripe takes its own. */
  until<T>(look: () => Promise<T | null | undefined | false>): Promise<T>;
};

const TRIES = 40;
const STEP_SECONDS = 3600;
const WAIT_MS = 1500;

function target(stripe: Stripe, double: StripeDouble | null): Target {
  return {
    stripe,
    double,
    until: async (look) => {
      for (let turn = 0; turn < TRIES; turn++) {
        const found = await look();
        if (found) return found;
        if (double) double.world.clock.advance(STEP_SECONDS);
        else await sleep(WAIT_MS);
      }
      throw new Error("it did not come to be");
    },
  };
}

/** A client of a double, as the product has one. */
export function clientOf(double: StripeDouble): Stripe {
  return new Stripe(double.secretKey, {
    host: "127.0.0.1",
    port: double.port,
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

function sandbox(): Stripe | null {
  const key = process.env.STRIPE_TEST_KEY;
  if (!key) return null;
  if (!/^(sk|rk)_test_/.test(key)) throw new Error("STRIPE_TEST_KEY is not a test key");
  return new Stripe(key, { maxNetworkRetries: 2 });
}

/** Asks a part of the contract of every target. */
export function contract(name: string, ask: (of: () => Target) => void): void {
  describe(`${name}, of the double`, () => {
    let current: Target | undefined;
    beforeAll(async () => {
      const double = await startStripe();
      current = target(clientOf(double), double);
    });
    afterAll(() => current?.double?.close());
    ask(() => known(current));
  });
  describe.runIf(process.env.STRIPE_TEST_KEY)(`${name}, of Stripe`, () => {
    ask(() => {
      const stripe = sandbox();
      return known(stripe ? target(stripe, null) : undefined);
    });
  });
}

function known(current: Target | undefined): Target {
  if (!current) throw new Error("the target has not started");
  return current;
}

/** An idempotency key that no run has used. */
export const freshKey = () => `contract:${randomUUID()}`;

/** The error that a call ends in. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error("the call succeeded");
}

/** A payment by card that nobody has to be there for. */
export const BY_CARD = {
  allowed_payment_method_types: ["card"],
  automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  currency: "usd",
} satisfies Partial<Stripe.PaymentIntentCreateParams>;

/** A customer with a card that is saved and is the default. */
export async function customerWith(
  stripe: Stripe,
  card: string,
): Promise<{ customer: string; method: string }> {
  const customer = await stripe.customers.create({ name: "Contract" });
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return { customer: customer.id, method: method.id };
}
