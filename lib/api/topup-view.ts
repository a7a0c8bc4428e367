import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import type { Micros } from "@/lib/money";
import { startTopup } from "@/lib/payments/commands/topup";
import { orderTransfer } from "@/lib/payments/commands/transfer";
import { requireAmount } from "@/lib/payments/topup-order";
import { findTopupOf, type TopupView } from "@/lib/payments/topup-queries";
import { cardsAreOn } from "@/lib/stripe/settings";
import type { TopUpOut } from "./operations/topups";

/** A top-up, with how it is paid while it is not. */
export function topupView({
  taxCents,
  totalCents,
  isBegun: _,
  isOpen,
  reference,
  ...topup
}: TopupView): TopUpOut {
  return {
    ...topup,
    kind: topup.kind as TopUpOut["kind"],
    status: topup.status as TopUpOut["status"],
    tax: String(taxCents),
    total: String(totalCents),
    pay: isOpen
      ? {
          by: reference ? "bank_transfer" : "card",
          url: `${env().appUrl}/app/billing/top-up?pay=${topup.id}`,
          reference,
        }
      : null,
  };
}

/**
 * Orders credit for a program, which pays nothing itself: by card where cards are accepted, else by bank transfer. The same
 * request key is one order, paid as it was begun: of what was begun before nothing is asked anew.
 * @throws AppError as `startTopup` and `orderTransfer`
 */
export async function orderTopup(
  scope: TenantScope,
  order: { amount: Micros; requestKey: string },
): Promise<{ topup: TopupView; isReplay: boolean }> {
  authorize(scope, "billing.pay");
  const before = await findTopupOf(scope, order.requestKey);
  if (before?.isBegun) {
    requireAmount(before, order.amount);
    return { topup: before, isReplay: true };
  }
  const isByCard = before ? before.reference === null : await cardsAreOn();
  if (isByCard) await startTopup(scope, { ...order, methodId: null, saveCard: false });
  else await orderTransfer(scope, order);
  const topup = await findTopupOf(scope, order.requestKey);
  if (!topup) throw new AppError("internal");
  return { topup, isReplay: before !== null };
}
