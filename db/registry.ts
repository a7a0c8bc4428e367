import {
  CREDENTIAL_COLUMNS,
  DOCUMENT_FACTS,
  EXECUTION_FACTS,
  KEY_COLUMNS,
  PARTNER_LEDGER_COLUMNS,
  SESSION_COLUMNS,
  TENANT_LEDGER_COLUMNS,
  USER_COLUMNS,
} from "./registry-columns";
import { MONEY_TABLES } from "./registry-money";
import type { TableRule } from "./rules";

/**
 * Every table, what kind it is, and what each database role may do with it: the privacy matrix on one page.
 * `db/policies.ts` turns it into grants and row policies; `db/isolation.db.test.ts` attacks every line.
 *
 * Roles: `tenant` (consoles and API inside one tenant), `worker` (runs, ingestion, metering inside one tenant: it may
 * also read prices and write the ledger), `partner`, `platform` (app admins), `system` (before a tenant is known:
 * sign-in, links, sweeps, webhooks).
 */
export const TABLES = {
  partners: { class: "partner", partnerColumn: "id", partner: "su", platform: "siu", system: "siu" },
  partner_members: { class: "partner", partner: "sid", platform: "sid", system: "sid" },
  tenants: {
    class: "tenant",
    tenantColumn: "id",
    tenant: { verbs: "su", updates: ["name", "updated_at"] },
    worker: "s",
    // Whose customer it is, is not for a partner to say.
    partner: { verbs: "su", updates: ["name", "status", "suspended_by", "suspended_reason", "updated_at"] },
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
    system: {
      verbs: "s",
      columns: [
        "id",
        "tenant_id",
        "execution_id",
        "status",
        "lease_until",
        "wake_at",
        "wait_reason",
        "needed",
        "cap_id",
        "is_pinned",
        "reused_step_id",
      ],
    },
  },
  step_attempts: { class: "tenant", tenant: "s", worker: "si" },
  approvals: {
    class: "tenant",
    tenant: "s",
    worker: "siu",
    // What somebody was asked who is switched off falls to others, together with that.
    platform: {
      verbs: "su",
      columns: ["tenant_id", "status", "approvers"],
      updates: ["remind_at", "reminded_at"],
    },
    system: {
      verbs: "su",
      columns: ["id", "tenant_id", "status", "approvers", "remind_at", "reminded_at", "expires_at"],
      updates: ["remind_at", "reminded_at"],
    },
  },
  run_batches: {
    class: "tenant",
    tenant: { verbs: "siu", updates: ["status", "note", "ended_at", "updated_at"] },
    worker: { verbs: "su", updates: ["status", "note", "ended_at", "updated_at"] },
    system: { verbs: "s", columns: ["id", "tenant_id", "verb", "status", "updated_at"] },
  },
  run_batch_items: {
    class: "tenant",
    tenant: "si",
    worker: { verbs: "su", updates: ["outcome", "started_id", "message"] },
  },
  workflow_triggers: {
    class: "tenant",
    tenant: "siud",
    worker: "su",
    system: {
      verbs: "s",
      columns: ["id", "tenant_id", "workflow_id", "kind", "is_active", "token_hash", "next_at", "updated_at"],
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
    system: { verbs: "s", columns: [...DOCUMENT_FACTS, "dispatched_at", "wait_reason", "needed", "cap_id"] },
  },
  document_chunks: { class: "tenant", tenant: "sd", worker: "siud" },

  system_rates: { class: "platform", worker: "s", partner: "s", platform: "siu", system: "s" },
  partner_rates: { class: "partner", worker: "s", partner: "siu", platform: "s", system: "s" },
  price_allowances: { class: "partner", partner: "s", platform: "siu" },
  ledger_entries: {
    class: "tenant",
    appendOnly: true,
    tenant: { verbs: "s", columns: TENANT_LEDGER_COLUMNS },
    worker: "si",
    partner: { verbs: "s", columns: PARTNER_LEDGER_COLUMNS },
    platform: "si",
    system: "s",
  },
  ...MONEY_TABLES,

  plan_limits: { class: "platform", tenant: "s", worker: "s", platform: "siud", system: "s" },
  ai_models: { class: "platform", tenant: "s", worker: "s", partner: "s", platform: "siud", system: "s" },
  system_configs: { class: "platform", platform: "siud", system: "s" },

  notifications: { class: "tenant", tenant: "siu", worker: "siu", system: "sd" },
  notification_preferences: { class: "tenant", tenant: "siu", worker: "s" },
  webhook_endpoints: { class: "tenant", tenant: "siud", worker: "su" },
  credentials: { class: "tenant", tenant: { verbs: "siud", columns: CREDENTIAL_COLUMNS }, worker: "s" },
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
  emails: {
    class: "system",
    tenant: "i",
    worker: "i",
    partner: "i",
    platform: { verbs: "siu", updates: ["status", "attempt", "error_message", "next_attempt_at"] },
    system: "siud",
  },
} as const satisfies Record<string, TableRule>;
