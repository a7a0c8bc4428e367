import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { disputes, payments, refunds, topups } from "@/db/schema/payments";
import { creditLots, creditTransactions, wallets } from "@/db/schema/wallets";
import type { StripeDouble } from "@/e2e/stripe/server";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import type { TestTenant } from "@/lib/testing/scopes";
import { startSetup } from "./commands/methods";
import { type StartTopupInput, startTopupInput } from "./input";
import type { StartedPayment } from "./started-payment";

/** A press of the button of the top-up form. */
export function click(amount = "25", requestKey = newId()): StartTopupInput {
  return startTopupInput.parse({ amount, requestKey });
}

export const intentIdOf = (payment: StartedPayment) => payment.clientSecret.split("_secret")[0] ?? "";

/** What a browser does with the form: a card, and the answer to the bank's question if there is one. Gives the intent's status. */
export async function pay(
  payment: StartedPayment,
  payment_method: string,
  answer = "complete",
): Promise<string> {
  const { stripe } = await getStripe();
  try {
    const intent = await stripe.paymentIntents.confirm(intentIdOf(payment), {
      payment_method,
      use_stripe_sdk: true,
    });
    const sdk = intent.next_action?.use_stripe_sdk as { stripe_js: string } | undefined;
    if (sdk) {
      const body = new URLSearchParams({ secret: payment.clientSecret, answer });
      await fetch(sdk.stripe_js, { method: "POST", body });
    }
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("Your card"))) throw error;
  }
  return (await stripe.paymentIntents.retrieve(intentIdOf(payment))).status;
}

/** The ids of a tenant's top-ups, the oldest first. */
export async function topupsOf({ tenantId }: TestTenant): Promise<string[]> {
  const rows = await asSystem("test", (tx) =>
    tx.select({ id: topups.id }).from(topups).where(eq(topups.tenantId, tenantId)).orderBy(topups.id),
  );
  return rows.map(({ id }) => id);
}

/** All that is written down of a tenant's bought credit. */
export async function books({ tenantId }: TestTenant) {
  return asSystem("test", async (tx) => {
    const [wallet] = await tx.select().from(wallets).where(eq(wallets.tenantId, tenantId));
    const lots = await tx.select().from(creditLots).where(eq(creditLots.tenantId, tenantId));
    const moves = await tx.select().from(creditTransactions).where(eq(creditTransactions.tenantId, tenantId));
    const bought = await tx.select().from(topups).where(eq(topups.tenantId, tenantId));
    const paid = await tx.select().from(payments).where(eq(payments.tenantId, tenantId));
    const back = await tx.select().from(refunds).where(eq(refunds.tenantId, tenantId));
    const disputed = await tx.select().from(disputes).where(eq(disputes.tenantId, tenantId));
    return {
      balance: wallet?.balance,
      frozen: wallet?.frozen,
      lots: lots.map(
        ({ source, remaining, isFrozen }) => `${source} ${remaining}${isFrozen ? " frozen" : ""}`,
      ),
      moves: moves.map(({ kind, amount }) => `${kind} ${amount}`).sort(),
      topups: bought.map(({ status }) => status),
      payments: paid.map(({ status }) => status),
      refunds: back.map(({ status, amountCents }) => `${status} ${amountCents}`),
      disputes: disputed.map(({ status }) => status),
    };
  });
}

/** Saves a card by the form, with what its bank asks, and hears of it. */
export async function saveCard(double: StripeDouble, tenant: TestTenant, card: string): Promise<void> {
  const from = eventIds(double).length;
  const { clientSecret } = await startSetup(tenant.admin, { requestKey: newId() });
  const { stripe } = await getStripe();
  const [id = ""] = clientSecret.split("_secret");
  const setup = await stripe.setupIntents.confirm(id, { payment_method: card, use_stripe_sdk: true });
  const sdk = setup.next_action?.use_stripe_sdk as { stripe_js: string } | undefined;
  const body = new URLSearchParams({ secret: clientSecret, answer: "complete" });
  if (sdk) await fetch(sdk.stripe_js, { method: "POST", body });
  await deliver(double, eventIds(double, from));
}
