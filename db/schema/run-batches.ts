import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { executions } from "./ai";
import { apiKeys, users } from "./auth";
import { createdAt, id, instant, isOneOf, updatedAt } from "./columns";

/** Many runs that are stopped, resumed or replayed one after the other, as a person or a program asked for. */
export const runBatches = pgTable(
  "run_batches",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    verb: varchar("verb").notNull(),
    /** What narrowed the list its runs were chosen from: see `lib/runs/input.ts`; null when each was named. */
    filter: jsonb("filter"),
    /** Who asked, or whose key did, and by which session or key: each run is stopped or started in that name. */
    requestedBy: uuid("requested_by").notNull(),
    sessionId: uuid("session_id"),
    apiKeyId: uuid("api_key_id"),
    /** Asked twice with the same one, there is one batch. */
    requestKey: uuid("request_key").notNull(),
    /** Of what was asked: with the same key, something else is refused. */
    requestHash: varchar("request_hash"),
    total: integer("total").notNull(),
    /** running | completed | stopped */
    status: varchar("status").notNull().default("running"),
    /** Why nothing is done at the moment, or why it was stopped. */
    note: text("note"),
    endedAt: instant("ended_at"),
    createdAt: createdAt(),
    /** When something was last done. */
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("run_batches_tenant_id_unique").on(t.tenantId, t.id),
    unique("run_batches_request_unique").on(t.tenantId, t.requestKey),
    index("run_batches_open_idx").on(t.updatedAt).where(sql`${t.status} = 'running'`),
    foreignKey({ columns: [t.tenantId, t.requestedBy], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.apiKeyId], foreignColumns: [apiKeys.tenantId, apiKeys.id] }),
    check("run_batches_by_check", sql`num_nonnulls(${t.sessionId}, ${t.apiKeyId}) = 1`),
    check("run_batches_verb_check", isOneOf(t.verb, ["cancel", "resume", "replay"])),
    check("run_batches_status_check", isOneOf(t.status, ["running", "completed", "stopped"])),
  ],
);

/** A run of a batch, and what became of it. */
export const runBatchItems = pgTable(
  "run_batch_items",
  {
    tenantId: uuid("tenant_id").notNull(),
    batchId: uuid("batch_id").notNull(),
    executionId: uuid("execution_id").notNull(),
    /** done | refused; null while it waits for its turn. */
    outcome: varchar("outcome"),
    /** The new run, where one was started. */
    startedId: uuid("started_id"),
    /** Why it was refused. */
    message: text("message"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.batchId, t.executionId] }),
    index("run_batch_items_waiting_idx")
      .on(t.tenantId, t.batchId, t.executionId)
      .where(sql`${t.outcome} is null`),
    foreignKey({
      columns: [t.tenantId, t.batchId],
      foreignColumns: [runBatches.tenantId, runBatches.id],
    }),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
    check("run_batch_items_outcome_check", isOneOf(t.outcome, ["done", "refused"])),
  ],
);
