import "server-only";
import type Stripe from "stripe";
import { asSystem } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { AppError } from "@/lib/errors";
import { findStripe } from "@/lib/stripe/client";
import { failureOf, toAppError } from "@/lib/stripe/failures";
import { sendOnce } from "@/lib/stripe/request";
import { underWay } from "../invoice-attempt";
import { applyInvoice } from "./apply-invoice";
import { droppingOf, orGone, voidingOf } from "./calls";
import { type SeenInvoice, seeInvoice } from "./seen";
import { type Collection, endCollection, findCollection } from "./store";

type AtStripe = Collection & { stripeId: string };

/** Drops or voids what can still be taken back. What is paid stays. */
export async function takeBackAtStripe(stripe: Stripe, collection: AtStripe): Promise<void> {
  const { stripeId } = collection;
  const now = await orGone(stripe.invoices.retrieve(stripeId));
  if (now?.status === "draft") await sendOnce(stripe, droppingOf(collection, stripeId));
  if (now?.status === "open" || now?.status === "uncollectible")
    await sendOnce(stripe, voidingOf(collection, stripeId));
}

/** A bank debit that is on its way cannot be called back. */
function refuseProcessing({ intent, invoice }: SeenInvoice): void {
  if (invoice.status !== "paid" && intent?.status === "processing") throw underWay();
}

/** Somebody took our ids off it at Stripe, and it was paid: whose money that is a person has to say. */
async function refusePaid(stripe: Stripe, stripeId: string): Promise<void> {
  const now = await orGone(stripe.invoices.retrieve(stripeId));
  if (now?.status !== "paid") return;
  throw new AppError(
    "conflict",
    `Stripe's invoice ${stripeId} is paid, and does not say any more which of ours it collects. Put its metadata back.`,
    { reason: "unmarked" },
  );
}

/** Nothing of it is at Stripe: it never arrived there, or was a draft that is gone. */
async function endHere(by: PlatformScope | AuditActor, collection: Collection): Promise<void> {
  await asSystem("collect-invoice", async (tx) => {
    if (!(await endCollection(tx, collection, { status: "canceled" }))) return;
    await audit(tx, by, {
      action: "invoice.collect_here",
      targetType: "invoice",
      targetId: collection.invoiceId,
      tenantId: collection.tenantId,
      before: { paymentId: collection.paymentId, stripeInvoiceId: collection.stripeId },
      reason: "Nothing of it is at Stripe.",
    });
  });
}

async function takeBackFrom(
  stripe: Stripe,
  by: PlatformScope | AuditActor,
  collection: Collection,
): Promise<void> {
  const { stripeId } = collection;
  const before = stripeId ? await seeInvoice(stripe, stripeId) : null;
  if (before) refuseProcessing(before);
  if (stripeId) await takeBackAtStripe(stripe, { ...collection, stripeId });
  const seen = stripeId ? await seeInvoice(stripe, stripeId) : null;
  if (!seen) {
    if (stripeId) await refusePaid(stripe, stripeId);
    return endHere(by, collection);
  }
  const applied = await asSystem("collect-invoice", (tx) => applyInvoice(tx, seen, by));
  await applied.afterwards?.();
}

/**
 * Takes an invoice back from Stripe, where it is out: nobody can pay it there any more. One that was paid meanwhile is
 * booked as such. Safe to repeat.
 * @throws AppError `precondition` (`payment_under_way`: a bank debit of it is on its way; `stripe_off`), `upstream`
 */
export async function collectHereAgain(by: PlatformScope | AuditActor, invoiceId: string): Promise<void> {
  const collection = await asSystem("collect-invoice", (tx) => findCollection(tx, invoiceId));
  if (!collection) return;
  const handle = await findStripe();
  if (!handle)
    throw new AppError(
      "precondition",
      "Stripe collects this invoice, and its keys are not set. Set them, so that its invoice there can be made void.",
      { reason: "stripe_off" },
    );
  try {
    await takeBackFrom(handle.stripe, by, collection);
  } catch (error) {
    const failure = failureOf(error);
    throw failure ? toAppError(failure, error) : error;
  }
}
