import { sql } from "drizzle-orm";
import {
  bigserial,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { apiKeys, tenants } from "./auth";
import { createdAt, id, instant, isOneOf, money, updatedAt } from "./columns";

export const agents = pgTable(
  "agents",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    name: varchar("name").notNull(),
    role: varchar("role").notNull(),
    llmConfig: json("llm_config").notNull(),
    isActive: boolean("is_active").default(true),
    description: text("description"),
    /** Optimistic lock and the number of the newest row in `agent_versions`. */
    version: integer("version").notNull().default(1),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("agents_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("agents_tenant_name_unique").on(t.tenantId, sql`lower(${t.name})`),
  ],
);

/** What an agent was when it ran. Never changed. */
export const agentVersions = pgTable(
  "agent_versions",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    agentId: uuid("agent_id").notNull(),
    version: integer("version").notNull(),
    name: varchar("name").notNull(),
    role: varchar("role").notNull(),
    llmConfig: jsonb("llm_config").notNull(),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
  },
  (t) => [
    unique("agent_versions_tenant_id_unique").on(t.tenantId, t.id),
    unique("agent_versions_number_unique").on(t.tenantId, t.agentId, t.version),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }),
  ],
);

export const workflows = pgTable(
  "workflows",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    name: varchar("name").notNull(),
    /** The draft being edited. Runs use a frozen row of `workflow_versions`. */
    dagStructure: json("dag_structure").notNull(),
    isActive: boolean("is_active").default(true),
    description: text("description"),
    /** Optimistic lock of the draft: bumped by every save. */
    revision: integer("revision").notNull().default(1),
    publishedVersionId: uuid("published_version_id"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("workflows_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("workflows_tenant_name_unique").on(t.tenantId, sql`lower(${t.name})`),
  ],
);

export const workflowVersions = pgTable(
  "workflow_versions",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    workflowId: uuid("workflow_id").notNull(),
    version: integer("version").notNull(),
    dagStructure: jsonb("dag_structure").notNull(),
    note: text("note"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
  },
  (t) => [
    unique("workflow_versions_tenant_id_unique").on(t.tenantId, t.id),
    unique("workflow_versions_number_unique").on(t.tenantId, t.workflowId, t.version),
    foreignKey({ columns: [t.tenantId, t.workflowId], foreignColumns: [workflows.tenantId, workflows.id] }),
  ],
);

export const executions = pgTable(
  "executions",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    agentId: uuid("agent_id"),
    workflowId: uuid("workflow_id"),
    /** pending | running | waiting (for a time, a person or another run) | completed | failed | cancelled */
    status: varchar("status").default("pending"),
    inputData: json("input_data"),
    resultData: json("result_data"),
    errorMessage: text("error_message"),
    startedAt: instant("started_at"),
    completedAt: instant("completed_at"),
    createdAt: createdAt(),
    /** console | playground | api | webhook | schedule | form | workflow | seed. */
    trigger: varchar("trigger").notNull().default("console"),
    triggerId: uuid("trigger_id"),
    /** What runs, pinned: exactly one of the two. */
    workflowVersionId: uuid("workflow_version_id"),
    agentVersionId: uuid("agent_version_id"),
    startedBy: uuid("started_by"),
    apiKeyId: uuid("api_key_id"),
    idempotencyKey: varchar("idempotency_key"),
    /** SHA-256 of what was asked: the same key with another request is a conflict. */
    requestHash: varchar("request_hash"),
    errorCode: varchar("error_code"),
    errorNodeId: varchar("error_node_id"),
    cancelRequestedAt: instant("cancel_requested_at"),
    /** When its tenant had room for it; a run without it is queued. Parts of a run need none. */
    admittedAt: instant("admitted_at"),
    /** When the start event was accepted by the engine; null means it still has to be sent. */
    dispatchedAt: instant("dispatched_at"),
    deadlineAt: instant("deadline_at"),
    requestId: varchar("request_id"),
    /** The run whose map, loop or workflow node this one works for, with that node's step. */
    parentExecutionId: uuid("parent_execution_id"),
    parentStepId: uuid("parent_step_id"),
    /** The run a person or machine started, of which this one is a part; null on that run itself. */
    rootExecutionId: uuid("root_execution_id"),
    depth: integer("depth").notNull().default(0),
    /** Which item of its map, or which round of its loop; from zero. */
    itemIndex: integer("item_index"),
    /** The container whose nodes this run follows; null for the nodes outside of containers. */
    bodyNodeId: varchar("body_node_id"),
    /** start | resume | replay | nodes */
    mode: varchar("mode").notNull().default("start"),
    /** The run that this one resumes, replays or takes outputs from. */
    sourceExecutionId: uuid("source_execution_id"),
    /** The nodes that run; null for all. The others were given their outputs, or are left out. */
    onlyNodes: jsonb("only_nodes").$type<string[]>(),
    /** The version of each workflow that may be run inside this run, by workflow, as it was when the run was started. */
    pinnedVersions: jsonb("pinned_versions").$type<Record<string, string>>(),
    /** The agents it uses are as they were then: the start of the run it resumes. Null: when it was started itself. */
    pinnedAt: instant("pinned_at"),
    /** By node, the source's steps whose items, rounds or called run go on where they were. */
    continues: jsonb("continues").$type<Record<string, string>>(),
    /** Nodes with a pinned output give it instead of running: tests only. */
    usesPins: boolean("uses_pins").notNull().default(false),
    /** The money that a waiting run waits for: credit | cap | ask */
    waitReason: varchar("wait_reason"),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("executions_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("executions_idempotency_unique")
      .on(t.tenantId, t.idempotencyKey)
      .where(sql`${t.idempotencyKey} is not null`),
    index("executions_tenant_status_idx").on(t.tenantId, t.status, t.id),
    index("executions_tenant_workflow_idx")
      .on(t.tenantId, t.workflowId, t.id)
      .where(sql`${t.workflowId} is not null`),
    index("executions_tenant_agent_idx").on(t.tenantId, t.agentId, t.id).where(sql`${t.agentId} is not null`),
    index("executions_list_idx").on(t.tenantId, t.id).where(sql`root_execution_id is null`),
    index("executions_time_idx").on(t.tenantId, t.createdAt, t.id).where(sql`root_execution_id is null`),
    index("executions_root_idx")
      .on(t.tenantId, t.rootExecutionId)
      .where(sql`${t.rootExecutionId} is not null`),
    // One run for each item of a map and each round of a loop, however often it is asked for.
    uniqueIndex("executions_item_unique")
      .on(t.tenantId, t.parentStepId, t.itemIndex)
      .where(sql`${t.parentStepId} is not null`),
    index("executions_running_idx")
      .on(t.tenantId)
      .where(
        sql`${t.rootExecutionId} is null and ${t.admittedAt} is not null and ${t.status} in ('pending','running')`,
      ),
    index("executions_queue_idx")
      .on(t.tenantId, t.id)
      .where(sql`${t.rootExecutionId} is null and ${t.admittedAt} is null and ${t.status} = 'pending'`),
    index("executions_source_idx")
      .on(t.tenantId, t.sourceExecutionId)
      .where(sql`${t.sourceExecutionId} is not null`),
    index("executions_live_idx")
      .on(t.status, t.createdAt)
      .where(sql`${t.status} in ('pending','running','waiting')`),
    // Those that failed lately: of a year's failures no others are read.
    index("executions_failed_idx").on(t.completedAt).where(sql`${t.status} = 'failed'`),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }),
    foreignKey({ columns: [t.tenantId, t.workflowId], foreignColumns: [workflows.tenantId, workflows.id] }),
    foreignKey({
      columns: [t.tenantId, t.workflowVersionId],
      foreignColumns: [workflowVersions.tenantId, workflowVersions.id],
    }),
    foreignKey({
      columns: [t.tenantId, t.agentVersionId],
      foreignColumns: [agentVersions.tenantId, agentVersions.id],
    }),
    foreignKey({ columns: [t.tenantId, t.apiKeyId], foreignColumns: [apiKeys.tenantId, apiKeys.id] }),
  ],
);

/** One row for each node (and iteration) of a run. */
export const executionSteps = pgTable(
  "execution_steps",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    executionId: uuid("execution_id").notNull(),
    nodeId: varchar("node_id").notNull(),
    iteration: integer("iteration").notNull().default(0),
    kind: varchar("kind").notNull(),
    name: varchar("name").notNull(),
    /** running | waiting | completed | failed | skipped | cancelled */
    status: varchar("status").notNull(),
    attempt: integer("attempt").notNull().default(0),
    input: jsonb("input"),
    output: jsonb("output"),
    /** The port that became live: `true` and `false` of a condition. */
    branch: varchar("branch"),
    errorCode: varchar("error_code"),
    errorMessage: text("error_message"),
    /** What the step used and shows in the trace: tokens, latency, citations, the prompt as sent. */
    detail: jsonb("detail"),
    leaseUntil: instant("lease_until"),
    workerId: varchar("worker_id"),
    wakeAt: instant("wake_at"),
    /** The step of an earlier run whose output this one took over: nothing ran, nothing is billed. */
    reusedStepId: uuid("reused_step_id"),
    isPinned: boolean("is_pinned").notNull().default(false),
    /** What it waits for when that is money: credit | cap | ask */
    waitReason: varchar("wait_reason"),
    /** How much it needs to go on. */
    needed: money("needed"),
    capId: uuid("cap_id"),
    startedAt: instant("started_at"),
    completedAt: instant("completed_at"),
    /** Grows with every write of any step: what a live view has not seen yet. */
    revision: bigserial("revision", { mode: "number" }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("execution_steps_tenant_id_unique").on(t.tenantId, t.id),
    unique("execution_steps_node_unique").on(t.tenantId, t.executionId, t.nodeId, t.iteration),
    index("execution_steps_started_idx").on(t.tenantId, t.executionId, t.startedAt, t.id),
    index("execution_steps_revision_idx").on(t.tenantId, t.executionId, t.revision),
    index("execution_steps_running_idx").on(t.leaseUntil).where(sql`${t.status} = 'running'`),
    index("execution_steps_waiting_idx").on(t.wakeAt).where(sql`${t.status} = 'waiting'`),
    // Those that wait for money, by what they wait for (no cap: credit) and how much they need.
    index("execution_steps_payable_idx")
      .on(t.tenantId, t.capId, t.needed)
      .where(sql`${t.status} = 'waiting' and ${t.waitReason} is not null`),
    check("execution_steps_wait_reason_check", isOneOf(t.waitReason, ["credit", "cap", "ask"])),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
  ],
);
