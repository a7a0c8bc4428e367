import { vi } from "vitest";
import { type StripeDouble, startStripe } from "@/e2e/stripe/server";

export const WEBHOOK_SECRET = "whsec_ofTheTests";
export const CONNECT_WEBHOOK_SECRET = "whsec_ofTheTestsForAccounts";

/**
 * Starts a Stripe on loopback and points the settings at it. It loads nothing of the product and is for `vi.hoisted`: the
 * settings are read when the first module loads. With `hearsAccounts` also what happens to accounts of partners is heard. Its webhooks are handed over by `deliver`.
 */
export async function startTestStripe({ hearsAccounts = false } = {}): Promise<StripeDouble> {
  const double = await startStripe();
  double.webhooks.hold();
  vi.stubEnv("STRIPE_API_BASE", double.origin);
  vi.stubEnv("STRIPE_SECRET_KEY", double.secretKey);
  vi.stubEnv("STRIPE_PUBLISHABLE_KEY", double.publishableKey);
  vi.stubEnv("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
  if (hearsAccounts) vi.stubEnv("STRIPE_CONNECT_WEBHOOK_SECRET", CONNECT_WEBHOOK_SECRET);
  return double;
}
