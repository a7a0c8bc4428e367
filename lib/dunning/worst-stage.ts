import { sql } from "drizzle-orm";

/**
 * How far the oldest debt of the row of `tenants` that is being read has come: 0 when it owes nothing that is overdue.
 * Names are written out: a query of one table names its columns without the table.
 */
export const worstStage = sql<number>`coalesce((select max(owed.dunning_stage) from invoices owed
  where owed.tenant_id = tenants.id and owed.status in ('pending', 'overdue', 'uncollectible')), 0)::int`;
