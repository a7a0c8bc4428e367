import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asPlatform, asSystem, isUniqueViolation, type Tx } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { jobScope } from "@/lib/auth/scope";
import { dueCents } from "@/lib/billing/apply-payment";
import { LEAST_CENTS } from "@/lib/billing/least";
import { isUnpaid } from "@/lib/billing/state";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { getStripe, type StripeHandle } from "@/lib/stripe/client";
import { endIntent, takeBack } from "../charge";
import { dueAtStripe } from "../collect/due";
import { payerOf, sendOut } from "../collect/send-out";
import { type Collection, findCollection, isCollection, keyOfRound, STRIPE_INVOICE } from "../collect/store";
import { collectHereAgain } from "../collect/take-back";
import { ensureCustomer } from "../customer";
import { type Attempt, lastAttempt, underWay } from "../invoice-attempt";

type Invoice = typeof invoices.$inferSelect;

const refused = (reason: string, message: string) => new AppError("conflict", message, { reason });

/** What of an invoice Stripe may collect, in cents. @throws AppError `not_found`, `conflict` */
async function collectable(tx: Tx, invoice: Invoice | undefined): Promise<bigint> {
  if (!invoice || invoice.status === "draft") throw new AppError("not_found", "This invoice does not exist.");
  const due = dueCents(invoice);
  if (due <= 0n || !isUnpaid(invoice.status ?? "pending"))
    throw refused("nothing_due", "There is nothing to be collected of this invoice.");
  if (invoice.partnerId)
    throw refused(
      "sold_by_partner",
      `${invoice.sellerName} sells this invoice. Stripe's would be one of ours: it is paid here, or noted as paid.`,
    );
  // Such an invoice would be paid there at once.
  if (due < LEAST_CENTS) throw refused("too_little", "Stripe collects nothing under $0.50.");
  await payerOf(tx, invoice.id);
  return due;
}

/** A card is tried for it: begun on its page, or while nobody was there. */
const isBegun = ({ status }: Attempt) => /^(pending|requires_action|processing)$/.test(status);

/**
 * Ends what somebody began to pay by card an hour ago and left, and what was declined: nobody may go on with it on a page
 * that is still open. One that is under way is waited for.
 */
async function endTries({ stripe }: StripeHandle, { tenantId, id }: Invoice): Promise<void> {
  const last = await asSystem("collect-invoice", (tx) => lastAttempt(tx, tenantId, id));
  if (!last?.isByCard) return;
  if (isBegun(last) && (!last.isLeft || last.status === "processing")) throw underWay();
  if (isBegun(last)) {
    const customer = await ensureCustomer(stripe, await jobScope(tenantId, "collect-invoice"));
    return takeBack(stripe, tenantId, customer, last);
  }
  if (last.status !== "failed" || !last.intentId) return;
  const intent = await stripe.paymentIntents.retrieve(last.intentId);
  const { status } = await endIntent(stripe, tenantId, last.paymentId, intent);
  if (status === "processing") throw underWay();
}

async function readOpen(scope: PlatformScope, invoiceId: string): Promise<Invoice> {
  return asPlatform(scope, async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    await collectable(tx, invoice);
    if (!invoice) throw new AppError("not_found");
    return invoice;
  });
}

/** Notes that Stripe is to collect it: what is there already goes on. Dunning waits until it is due there. */
async function begin(tx: Tx, scope: PlatformScope, invoiceId: string): Promise<Collection> {
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId)).for("update");
  const known = await findCollection(tx, invoiceId);
  if (known) return known;
  const amountCents = await collectable(tx, invoice);
  if (!invoice) throw new AppError("not_found");
  const { tenantId } = invoice;
  const isIt = and(eq(payments.tenantId, tenantId), eq(payments.invoiceId, invoiceId));
  const [live] = await tx
    .select({ id: payments.id })
    .from(payments)
    .where(and(isIt, inArray(payments.status, ["pending", "requires_action", "processing"])));
  if (live) throw underWay();
  const [before] = await tx
    .select({
      attempt: sql<number>`coalesce(max(${payments.attempt}), 0)::int`,
      rounds: sql<number>`count(*) filter (where ${isCollection})::int`,
    })
    .from(payments)
    .where(isIt);
  const round = (before?.rounds ?? 0) + 1;
  const at = currentTime();
  await tx.insert(payments).values({
    tenantId,
    invoiceId,
    method: STRIPE_INVOICE,
    amountCents,
    attempt: (before?.attempt ?? 0) + 1,
    requestKey: keyOfRound(invoiceId, round),
    recordedBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    createdAt: at,
  });
  if (invoice.dunningStage === 0)
    await tx
      .update(invoices)
      .set({ collection: "transfer", nextAttemptAt: dueAtStripe(invoice, at) })
      .where(eq(invoices.id, invoiceId));
  await audit(tx, scope, {
    action: "invoice.collect",
    targetType: "invoice",
    targetId: invoiceId,
    tenantId,
    after: { invoiceNumber: invoice.invoiceNumber, amountCents: amountCents.toString(), round },
  });
  const made = await findCollection(tx, invoiceId);
  if (!made) throw new AppError("internal");
  return made;
}

/**
 * Has Stripe collect what is due on an invoice, by an invoice of its own that it mails: with its page, bank debits and
 * transfers. While it is out nothing is charged here, and its page leads there. A second click goes on with the first.
 * @throws AppError `not_found`; `conflict` (`nothing_due`, `sold_by_partner`, `too_little`, `no_address`, and what Stripe
 *   itself refuses); `precondition` (`payment_under_way`, `stripe_off`, `no_subscription`); `upstream`: it goes on by itself
 */
export async function collectThroughStripe(
  scope: PlatformScope,
  { invoiceId }: { invoiceId: string },
): Promise<{ invoiceId: string }> {
  authorize(scope, "invoice.collect");
  const invoice = await readOpen(scope, invoiceId);
  const handle = await getStripe();
  await ensureCustomer(handle.stripe, await jobScope(invoice.tenantId, "collect-invoice"));
  await endTries(handle, invoice);
  try {
    const collection = await asPlatform(scope, (tx) => begin(tx, scope, invoiceId));
    await sendOut(handle.stripe, collection);
    return { invoiceId };
  } catch (error) {
    if (isUniqueViolation(error, "payments_live_unique")) throw underWay();
    throw error;
  }
}

/**
 * Takes an invoice back from Stripe: its page there takes no money any more, and it is paid here again. One that was paid
 * meanwhile is booked as paid.
 * @throws AppError `not_found`; `precondition` (`payment_under_way`, `stripe_off`); `upstream`
 */
export async function collectHere(
  scope: PlatformScope,
  { invoiceId }: { invoiceId: string },
): Promise<{ invoiceId: string }> {
  authorize(scope, "invoice.collect");
  const [known] = await asPlatform(scope, (tx) =>
    tx.select({ id: invoices.id }).from(invoices).where(eq(invoices.id, invoiceId)),
  );
  if (!known) throw new AppError("not_found", "This invoice does not exist.");
  await collectHereAgain(scope, invoiceId);
  return { invoiceId };
}
