/**
 * Every table, what kind it is, and what each database role may do with it: the privacy matrix on one page.
 * `db/policies.ts` turns it into grants and row policies; `db/isolation.db.test.ts` attacks every line.
 *
 * Roles: `tenant` (consoles and API inside one tenant), `worker` (runs, ingestion, metering inside one tenant: it may
 * also read prices and write the ledger), `partner`, `platform` (app admins), `system` (before a tenant is known:
 * sign-in, links, sweeps, webhooks).
 */
export type TableClass = "tenant" | "partner" | "auth" | "platform" | "system";

export type Verb = "select" | "insert" | "update" | "delete";

/** `s` select, `i` insert, `u` update, `d` delete. `columns` narrows what may be read. */
export type Grant = string | { verbs: string; columns: readonly string[] };

export type TableRule = {
  class: TableClass;
  tenant?: Grant;
  worker?: Grant;
  partner?: Grant;
  platform?: Grant;
  system?: Grant;
  /** The column compared with the current tenant; `tenant_id` unless said otherwise. */
  tenantColumn?: string;
  /** The column compared with the current partner; `partner_id` unless said otherwise. */
  partnerColumn?: string;
  /** Instead of a column: the rows a partner sees of a table without `partner_id`. */
  partnerVia?: "tenant";
  /** Never updated, deleted or truncated by anybody. */
  appendOnly?: boolean;
};

const USER_COLUMNS = [
  "id",
  "email",
  "full_name",
  "tenant_id",
  "role",
  "is_active",
  "is_verified",
  "email_verified_at",
  "image",
  "created_at",
  "updated_at",
] as const;
const TENANT_LEDGER_COLUMNS = [
  "id",
  "tenant_id",
  "execution_id",
  "root_execution_id",
  "resource_type",
  "quantity",
  "unit",
  "tenant_cost",
  "created_at",
  "entry_type",
  "reverses_id",
  "tenant_rate",
  "currency",
  "occurred_at",
  "model_key",
  "agent_id",
  "workflow_id",
  "step_id",
  "node_id",
  "document_id",
  "user_id",
  "model_call_id",
] as const;
const PARTNER_LEDGER_COLUMNS = [
  "id",
  "tenant_id",
  "partner_id",
  "execution_id",
  "root_execution_id",
  "step_id",
  "resource_type",
  "quantity",
  "unit",
  "platform_cost",
  "tenant_cost",
  "partner_commission",
  "created_at",
  "entry_type",
  "reverses_id",
  "system_rate",
  "tenant_rate",
  "system_rate_id",
  "partner_rate_id",
  "currency",
  "occurred_at",
  "model_key",
] as const;
const EXECUTION_FACTS = [
  "id",
  "tenant_id",
  "agent_id",
  "workflow_id",
  "status",
  "started_at",
  "completed_at",
  "created_at",
  "trigger",
  "error_code",
  "updated_at",
] as const;
const DOCUMENT_FACTS = [
  "id",
  "tenant_id",
  "file_type",
  "size_bytes",
  "upload_status",
  "stage",
  "created_at",
  "updated_at",
  "completed_at",
] as const;
const SESSION_COLUMNS = [
  "id",
  "user_id",
  "expires_at",
  "revoked",
  "family_id",
  "absolute_expires_at",
  "last_seen_at",
  "revoked_reason",
  "ip",
  "user_agent",
  "created_at",
] as const;
const KEY_COLUMNS = [
  "id",
  "tenant_id",
  "name",
  "last_four",
  "scopes",
  "created_by",
  "last_used_at",
  "expires_at",
  "revoked_at",
  "created_at",
] as const;

export const TABLES = {
  partners: { class: "partner", partnerColumn: "id", partner: "su", platform: "siu", system: "siu" },
  partner_members: { class: "partner", partner: "sid", platform: "sid", system: "sid" },
  tenants: {
    class: "tenant",
    tenantColumn: "id",
    tenant: "su",
    worker: "s",
    partner: "siu",
    platform: "siu",
    system: "siu",
  },
  users: {
    class: "tenant",
    tenant: { verbs: "su", columns: USER_COLUMNS },
    worker: { verbs: "s", columns: USER_COLUMNS },
    partner: { verbs: "s", columns: USER_COLUMNS },
    partnerVia: "tenant",
    platform: { verbs: "su", columns: USER_COLUMNS },
    system: "siu",
  },
  refresh_tokens: { class: "auth", platform: { verbs: "su", columns: SESSION_COLUMNS }, system: "siud" },
  accounts: { class: "auth", system: "siud" },
  auth_tokens: { class: "auth", system: "siud" },
  rate_limits: { class: "auth", system: "siud" },
  view_as_sessions: { class: "auth", platform: "siu", system: "siu" },
  api_keys: { class: "tenant", tenant: { verbs: "siu", columns: KEY_COLUMNS }, system: "siu" },

  agents: { class: "tenant", tenant: "siud", worker: "s" },
  agent_versions: { class: "tenant", tenant: "si", worker: "s" },
  workflows: { class: "tenant", tenant: "siud", worker: "s" },
  workflow_versions: { class: "tenant", tenant: "sid", worker: "s" },
  executions: {
    class: "tenant",
    tenant: "siu",
    worker: "siu",
    platform: { verbs: "s", columns: EXECUTION_FACTS },
    system: {
      verbs: "s",
      columns: [
        ...EXECUTION_FACTS,
        "admitted_at",
        "dispatched_at",
        "deadline_at",
        "cancel_requested_at",
        "request_id",
        "parent_execution_id",
        "parent_step_id",
        "root_execution_id",
        "trigger_id",
      ],
    },
  },
  execution_steps: {
    class: "tenant",
    tenant: "s",
    worker: "siu",
    system: { verbs: "s", columns: ["id", "tenant_id", "execution_id", "status", "lease_until", "wake_at"] },
  },
  step_attempts: { class: "tenant", tenant: "s", worker: "si" },
  approvals: {
    class: "tenant",
    tenant: "s",
    worker: "siu",
    system: { verbs: "s", columns: ["id", "tenant_id", "status", "remind_at", "reminded_at", "expires_at"] },
  },
  workflow_triggers: {
    class: "tenant",
    tenant: "siud",
    worker: "su",
    system: {
      verbs: "s",
      columns: ["id", "tenant_id", "workflow_id", "kind", "is_active", "token_hash", "next_at"],
    },
  },
  trigger_deliveries: {
    class: "tenant",
    tenant: "s",
    worker: "siu",
    system: { verbs: "sd", columns: ["id", "tenant_id", "trigger_id", "created_at"] },
  },
  model_calls: { class: "tenant", tenant: "s", worker: "siu", platform: "s", system: "s" },

  documents: {
    class: "tenant",
    tenant: "siud",
    worker: "siu",
    platform: { verbs: "s", columns: DOCUMENT_FACTS },
    system: { verbs: "s", columns: [...DOCUMENT_FACTS, "dispatched_at"] },
  },
  document_chunks: { class: "tenant", tenant: "sd", worker: "siud" },

  system_rates: { class: "platform", worker: "s", partner: "s", platform: "siu", system: "s" },
  partner_rates: { class: "partner", worker: "s", partner: "siu", platform: "s", system: "s" },
  ledger_entries: {
    class: "tenant",
    appendOnly: true,
    tenant: { verbs: "s", columns: TENANT_LEDGER_COLUMNS },
    worker: "si",
    partner: { verbs: "s", columns: PARTNER_LEDGER_COLUMNS },
    platform: "si",
    system: "s",
  },
  invoices: { class: "tenant", tenant: "s", partner: "s", platform: "siu", system: "siu" },
  invoice_lines: {
    class: "tenant",
    tenant: "s",
    partner: "s",
    partnerVia: "tenant",
    platform: "si",
    system: "si",
  },
  invoice_entry_links: { class: "tenant", tenant: "s", platform: "si", system: "si" },
  invoice_counters: { class: "system", platform: "siu", system: "siu" },
  subscriptions: {
    class: "tenant",
    tenant: "s",
    worker: "s",
    partner: "si",
    partnerVia: "tenant",
    platform: "siu",
    system: "siu",
  },
  payment_methods: { class: "tenant", tenant: "s", system: "siud" },

  plan_limits: { class: "platform", tenant: "s", worker: "s", platform: "siud", system: "s" },
  ai_models: { class: "platform", tenant: "s", worker: "s", partner: "s", platform: "siud", system: "s" },
  system_configs: { class: "platform", platform: "siud", system: "s" },

  notifications: { class: "tenant", tenant: "siu", worker: "siu", system: "sd" },
  notification_preferences: { class: "tenant", tenant: "siu", worker: "s" },
  webhook_endpoints: { class: "tenant", tenant: "siud", worker: "su" },
  webhook_deliveries: {
    class: "tenant",
    tenant: "siu",
    worker: "siu",
    system: { verbs: "sd", columns: ["id", "tenant_id", "status", "next_attempt_at", "created_at"] },
  },

  audit_log: {
    class: "tenant",
    appendOnly: true,
    tenant: "si",
    worker: "si",
    partner: "si",
    platform: "si",
    system: "si",
  },
  emails: { class: "system", tenant: "i", worker: "i", partner: "i", platform: "si", system: "siud" },
} as const satisfies Record<string, TableRule>;
