import { and, eq, gt, lt, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { applyInvoice } from "@/lib/payments/collect/apply-invoice";
import { orGone } from "@/lib/payments/collect/calls";
import { type SeenInvoice, seeInvoice } from "@/lib/payments/collect/seen";
import { type Collection, readCollections } from "@/lib/payments/collect/store";
import { collectHereAgain } from "@/lib/payments/collect/take-back";
import { STRIPE } from "@/lib/payments/store";
import type { Found } from "./check";

const PAGE = 100;

/** All that are under way and older, in the order of their ids. */
async function olderThan(before: string): Promise<Collection[]> {
  const all: Collection[] = [];
  for (;;) {
    const after = all.at(-1)?.paymentId;
    const isNext = and(
      lt(payments.createdAt, sql`${before}::timestamptz`),
      after ? gt(payments.id, after) : undefined,
    );
    const page = await asSystem("reconcile", (tx) => readCollections(tx, isNext, { limit: PAGE }));
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** What Stripe says of an invoice that is out there; null while it says what is known here. */
function newsOf(seen: SeenInvoice | null, isOwedHere: boolean): string | null {
  if (!seen) return "gone";
  const { status, last_finalization_error: error } = seen.invoice;
  if (status === "draft") return error ? "refused" : null;
  if (status === "uncollectible") return isOwedHere ? status : null;
  return status === "open" ? null : status;
}

async function isOwed({ invoiceId }: Collection): Promise<boolean> {
  const [invoice] = await asSystem("reconcile", (tx) =>
    tx.select({ status: invoices.status }).from(invoices).where(eq(invoices.id, invoiceId)),
  );
  return UNPAID_STATUSES.some((status) => status === invoice?.status);
}

/** Makes ours what Stripe's is: there is one right answer, unless another amount came. */
async function follow(collection: Collection, seen: SeenInvoice | null): Promise<boolean> {
  if (!seen) await collectHereAgain(STRIPE, collection.invoiceId);
  else {
    const applied = await asSystem("reconcile", (tx) => applyInvoice(tx, seen));
    await applied.afterwards?.();
  }
  return true;
}

/** Invoices that Stripe collects and that have come to an end there without our having heard of it. */
export async function endedCollections(stripe: Stripe, before: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const collection of await olderThan(before)) {
    const { stripeId, invoiceNumber, paymentId } = collection;
    if (!stripeId) continue;
    const seen = await seeInvoice(stripe, stripeId);
    // Somebody took our ids off it there: a person has to put them back.
    const isUnmarked = !seen && (await orGone(stripe.invoices.retrieve(stripeId))) !== null;
    const news = isUnmarked ? "not marked as ours" : newsOf(seen, await isOwed(collection));
    if (news === null) continue;
    found.push({
      subject: `Invoice ${invoiceNumber} is collected at Stripe, and is ${news} there`,
      key: paymentId,
      detail: {
        workspace: collection.tenantId,
        invoice: collection.invoiceId,
        "invoice at Stripe": stripeId,
        cents: collection.amountCents.toString(),
        "paid there": seen ? seen.invoice.amount_paid : null,
      },
      ...(isUnmarked ? {} : { fix: () => follow(collection, seen) }),
    });
  }
  return found;
}
