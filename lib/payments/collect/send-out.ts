import "server-only";
import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { audit } from "@/lib/audit/record";
import { jobScope } from "@/lib/auth/scope";
import { recipientsOf } from "@/lib/billing/recipients";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { failureOf, isToAskAgain } from "@/lib/stripe/failures";
import { sendOnce } from "@/lib/stripe/request";
import { ensureCustomer } from "../customer";
import { STRIPE } from "../store";
import { applyInvoice } from "./apply-invoice";
import { addressOf, creationOf, finalizationOf, lineOf, sendingOf } from "./calls";
import { seeInvoice } from "./seen";
import { type Collection, endCollection, findCollectionOf, noteIds } from "./store";
import { takeBackAtStripe } from "./take-back";

/** Stripe will not do it, and a person has to know why. */
const refused = (message: string, reason: string) =>
  new AppError("conflict", `Stripe does not collect this invoice: ${message}`, { reason });

/**
 * Who gets Stripe's invoice.
 * @throws AppError `conflict` (`no_address`) when nobody is known to mail it to
 */
export async function payerOf(tx: Tx, invoiceId: string): Promise<{ name: string; email: string }> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
  const [email] = invoice ? await recipientsOf(tx, invoice) : [];
  if (invoice && email) return { name: invoice.customerName, email };
  throw refused("there is nobody to mail it to. Give the workspace a billing address.", "no_address");
}

/** The customer that it is sent to, at the address that our invoices go to. */
async function customerOf(stripe: Stripe, collection: Collection): Promise<string> {
  const { tenantId, invoiceId } = collection;
  const customer = await ensureCustomer(stripe, await jobScope(tenantId, "collect-invoice"));
  const payer = await asSystem("collect-invoice", (tx) => payerOf(tx, invoiceId));
  const now = await stripe.customers.retrieve(customer);
  if (now.deleted) throw refused("its customer there was deleted.", "customer_deleted");
  if (now.email !== payer.email) await sendOnce(stripe, addressOf(collection, customer, payer));
  return customer;
}

const isStillOut = (paymentId: string) =>
  asSystem("collect-invoice", async (tx) => (await findCollectionOf(tx, paymentId)) !== null);

async function build(stripe: Stripe, collection: Collection): Promise<void> {
  const customer = await customerOf(stripe, collection);
  const { id: stripeId } = await sendOnce(stripe, creationOf(collection, customer));
  const isNoted = await asSystem("collect-invoice", (tx) =>
    noteIds(tx, collection, { stripeId, pageUrl: null }),
  );
  if (!isNoted) return takeBackAtStripe(stripe, { ...collection, stripeId });
  await sendOnce(stripe, lineOf(collection, customer, stripeId));
  const draft = await stripe.invoices.retrieve(stripeId);
  if (BigInt(draft.amount_due) !== collection.amountCents)
    throw refused(`its own comes to ${draft.amount_due} cents.`, "amount_differs");
  await sendOnce(stripe, finalizationOf(collection, stripeId));
  if (!(await isStillOut(collection.paymentId))) return takeBackAtStripe(stripe, { ...collection, stripeId });
  await sendOnce(stripe, sendingOf(collection, stripeId));
  const seen = await seeInvoice(stripe, stripeId);
  const applied = seen && (await asSystem("collect-invoice", (tx) => applyInvoice(tx, seen)));
  await applied?.afterwards?.();
}

/** Why it was refused, in Stripe's words where it was Stripe. */
function whyOf(error: AppError): { code: string; message: string } {
  const failure = failureOf(error.cause);
  return {
    code: failure?.code ?? error.reason ?? error.code,
    message: failure?.message ?? error.message,
  };
}

/** First nobody can pay it at Stripe any more, then it is paid here again. */
async function giveUp(stripe: Stripe, collection: Collection, error: AppError): Promise<void> {
  const now = await asSystem("collect-invoice", (tx) => findCollectionOf(tx, collection.paymentId));
  if (!now) return;
  if (now.stripeId) await takeBackAtStripe(stripe, { ...now, stripeId: now.stripeId });
  const why = whyOf(error);
  await asSystem("collect-invoice", async (tx) => {
    if (!(await endCollection(tx, now, { status: "failed", ...why }))) return;
    await audit(tx, STRIPE, {
      action: "invoice.collect_failed",
      targetType: "invoice",
      targetId: now.invoiceId,
      tenantId: now.tenantId,
      before: { paymentId: now.paymentId, stripeInvoiceId: now.stripeId },
      reason: why.message,
    });
  });
}

/**
 * Brings a collection to Stripe, as far as it is not there yet: a draft with what is due, final, and mailed. Safe to repeat
 * after a crash or a lost answer, also by two at once. What Stripe refuses ends it: the invoice is paid here again.
 * @throws AppError `upstream` and `precondition` (`stripe_key_refused`): it goes on by itself; `conflict` when it is refused
 */
export async function sendOut(stripe: Stripe, collection: Collection): Promise<void> {
  try {
    await build(stripe, collection);
  } catch (error) {
    if (!(error instanceof AppError) || isToAskAgain(error)) throw error;
    await giveUp(stripe, collection, error).catch((failed) =>
      log.warn(
        { err: failed, paymentId: collection.paymentId },
        "a refused invoice is still at Stripe: the sweep goes on",
      ),
    );
    if (error.code !== "internal") throw error;
    throw refused(whyOf(error).message, whyOf(error).code);
  }
}
