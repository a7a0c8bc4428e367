import { sql } from "drizzle-orm";
import {
  bigint,
  foreignKey,
  index,
  integer,
  pgTable,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { agents, executions } from "./ai";
import { id, instant } from "./columns";

/** Every call of a model: written before the call, settled after it, `uncertain` when nobody knows how it ended. */
export const modelCalls = pgTable(
  "model_calls",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    executionId: uuid("execution_id"),
    stepId: uuid("step_id"),
    agentId: uuid("agent_id"),
    documentId: uuid("document_id"),
    modelKey: varchar("model_key").notNull(),
    provider: varchar("provider").notNull(),
    /** agent | llm | embedding | playground */
    purpose: varchar("purpose").notNull(),
    /** Unique per tenant: the same call is never recorded, nor billed, twice. */
    callKey: varchar("call_key").notNull(),
    /** started | settled | failed | uncertain */
    status: varchar("status").notNull().default("started"),
    inputTokens: bigint("input_tokens", { mode: "number" }),
    outputTokens: bigint("output_tokens", { mode: "number" }),
    latencyMs: integer("latency_ms"),
    errorMessage: text("error_message"),
    startedAt: instant("started_at").notNull().default(sql`now()`),
    settledAt: instant("settled_at"),
  },
  (t) => [
    unique("model_calls_tenant_id_unique").on(t.tenantId, t.id),
    unique("model_calls_key_unique").on(t.tenantId, t.callKey),
    index("model_calls_execution_idx").on(t.tenantId, t.executionId),
    index("model_calls_open_idx").on(t.status, t.startedAt).where(sql`${t.status} = 'started'`),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }),
  ],
);
