import { sql } from "drizzle-orm";
import { stripeRequests } from "@/db/schema/stripe";
import { ask, type ReconcileCheck } from "../check";

type Request = {
  key: string;
  operation: string;
  tenant: string | null;
  attempts: number;
  sent: string | null;
};

const HOUR_MS = 3_600_000;

export const unansweredRequests: ReconcileCheck = {
  id: "R11",
  title: "Everything asked of Stripe has an answer",
  meaning: "We asked Stripe to do something an hour ago or longer and do not know whether it did.",
  remedy:
    "Look the object up in Stripe's dashboard by the key. Doing the same again here uses the same key, so nothing happens twice.",
  async find(now) {
    const before = new Date(now.getTime() - HOUR_MS).toISOString();
    const rows = await ask<Request>(sql`
      select r.key, r.operation, r.tenant_id as tenant, r.attempts,
        to_char(r.first_sent_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as sent
      from ${stripeRequests} r where r.status = 'pending' and r.created_at < ${before}::timestamptz order by r.created_at limit 500`);
    return rows.map(({ key, operation, tenant, attempts, sent }) => ({
      subject: `"${operation}" was asked of Stripe and never answered`,
      key,
      detail: { key, operation, workspace: tenant, tries: attempts, "first sent": sent },
    }));
  },
};
