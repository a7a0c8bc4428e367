import { AppError } from "@/lib/errors";
import type { StripeSettings } from "@/lib/stripe/settings";

/** What a browser needs to reach Stripe. */
export type BrowserKeys = {
  publishableKey: string;
  /** The script of a Stripe on this machine; null for Stripe's own. */
  scriptUrl: string | null;
};

/** What a browser needs to show a card form. */
export type CardForm = BrowserKeys & { clientSecret: string };

/** @throws AppError `precondition` (`stripe_off`) without a publishable key */
export function browserKeys({ publishableKey, apiBase }: StripeSettings): BrowserKeys {
  if (publishableKey) return { publishableKey, scriptUrl: apiBase ? `${apiBase}/stripe.js` : null };
  throw new AppError("precondition", "Cards are not accepted here yet. Pay by bank transfer.", {
    reason: "stripe_off",
  });
}
