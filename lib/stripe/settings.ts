import "server-only";
import { inArray } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { systemConfigs } from "@/db/schema/config";
import { env } from "@/lib/env";
import { openConfigValue } from "@/lib/secrets/config-values";
import { Secret } from "@/lib/secrets/secret";

export type StripeSettings = {
  readonly secretKey: Secret | null;
  readonly publishableKey: string | null;
  readonly webhookSecrets: Readonly<Record<StripeEndpoint, Secret | null>>;
  /** Where a Stripe on this machine answers; null for Stripe itself. */
  readonly apiBase: string | null;
};

/** The two endpoints at Stripe that call us: of our own account, and of the accounts of partners. */
export type StripeEndpoint = "account" | "connect";

const KEYS = [
  "stripe.secret_key",
  "stripe.publishable_key",
  "stripe.webhook_secret",
  "stripe.connect_webhook_secret",
] as const;

/** The keys of Stripe: the environment's, else those of the admin console. */
export async function stripeSettings(): Promise<StripeSettings> {
  const from = env();
  const rows = await asSystem("stripe-settings", (tx) =>
    tx
      .select({ key: systemConfigs.key, value: systemConfigs.value, isEncrypted: systemConfigs.isEncrypted })
      .from(systemConfigs)
      .where(inArray(systemConfigs.key, [...KEYS])),
  );
  const stored = new Map(rows.map((row) => [row.key, row]));
  const chosen = (set: string | undefined, key: (typeof KEYS)[number]): Secret | null => {
    const row = stored.get(key);
    if (set) return new Secret(set);
    return row ? openConfigValue(row) : null;
  };
  return {
    secretKey: chosen(from.STRIPE_SECRET_KEY, "stripe.secret_key"),
    publishableKey: chosen(from.STRIPE_PUBLISHABLE_KEY, "stripe.publishable_key")?.reveal() ?? null,
    webhookSecrets: {
      account: chosen(from.STRIPE_WEBHOOK_SECRET, "stripe.webhook_secret"),
      connect: chosen(from.STRIPE_CONNECT_WEBHOOK_SECRET, "stripe.connect_webhook_secret"),
    },
    apiBase: from.STRIPE_API_BASE ?? null,
  };
}

/** Whether cards are accepted at all; without keys bills are paid by bank transfer. */
export async function cardsAreOn(): Promise<boolean> {
  const { secretKey, publishableKey } = await stripeSettings();
  return secretKey !== null && publishableKey !== null;
}
