import { sql } from "drizzle-orm";
import type Stripe from "stripe";
import { paymentMethods } from "@/db/schema/payments";
import { subscriptions } from "@/db/schema/plans";
import { ask, type Found, type ReconcileCheck } from "../check";

type Customer = { tenant: string; customer: string; methods: string[]; standard: string | null };

const AT_ONCE = 500;

async function compare(stripe: Stripe, { tenant, customer, methods, standard }: Customer): Promise<Found[]> {
  const place = { workspace: tenant, customer };
  const there = await stripe.customers.retrieve(customer);
  if (there.deleted)
    return [
      {
        subject: `Customer ${customer} was deleted at Stripe`,
        key: `deleted:${customer}`,
        detail: place,
      },
    ];
  const listed: string[] = [];
  for await (const method of stripe.customers.listPaymentMethods(customer, { limit: 100 }))
    listed.push(method.id);
  const gone = methods.filter((id) => !listed.includes(id));
  const set = there.invoice_settings.default_payment_method;
  const theirs = typeof set === "string" ? set : (set?.id ?? null);
  return [
    ...gone.map((id) => ({
      subject: `Saved card ${id} is not at Stripe any more`,
      key: `gone:${id}`,
      detail: { ...place, card: id },
    })),
    ...(theirs && standard && theirs !== standard
      ? [
          {
            subject: `Customer ${customer} pays with another card at Stripe`,
            key: `default:${customer}`,
            detail: { ...place, here: standard, "at Stripe": theirs },
          },
        ]
      : []),
  ];
}

export const savedCards: ReconcileCheck = {
  id: "R7",
  title: "Saved cards and defaults are the ones at Stripe",
  meaning:
    "A card that we would charge is gone at Stripe, or another one is the default there, or the customer was deleted.",
  remedy: "Ask the customer to save the card again, or send Stripe's last event of the card once more.",
  async findAtStripe(stripe) {
    const customers = await ask<Customer>(sql`
      select s.tenant_id as tenant, s.stripe_customer_id as customer,
        coalesce(array_agg(m.stripe_payment_method_id) filter (where m.id is not null), '{}') as methods,
        max(m.stripe_payment_method_id) filter (where m.is_default) as standard
      from ${subscriptions} s
      left join ${paymentMethods} m on m.tenant_id = s.tenant_id and m.status = 'active'
      where s.ended_at is null and s.stripe_customer_id is not null
      group by 1, 2 order by 1 limit ${AT_ONCE}`);
    const found: Found[] = [];
    for (const customer of customers) found.push(...(await compare(stripe, customer)));
    return found;
  },
};
