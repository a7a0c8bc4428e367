import "server-only";
import { and, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { stripeRequests } from "@/db/schema/stripe";
import { getStripe } from "@/lib/stripe/client";
import { sendOut } from "./send-out";
import { type Collection, readCollections } from "./store";

const BATCH = 100;

/** Collections that were begun a minute ago and that Stripe has not mailed: whoever began them ended before. */
export async function unsentCollections(): Promise<Collection[]> {
  const isSent = sql`exists (select from ${stripeRequests} asked where asked.target_type = 'payment'
    and asked.target_id = ${payments.id}::text and asked.operation = 'invoice.send' and asked.status = 'done')`;
  return asSystem("sweep-payments", (tx) =>
    readCollections(tx, and(lt(payments.createdAt, sql`now() - interval '1 minute'`), sql`not ${isSent}`), {
      limit: BATCH,
      inAnyOrder: true,
    }),
  );
}

/** Goes on with one. */
export async function goOnSending(collection: Collection): Promise<void> {
  const { stripe } = await getStripe();
  await sendOut(stripe, collection);
}
