import type Stripe from "stripe";

type FaultFacts = {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  advice_code?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
};

/** An answer that Stripe's API gives in place of an object. */
export class StripeFault extends Error {
  constructor(
    readonly status: number,
    readonly facts: FaultFacts,
  ) {
    super(facts.message);
  }

  /** The body as the API writes it. */
  body(requestId: string): Record<string, unknown> {
    const { code } = this.facts;
    const url = code ? { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}` } : {};
    return {
      error: {
        ...this.facts,
        ...url,
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
      },
    };
  }
}

/** A request that cannot be done: 400. */
export function invalid(message: string, facts: { code?: string; param?: string } = {}): StripeFault {
  return new StripeFault(400, { type: "invalid_request_error", message, ...facts });
}

/** `No such customer: 'cus_x'`: 404 where the address names it, 400 where a parameter does. */
export function missing(kind: string, id: string, param = "id"): StripeFault {
  const facts = { code: "resource_missing", message: `No such ${kind}: '${id}'`, param };
  return new StripeFault(param === "id" ? 404 : 400, { type: "invalid_request_error", ...facts });
}

/** An account that is not there, or not ours any more: Stripe does not say which. */
export function noAccess(account: string): StripeFault {
  const message = `The provided key does not have access to account '${account}' (or that account does not exist). Application access may have been revoked.`;
  return new StripeFault(403, { type: "invalid_request_error", code: "account_invalid", message });
}

/** The request needs another key than the one it came with: 401 and 403. */
export function refused(status: 401 | 403, message: string): StripeFault {
  return new StripeFault(status, { type: "invalid_request_error", message });
}
