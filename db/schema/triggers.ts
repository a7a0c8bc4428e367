import { sql } from "drizzle-orm";
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { executions, workflows } from "./ai";
import { createdAt, id, instant } from "./columns";

/** What starts a published workflow by itself: a webhook, a schedule, or a form page. */
export const workflowTriggers = pgTable(
  "workflow_triggers",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    workflowId: uuid("workflow_id").notNull(),
    /** webhook | schedule | form */
    kind: varchar("kind").notNull(),
    name: varchar("name").notNull(),
    isActive: boolean("is_active").notNull().default(true),
    /** Why the product turned it off; null when a person did. */
    disabledReason: text("disabled_reason"),
    /** SHA-256 of the secret part of the address of a webhook or form. */
    tokenHash: varchar("token_hash"),
    /** The address's secret part and the signing secret, sealed. */
    sealedSecret: text("sealed_secret"),
    /** What is particular to the kind: see `lib/triggers/input.ts`. */
    config: jsonb("config").notNull(),
    /** The next tick of a schedule. */
    nextAt: instant("next_at"),
    lastStartedAt: instant("last_started_at"),
    failuresInRow: integer("failures_in_row").notNull().default(0),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    /** When somebody last changed it, or it was turned off: set where that is done. What it starts is no change of it. */
    updatedAt: instant("updated_at").notNull().default(sql`now()`),
  },
  (t) => [
    unique("workflow_triggers_tenant_id_unique").on(t.tenantId, t.id),
    index("workflow_triggers_workflow_idx").on(t.tenantId, t.workflowId),
    uniqueIndex("workflow_triggers_token_unique").on(t.tokenHash).where(sql`${t.tokenHash} is not null`),
    index("workflow_triggers_due_idx").on(t.nextAt).where(sql`${t.isActive} and ${t.nextAt} is not null`),
    foreignKey({ columns: [t.tenantId, t.workflowId], foreignColumns: [workflows.tenantId, workflows.id] }),
  ],
);

/** Each call of a webhook, tick of a schedule and sent form, with what came of it. */
export const triggerDeliveries = pgTable(
  "trigger_deliveries",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    triggerId: uuid("trigger_id").notNull(),
    /** The sender's own id, the tick, or the form's submission: the same one starts one run. */
    deliveryKey: varchar("delivery_key").notNull(),
    /** accepted | rejected | left_out (a time that a schedule missed) | captured (a sample, nothing was started) */
    status: varchar("status").notNull(),
    reason: text("reason"),
    /** What was sent, for building the input from it; bounded. */
    payload: jsonb("payload"),
    executionId: uuid("execution_id"),
    createdAt: createdAt(),
  },
  (t) => [
    unique("trigger_deliveries_key_unique").on(t.tenantId, t.triggerId, t.deliveryKey),
    index("trigger_deliveries_newest_idx").on(t.tenantId, t.triggerId, t.id),
    index("trigger_deliveries_age_idx").on(t.tenantId, t.triggerId, t.createdAt),
    index("trigger_deliveries_samples_idx")
      .on(t.tenantId, t.triggerId, t.id)
      .where(sql`${t.status} = 'captured'`),
    foreignKey({
      columns: [t.tenantId, t.triggerId],
      foreignColumns: [workflowTriggers.tenantId, workflowTriggers.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
  ],
);
