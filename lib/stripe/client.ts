import "server-only";
import Stripe from "stripe";
import { AppError } from "@/lib/errors";
import { safeFetch } from "@/lib/http/safe-fetch";
import { type StripeSettings, stripeSettings } from "./settings";

export type StripeHandle = {
  readonly stripe: Stripe;
  readonly settings: StripeSettings;
  /** Whether money is moved, or only tested; null where the key does not say. */
  readonly isLive: boolean | null;
};

/** The version the shapes of `lib/stripe` were written for: an account's own default changes nothing here. */
const API_VERSION = "2026-10-28.endive";
const TIMEOUT_MS = 30_000;

/** Everything to Stripe leaves by the one door, to Stripe alone or to the double on this machine. */
function doorTo(apiBase: string | null): typeof fetch {
  const policy = apiBase
    ? { trustedHosts: [new URL(apiBase).host] }
    : { onlyHosts: ["api.stripe.com", "files.stripe.com"] };
  return (input, init = {}) =>
    safeFetch(
      input instanceof Request ? input.url : input,
      {
        method: init.method,
        headers: init.headers,
        // The SDK writes forms; nothing here uploads.
        body: typeof init.body === "string" && init.body !== "" ? init.body : undefined,
        signal: init.signal ?? undefined,
      },
      { ...policy, timeoutMs: TIMEOUT_MS, maxRedirects: 0 },
    );
}

function clientOf(secretKey: string, apiBase: string | null): Stripe {
  const base = apiBase ? new URL(apiBase) : null;
  return new Stripe(secretKey, {
    apiVersion: API_VERSION,
    httpClient: Stripe.createFetchHttpClient(doorTo(apiBase)),
    // A try again is ours to decide: what was asked is noted first, and how often.
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
    telemetry: false,
    ...(base ? { host: base.hostname, port: base.port, protocol: "http" } : {}),
  });
}

let known: { key: string; stripe: Stripe } | null = null;

/** Stripe with the keys of now; null where there are none, and bills are paid by bank transfer. */
export async function findStripe(): Promise<StripeHandle | null> {
  const settings = await stripeSettings();
  const secret = settings.secretKey?.reveal();
  if (!secret) return null;
  const key = `${settings.apiBase ?? ""} ${secret}`;
  if (known?.key !== key) known = { key, stripe: clientOf(secret, settings.apiBase) };
  const mode = /^[rs]k_(live|test)_/.exec(secret)?.[1];
  return { stripe: known.stripe, settings, isLive: mode ? mode === "live" : null };
}

/**
 * The same, for what cannot be done without.
 * @throws AppError `precondition`, reason `stripe_off`
 */
export async function getStripe(): Promise<StripeHandle> {
  const handle = await findStripe();
  if (handle) return handle;
  throw new AppError("precondition", "Cards are not accepted here yet. Pay by bank transfer.", {
    reason: "stripe_off",
  });
}
