import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { findStripe } from "@/lib/stripe/client";
import { chargeSaved } from "./pay-invoice";

/** How an invoice stands that somebody has just agreed to. `to_pay`: by card, on its page; `transfer`: no cards here. */
export type ChargedNow = "paid" | "processing" | "to_pay" | "transfer";

/**
 * Charges an invoice that somebody has just agreed to to the saved card. What the card does not pay (there is none, it is
 * declined, its bank asks a question) is paid on the invoice's page. Never throws for what the card says.
 */
export async function chargeNow(
  scope: TenantScope,
  { invoiceId }: { invoiceId: string },
): Promise<ChargedNow> {
  authorize(scope, "billing.pay");
  const handle = await findStripe();
  if (!handle?.settings.publishableKey) return "transfer";
  try {
    const { outcome } = await chargeSaved(handle.stripe, scope, { invoiceId, tryName: "agreed" });
    if (outcome === "succeeded") return "paid";
    return outcome === "processing" ? "processing" : "to_pay";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.reason === "nothing_due") return "paid";
    if (error.reason === "payment_under_way") return "processing";
    log.warn({ err: error, invoiceId }, "an invoice could not be charged at once");
    return "to_pay";
  }
}
