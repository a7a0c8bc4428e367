import "server-only";
import { and, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { addressBlock } from "@/lib/auth/address";
import { authorize } from "@/lib/auth/authorize";
import type { RequestFacts } from "@/lib/auth/request";
import { jobScope } from "@/lib/auth/scope";
import { findHosted } from "@/lib/billing/hosted";
import { AppError } from "@/lib/errors";
import { consume } from "@/lib/rate-limit/consume";
import type { Limit } from "@/lib/rate-limit/limits";
import type { PayHostedInput, RefreshHostedInput } from "../input";
import type { StartedPayment } from "../started-payment";
import { openPayment } from "./pay-invoice";
import { lookAtPayment } from "./topup";

const HOUR_MS = 3_600_000;
/** Trying stolen cards on somebody's invoice is slow. */
const BY_ADDRESS: Limit = { name: "hosted-pay.address", max: 30, windowMs: HOUR_MS };
const BY_INVOICE: Limit = { name: "hosted-pay.invoice", max: 30, windowMs: HOUR_MS };

async function enter(token: string, requestId: string | undefined) {
  const { invoiceId, tenantId } = await findHosted(token);
  const scope = await jobScope(tenantId, "hosted-invoice", requestId);
  authorize(scope, "billing.pay_by_address");
  return { invoiceId, scope };
}

/**
 * Begins to pay the invoice behind a secret address, with a new card. What is open already is the same payment.
 * @throws AppError `not_found`; `rate_limited`; `precondition` (`nothing_due`, `payment_under_way`, `stripe_off`);
 * `upstream`
 */
export async function payHosted(facts: RequestFacts, input: PayHostedInput): Promise<StartedPayment> {
  const { invoiceId, scope } = await enter(input.token, facts.requestId);
  await consume([
    { limit: BY_ADDRESS, subject: addressBlock(facts.ip) },
    { limit: BY_INVOICE, subject: invoiceId },
  ]);
  return openPayment({ invoiceId, requestKey: input.requestKey, methodId: null }, scope);
}

/** How a payment of the invoice behind a secret address is. @throws AppError `not_found`; `upstream` */
export async function refreshHosted(
  facts: RequestFacts,
  { token, paymentId }: RefreshHostedInput,
): Promise<{ status: string; failure: string | null }> {
  const { invoiceId, scope } = await enter(token, facts.requestId);
  const [own] = await asSystem("hosted-invoice", (tx) =>
    tx
      .select({ id: payments.id })
      .from(payments)
      .where(
        and(
          eq(payments.tenantId, scope.tenantId),
          eq(payments.invoiceId, invoiceId),
          eq(payments.id, paymentId),
        ),
      ),
  );
  if (!own) throw new AppError("not_found", "This payment does not exist.");
  return lookAtPayment(paymentId, scope);
}
