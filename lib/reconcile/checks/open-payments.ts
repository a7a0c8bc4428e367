import { sql } from "drizzle-orm";
import { payments } from "@/db/schema/payments";
import { ask, type Found, type ReconcileCheck } from "../check";
import { endedCollections } from "../ended-collections";

type Open = {
  id: string;
  tenant: string;
  intent: string;
  status: string;
  cents: string;
  invoice: string | null;
};

/** What Stripe's word for a payment may be while ours is still open. */
const STILL_OPEN = new Set([
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "processing",
  "requires_capture",
]);

const AT_ONCE = 200;

export const openPayments: ReconcileCheck = {
  id: "R5",
  title: "Open invoices and purchases of credit are open at Stripe too",
  meaning:
    "A payment that waits here has already ended at Stripe, so somebody may have paid without being told so.",
  remedy:
    "An invoice that Stripe collects follows it by itself. Open any other payment in Stripe's dashboard: when it succeeded there, send its event again; the invoice or the credit follows. Where the amounts differ nothing is booked: refund it at Stripe, or note what came.",
  async findAtStripe(stripe, now) {
    const before = new Date(now.getTime() - 600_000).toISOString();
    const open = await ask<Open>(sql`
      select p.id, p.tenant_id as tenant, p.stripe_payment_intent_id as intent, p.status, p.amount_cents::text as cents, p.invoice_id as invoice
      from ${payments} p where p.stripe_payment_intent_id is not null and p.created_at < ${before}::timestamptz
        and p.status in ('pending', 'requires_action', 'processing') order by p.created_at limit ${AT_ONCE}`);
    const found: Found[] = [];
    for (const payment of open) {
      const { status } = await stripe.paymentIntents.retrieve(payment.intent);
      if (STILL_OPEN.has(status)) continue;
      found.push({
        subject: `Payment ${payment.id} is ${payment.status} here and ${status} at Stripe`,
        key: payment.id,
        detail: {
          workspace: payment.tenant,
          payment: payment.id,
          "payment intent": payment.intent,
          cents: payment.cents,
          for: payment.invoice ? `invoice ${payment.invoice}` : "credit",
        },
      });
    }
    return [...found, ...(await endedCollections(stripe, before))];
  },
};
