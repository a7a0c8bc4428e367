import type { TableRule } from "./rules";

/**
 * The tables of money. A console never writes money: `tenant` and `partner` insert wishes only (caps, automatic
 * top-ups, tax details). Holds and usage are written by `worker`; documents and payments by `platform` and `system`.
 */
export const MONEY_TABLES = {
  wallets: {
    class: "tenant",
    tenant: "s",
    worker: "su",
    partner: {
      verbs: "s",
      columns: ["tenant_id", "mode", "allowance", "balance", "held", "frozen", "credit_limit", "currency"],
    },
    partnerVia: "tenant",
    platform: "siu",
    system: "siu",
  },
  credit_lots: {
    class: "tenant",
    tenant: "s",
    worker: "su",
    partner: "s",
    partnerVia: "tenant",
    platform: "siu",
    system: "siu",
  },
  credit_transactions: {
    class: "tenant",
    appendOnly: true,
    tenant: "s",
    worker: "si",
    platform: "si",
    system: "si",
  },
  credit_holds: {
    class: "tenant",
    tenant: "s",
    worker: "siu",
    platform: "su",
    system: {
      verbs: "s",
      columns: [
        "id",
        "tenant_id",
        "key",
        "status",
        "expires_at",
        "execution_id",
        "step_id",
        "amount",
        "windows",
        "settled_amount",
      ],
    },
  },
  ledger_funding: {
    class: "tenant",
    appendOnly: true,
    tenant: {
      verbs: "s",
      columns: ["id", "tenant_id", "ledger_entry_id", "source", "lot_id", "amount", "currency", "created_at"],
    },
    worker: "si",
    partner: "s",
    platform: "si",
    system: "si",
  },
  spend_caps: {
    class: "tenant",
    tenant: "siud",
    // Setting a cap and counting what it bounds so far are one transaction.
    worker: "siu",
    // A partner sees whom a price would stop: the bound, never what an agent is called or does.
    partner: {
      verbs: "s",
      columns: ["id", "tenant_id", "scope", "agent_id", "period", "amount", "is_active"],
    },
    partnerVia: "tenant",
    platform: "s",
    // Whom a cap that has room lets go on.
    system: { verbs: "s", columns: ["id", "tenant_id", "period", "amount", "on_reach", "is_active"] },
  },
  cap_windows: {
    class: "tenant",
    tenant: "s",
    worker: "siu",
    partner: { verbs: "s", columns: ["tenant_id", "cap_id", "window_key", "extra"] },
    partnerVia: "tenant",
    platform: "siu",
    system: "s",
  },
  spend_alerts: { class: "tenant", tenant: "s", worker: "siu", platform: "si", system: "s" },
  auto_topups: { class: "tenant", tenant: "siu", worker: "s", system: "su" },

  plans: { class: "platform", tenant: "s", worker: "s", partner: "s", platform: "siu", system: "s" },
  plan_prices: { class: "platform", tenant: "s", worker: "s", partner: "s", platform: "siu", system: "s" },
  subscriptions: {
    class: "tenant",
    tenant: "s",
    worker: { verbs: "su", updates: ["credit_balance"] },
    partner: "si",
    partnerVia: "tenant",
    platform: "siu",
    system: "siu",
  },
  subscription_changes: { class: "tenant", appendOnly: true, tenant: "s", platform: "si", system: "si" },

  invoices: { class: "tenant", tenant: "s", partner: "s", platform: "siu", system: "siu" },
  invoice_lines: {
    class: "tenant",
    tenant: "s",
    partner: "s",
    partnerVia: "invoice",
    platform: "siud",
    system: "siud",
  },
  invoice_entry_links: { class: "tenant", tenant: "s", platform: "siud", system: "siud" },
  invoice_counters: { class: "system", platform: "siu", system: "siu" },
  credit_notes: {
    class: "tenant",
    tenant: "s",
    partner: "s",
    platform: "siu",
    system: "siu",
  },
  credit_note_lines: {
    class: "tenant",
    tenant: "s",
    partner: "s",
    partnerVia: "credit_note",
    platform: "si",
    system: "si",
  },
  billing_profiles: {
    class: "tenant",
    tenant: "siu",
    worker: "s",
    partner: "s",
    partnerVia: "tenant",
    platform: "siu",
    system: "s",
  },
  tax_rates: { class: "platform", platform: "siu", system: "s" },

  payment_methods: { class: "tenant", tenant: "s", platform: "s", system: "siud" },
  topups: { class: "tenant", tenant: "s", worker: "s", platform: "s", system: "siu" },
  payments: { class: "tenant", tenant: "s", platform: "siu", system: "siu" },
  refunds: { class: "tenant", tenant: "s", platform: "siu", system: "siu" },
  disputes: { class: "tenant", tenant: "s", platform: "s", system: "siu" },
  stripe_events: { class: "system", platform: "su", system: "siu" },
  stripe_requests: { class: "system", platform: "s", system: "siu" },

  commission_events: { class: "partner", appendOnly: true, partner: "s", platform: "si", system: "si" },
  partner_accounts: { class: "partner", partner: "s", platform: "siu", system: "siu" },
  partner_payouts: { class: "partner", partner: "s", platform: "siu", system: "siu" },
  payout_items: { class: "partner", partner: "s", platform: "sid", system: "sid" },
  price_book_drafts: { class: "partner", partner: "siud", platform: "siud" },
  price_book_draft_rates: { class: "partner", partner: "siud", platform: "siud" },
  tenant_partner_history: {
    class: "tenant",
    tenant: "s",
    worker: "s",
    partner: {
      verbs: "s",
      columns: ["id", "tenant_id", "partner_id", "effective_from", "effective_to", "left_as"],
    },
    platform: "siu",
    system: "siu",
  },
  partner_branding: { class: "partner", partner: "siu", platform: "siu", system: "s" },

  reconciliation_runs: { class: "platform", platform: "siu", system: "siu" },
  reconciliation_findings: { class: "platform", platform: "siu", system: "siu" },
  // Worked out from the ledger: no console writes it.
  usage_counted: {
    class: "tenant",
    tenant: "s",
    partner: "s",
    partnerVia: "tenant",
    platform: "s",
    system: "siud",
  },
  usage_sums: { class: "tenant", tenant: "s", platform: "s", system: "siud" },
  usage_runs: { class: "tenant", tenant: "s", platform: "s", system: "siud" },
  margin_sums: { class: "tenant", partner: "s", platform: "s", system: "siud" },
  ledger_digests: { class: "platform", appendOnly: true, platform: "s", system: "si" },
} as const satisfies Record<string, TableRule>;
