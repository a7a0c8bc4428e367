import { sql } from "drizzle-orm";
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { executionSteps, executions } from "./ai";
import { createdAt, id, instant } from "./columns";

/** An attempt at a step that did not end it: it failed and was tried again, or its process was lost. */
export const stepAttempts = pgTable(
  "step_attempts",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    stepId: uuid("step_id").notNull(),
    attempt: integer("attempt").notNull(),
    /** failed | lost */
    outcome: varchar("outcome").notNull(),
    errorCode: varchar("error_code"),
    errorMessage: text("error_message"),
    /** How long the next attempt was put off. */
    waitMs: integer("wait_ms"),
    startedAt: instant("started_at"),
    endedAt: instant("ended_at").notNull().default(sql`now()`),
  },
  (t) => [
    unique("step_attempts_number_unique").on(t.tenantId, t.stepId, t.attempt),
    foreignKey({
      columns: [t.tenantId, t.stepId],
      foreignColumns: [executionSteps.tenantId, executionSteps.id],
    }),
  ],
);

/** A question a run asks a person, and the answer. */
export const approvals = pgTable(
  "approvals",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    executionId: uuid("execution_id").notNull(),
    stepId: uuid("step_id").notNull(),
    nodeId: varchar("node_id").notNull(),
    title: varchar("title").notNull(),
    message: text("message").notNull(),
    /** The fields the person fills in: the shape of an input node's fields. */
    fields: jsonb("fields").notNull(),
    /** `{anyone: true}` or `{admins: true, userIds: []}`. */
    approvers: jsonb("approvers").notNull(),
    /** pending | approved | rejected | expired | cancelled */
    status: varchar("status").notNull().default("pending"),
    answer: jsonb("answer"),
    comment: text("comment"),
    answeredBy: uuid("answered_by"),
    answeredAt: instant("answered_at"),
    expiresAt: instant("expires_at"),
    remindAt: instant("remind_at"),
    remindedAt: instant("reminded_at"),
    /** What the whole run had cost when the question was asked, in the tenant's own price. */
    costMicros: bigint("cost_micros", { mode: "bigint" }).notNull().default(sql`0`),
    createdAt: createdAt(),
  },
  (t) => [
    unique("approvals_tenant_id_unique").on(t.tenantId, t.id),
    unique("approvals_step_unique").on(t.tenantId, t.stepId),
    index("approvals_status_idx").on(t.tenantId, t.status, t.id),
    index("approvals_remind_idx")
      .on(t.remindAt)
      .where(sql`${t.status} = 'pending' and ${t.remindedAt} is null`),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
    foreignKey({
      columns: [t.tenantId, t.stepId],
      foreignColumns: [executionSteps.tenantId, executionSteps.id],
    }),
  ],
);
