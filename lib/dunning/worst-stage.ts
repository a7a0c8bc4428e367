import { sql } from "drizzle-orm";
import { STAGE_OF } from "./schedule";

/**
 * How far the oldest debt of the row of `tenants` that is being read has come: 0 when it owes nothing that is overdue.
 * One that was given time to pay is overdue, and no more. Names are written out: a query of one table names its columns without the table.
 */
export const worstStage = sql<number>`coalesce((select max(case when owed.grace_until > now()
    then least(owed.dunning_stage, ${sql.raw(String(STAGE_OF.partner_told))}) else owed.dunning_stage end) from invoices owed
  where owed.tenant_id = tenants.id and owed.status in ('pending', 'overdue', 'uncollectible')), 0)::int`;
