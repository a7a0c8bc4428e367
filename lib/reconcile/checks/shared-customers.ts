import { sql } from "drizzle-orm";
import { subscriptions } from "@/db/schema/plans";
import { ask, type ReconcileCheck } from "../check";

export const sharedCustomers: ReconcileCheck = {
  id: "R10",
  title: "A customer at Stripe is one workspace",
  meaning: "Two workspaces share one customer at Stripe: a card of one could pay for the other.",
  remedy: "Give one of them a customer of its own before anything is charged.",
  async find() {
    const rows = await ask<{ customer: string; tenants: string[] }>(sql`
      select s.stripe_customer_id as customer, array_agg(distinct s.tenant_id::text order by s.tenant_id::text) as tenants
      from ${subscriptions} s where s.stripe_customer_id is not null
      group by 1 having count(distinct s.tenant_id) > 1 order by 1 limit 500`);
    return rows.map(({ customer, tenants }) => ({
      subject: `Customer ${customer} of Stripe belongs to ${tenants.length} workspaces`,
      key: customer,
      detail: { customer, workspaces: tenants },
    }));
  },
};
