import Stripe from "stripe";
import { AppError } from "@/lib/errors";

/** What is kept of an error of Stripe's: nothing that a log or a person may not see. */
export type StripeFailure = {
  readonly type: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly declineCode: string | null;
  readonly message: string;
  /** The payment that was declined. */
  readonly paymentIntentId: string | null;
};

/** @returns null for errors that are none of Stripe's */
export function failureOf(error: unknown): StripeFailure | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  return {
    type: error.type,
    status: error.statusCode ?? null,
    code: error.code ?? null,
    declineCode: error.decline_code ?? null,
    message: error.message,
    paymentIntentId: error.payment_intent?.id ?? null,
  };
}

const KEY_REFUSED = "stripe_key_refused";

/** Stripe does not know our key, or does not let it do this: the call never began. */
export function isKeyRefused({ status }: Pick<StripeFailure, "status">): boolean {
  return status === 401 || status === 403;
}

/**
 * Whether the same call may be sent again under the same key: nothing came back, it was asked to wait, or it never began
 * because our key was not accepted.
 */
export function isUnanswered(failure: StripeFailure): boolean {
  const { status, code } = failure;
  const isToWait = status === 429 || code === "idempotency_key_in_use" || code === "lock_timeout";
  return status === null || isToWait || isKeyRefused(failure);
}

/** Whether Stripe's answer stands: a card that was declined, and a key that means something else there. */
export function isFinal({ type }: Pick<StripeFailure, "type">): boolean {
  return type === "StripeCardError" || type === "StripeIdempotencyError";
}

/** It says nothing of what was asked: the same is to be asked again, once Stripe answers, or takes our key. */
export function isToAskAgain({ code, reason }: AppError): boolean {
  return code === "upstream" || reason === KEY_REFUSED;
}

/** A failure as the product tells it. Cards are refused in the bank's words; what is ours to mend is not shown. */
export function toAppError(failure: StripeFailure, cause?: unknown): AppError {
  if (failure.type === "StripeCardError") {
    const reason = failure.declineCode ?? failure.code ?? "card_declined";
    return new AppError("precondition", failure.message, { reason, cause });
  }
  if (isKeyRefused(failure)) {
    const message = "Stripe does not accept our key. An administrator has to check it.";
    return new AppError("precondition", message, { reason: KEY_REFUSED, cause });
  }
  if (isUnanswered(failure) || (failure.status ?? 0) >= 500) {
    return new AppError("upstream", "Stripe did not answer. Try again in a moment.", { cause });
  }
  return new AppError("internal", undefined, { reason: failure.code ?? "stripe_refused", cause });
}
