import { startStripe } from "../../e2e/stripe/server";

/** What the events of the Stripe on this machine are signed with. */
export const SECRETS = { account: "whsec_ofThisMachine", connect: "whsec_connectOfThisMachine" };

export type LocalStripe = {
  origin: string;
  /** What the product is started with to use it. */
  settings: Record<string, string>;
  close(): Promise<void>;
};

/** Starts a Stripe on this machine for the product that listens on `appPort`. */
export async function stripeFor(appPort: string, port: number): Promise<LocalStripe> {
  const webhooks = `http://127.0.0.1:${appPort}/api/webhooks/stripe`;
  const double = await startStripe({
    port,
    endpoints: [
      { url: webhooks, secret: SECRETS.account },
      { url: `${webhooks}/connect`, secret: SECRETS.connect, isConnect: true },
    ],
  });
  return {
    origin: double.origin,
    settings: {
      STRIPE_API_BASE: double.origin,
      STRIPE_SECRET_KEY: double.secretKey,
      STRIPE_PUBLISHABLE_KEY: double.publishableKey,
      STRIPE_WEBHOOK_SECRET: SECRETS.account,
      STRIPE_CONNECT_WEBHOOK_SECRET: SECRETS.connect,
    },
    close: () => double.close(),
  };
}
