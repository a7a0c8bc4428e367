import { and, eq, ne } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { payments, refunds, topups } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { AppError, fieldError } from "@/lib/errors";
import { centsToMicros, formatMicros, type Micros } from "@/lib/money";
import { lowerCredit } from "./apply-refund";
import { backBefore, type SettledPayment } from "./find-payment";
import { lockRefundable, type Refundable } from "./refundable";
import { type Taxed, taxOfBack, taxOnCredit } from "./topup-tax";

export type BoughtCredit = SettledPayment & { intentId: string | null };

/**
 * The payment behind credit that was bought, held: its refunds are made one after the other.
 * @throws AppError `not_found`
 */
export async function lockBought(tx: Tx, topupId: string, way: "card" | "transfer"): Promise<BoughtCredit> {
  const isOfWay = way === "card" ? eq(payments.method, "card") : ne(payments.method, "card");
  const [row] = await tx
    .select({
      id: payments.id,
      tenantId: payments.tenantId,
      topupId: payments.topupId,
      invoiceId: payments.invoiceId,
      amountCents: payments.amountCents,
      taxCents: topups.taxCents,
      intentId: payments.stripePaymentIntentId,
    })
    .from(payments)
    .innerJoin(topups, and(eq(topups.tenantId, payments.tenantId), eq(topups.id, payments.topupId)))
    .where(and(eq(topups.id, topupId), eq(payments.status, "succeeded"), isOfWay))
    .for("update", { of: payments });
  if (row) return row;
  throw new AppError("not_found", `There is no payment by ${way} behind this credit.`);
}

/** What is asked back: so much credit, its tax on top, or so much money, its tax in it. */
export type AskedBack = {
  topupId: string;
  requestKey: string;
  reason: string;
  /** Only where a person has sent the money already: what its bank says of it. */
  reference?: string;
} & ({ creditCents: bigint } | { totalCents: bigint });

/** What goes back, and whether this is the first time that this click was heard. */
export type BegunRefund = Taxed & { refundId: string; isNew: boolean };

function partsOf(bought: BoughtCredit, earlier: readonly Taxed[], asked: AskedBack): Taxed {
  const whole = { totalCents: bought.amountCents, taxCents: bought.taxCents };
  if ("totalCents" in asked) {
    const { totalCents } = asked;
    return { totalCents, taxCents: taxOfBack(whole, earlier, totalCents) };
  }
  const taxCents = taxOnCredit(whole, earlier, asked.creditCents);
  return { totalCents: asked.creditCents + taxCents, taxCents };
}

/** How much is spoken of: the credit, or the money with its tax where that was asked back. */
function inWords(bought: BoughtCredit, earlier: readonly Taxed[], asked: AskedBack, credit: Micros): string {
  if (!("totalCents" in asked) || bought.taxCents === 0n) return formatMicros(credit);
  const whole = { totalCents: bought.amountCents, taxCents: bought.taxCents };
  const creditCents = credit / centsToMicros(1n);
  const totalCents = creditCents + taxOnCredit(whole, earlier, creditCents);
  return `${formatMicros(credit)}, ${formatMicros(centsToMicros(totalCents))} with its tax,`;
}

function check(
  { left, free, isFrozen }: Refundable,
  credit: Micros,
  inWordsOf: (credit: Micros) => string,
): void {
  if (isFrozen)
    throw new AppError("precondition", "The payment is under dispute: the bank decides.", {
      reason: "disputed",
    });
  if (credit > left)
    throw fieldError(
      "amount",
      `${inWordsOf(left)} of this credit is left: what was spent is not given back.`,
    );
  if (credit > free)
    throw fieldError(
      "amount",
      `${inWordsOf(free)} of this credit can be given back: the rest is owed, or set aside for work under way.`,
    );
}

/**
 * Notes a refund of bought credit and takes it out of the wallet, at once: it cannot be spent while the money is on its way.
 * No more than is left of it, and not what a debt or work under way needs. The same `requestKey` is one refund.
 * @throws AppError `invalid` (`amount`), `precondition` (`disputed`), `conflict` (a key of another refund)
 */
export async function beginRefund(
  tx: Tx,
  scope: PlatformScope,
  bought: BoughtCredit,
  asked: AskedBack,
): Promise<BegunRefund> {
  const { requestKey: id, topupId, reason, reference } = asked;
  const { tenantId } = bought;
  const [known] = await tx
    .select({ paymentId: refunds.paymentId, totalCents: refunds.amountCents, taxCents: refunds.taxCents })
    .from(refunds)
    .where(eq(refunds.id, id));
  if (known) {
    const { paymentId, ...parts } = known;
    const changed = (message: string) => new AppError("conflict", message, { reason: "request_changed" });
    if (paymentId !== bought.id)
      throw changed("This refund was begun for other credit. Load the page again.");
    const isSame =
      "totalCents" in asked
        ? asked.totalCents === parts.totalCents
        : asked.creditCents === parts.totalCents - parts.taxCents;
    if (!isSame) throw changed("This refund was begun already, of another amount. Load the page again.");
    return { ...parts, refundId: id, isNew: false };
  }
  const earlier = await backBefore(tx, bought);
  const { totalCents, taxCents } = partsOf(bought, earlier, asked);
  const credit = centsToMicros(totalCents - taxCents);
  check(await lockRefundable(tx, tenantId, topupId), credit, (of) => inWords(bought, earlier, asked, of));
  await tx.insert(refunds).values({
    id,
    tenantId,
    paymentId: bought.id,
    amountCents: totalCents,
    taxCents,
    reason,
    // What a person has sent is sent; a card is asked for it yet.
    ...(reference ? { reference, status: "succeeded" } : {}),
    createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
  });
  await audit(tx, scope, {
    action: reference ? "refund.record" : "refund.create",
    targetType: "refund",
    targetId: id,
    tenantId,
    after: {
      amountCents: String(totalCents),
      taxCents: String(taxCents),
      topupId,
      ...(reference ? { reference } : {}),
    },
    reason,
  });
  await lowerCredit(tx, bought, id, credit, reference ? `Paid back: ${reference}` : undefined);
  return { totalCents, taxCents, refundId: id, isNew: true };
}
