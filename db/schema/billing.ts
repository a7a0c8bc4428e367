import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { executions } from "./ai";
import { partners, tenants } from "./auth";
import { createdAt, id, instant, money, updatedAt } from "./columns";

/** Base prices. A row is never edited: a change closes its range and adds a row. Ranges cannot overlap (constraint in SQL). */
export const systemRates = pgTable(
  "system_rates",
  {
    id: id(),
    resourceType: varchar("resource_type").notNull(),
    unit: varchar("unit").notNull(),
    rate: money("rate").notNull(),
    isActive: boolean("is_active").default(true),
    description: text("description"),
    /** Null: the price of the resource for every model without a price of its own. */
    modelKey: varchar("model_key"),
    currency: varchar("currency").notNull().default("USD"),
    effectiveFrom: instant("effective_from").notNull().default(sql`now()`),
    effectiveTo: instant("effective_to"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
  },
  (t) => [
    index("system_rates_lookup_idx").on(t.resourceType, t.unit, t.modelKey, t.effectiveFrom),
    check("system_rates_rate_check", sql`${t.rate} >= 0`),
    check("system_rates_range_check", sql`${t.effectiveTo} is null or ${t.effectiveTo} > ${t.effectiveFrom}`),
  ],
);

/** A partner's own prices, by resource: it refers to the base rate it was set against. Same rules as the base rates. */
export const partnerRates = pgTable(
  "partner_rates",
  {
    id: id(),
    partnerId: uuid("partner_id")
      .notNull()
      .references(() => partners.id),
    systemRateId: uuid("system_rate_id")
      .notNull()
      .references(() => systemRates.id),
    rate: money("rate").notNull(),
    isActive: boolean("is_active").default(true),
    /** Copied from the base rate, so that a price survives a change of the base row. */
    resourceType: varchar("resource_type").notNull(),
    unit: varchar("unit").notNull(),
    modelKey: varchar("model_key"),
    currency: varchar("currency").notNull().default("USD"),
    effectiveFrom: instant("effective_from").notNull().default(sql`now()`),
    effectiveTo: instant("effective_to"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
  },
  (t) => [
    index("partner_rates_lookup_idx").on(t.partnerId, t.resourceType, t.unit, t.modelKey, t.effectiveFrom),
    check("partner_rates_rate_check", sql`${t.rate} >= 0`),
    check(
      "partner_rates_range_check",
      sql`${t.effectiveTo} is null or ${t.effectiveTo} > ${t.effectiveFrom}`,
    ),
  ],
);

/** Append-only: triggers and grants refuse UPDATE, DELETE and TRUNCATE. */
export const ledgerEntries = pgTable(
  "ledger_entries",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    partnerId: uuid("partner_id").references(() => partners.id),
    executionId: uuid("execution_id"),
    /** The run that a person or machine started, when `executionId` is a part of it. */
    rootExecutionId: uuid("root_execution_id"),
    resourceType: varchar("resource_type").notNull(),
    quantity: money("quantity").notNull(),
    unit: varchar("unit").notNull(),
    platformCost: money("platform_cost").notNull(),
    tenantCost: money("tenant_cost").notNull(),
    partnerCommission: money("partner_commission").notNull(),
    entryMetadata: text("entry_metadata"),
    createdAt: createdAt(),
    /** usage | reversal | adjustment */
    entryType: varchar("entry_type").notNull().default("usage"),
    reversesId: uuid("reverses_id").references((): AnyPgColumn => ledgerEntries.id),
    idempotencyKey: varchar("idempotency_key").notNull(),
    systemRateId: uuid("system_rate_id").references(() => systemRates.id),
    partnerRateId: uuid("partner_rate_id").references(() => partnerRates.id),
    systemRate: money("system_rate").notNull(),
    tenantRate: money("tenant_rate").notNull(),
    currency: varchar("currency").notNull().default("USD"),
    occurredAt: instant("occurred_at").notNull(),
    modelKey: varchar("model_key"),
    agentId: uuid("agent_id"),
    workflowId: uuid("workflow_id"),
    stepId: uuid("step_id"),
    nodeId: varchar("node_id"),
    documentId: uuid("document_id"),
    userId: uuid("user_id"),
    modelCallId: uuid("model_call_id"),
  },
  (t) => [
    unique("ledger_entries_idempotency_unique").on(t.tenantId, t.idempotencyKey),
    unique("ledger_entries_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("ledger_entries_reversal_unique").on(t.reversesId).where(sql`${t.entryType} = 'reversal'`),
    index("ledger_entries_tenant_time_idx").on(t.tenantId, t.occurredAt, t.id),
    index("ledger_entries_partner_time_idx").on(t.partnerId, t.occurredAt, t.id),
    index("ledger_entries_execution_idx").on(t.tenantId, t.executionId, t.stepId),
    index("ledger_entries_root_idx")
      .on(t.tenantId, t.rootExecutionId)
      .where(sql`${t.rootExecutionId} is not null`),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
    check("ledger_entries_sum_check", sql`${t.tenantCost} = ${t.platformCost} + ${t.partnerCommission}`),
    check("ledger_entries_direct_check", sql`${t.partnerId} is not null or ${t.partnerCommission} = 0`),
    check(
      "ledger_entries_usage_check",
      sql`${t.entryType} <> 'usage' or (${t.quantity} >= 0 and ${t.partnerCommission} >= 0)`,
    ),
    check("ledger_entries_floor_check", sql`${t.entryType} <> 'usage' or ${t.tenantRate} >= ${t.systemRate}`),
    check("ledger_entries_type_check", sql`${t.entryType} in ('usage', 'reversal', 'adjustment')`),
    check(
      "ledger_entries_reversal_check",
      sql`(${t.entryType} = 'usage') = (${t.reversesId} is null) or ${t.entryType} = 'adjustment'`,
    ),
  ],
);

export const invoices = pgTable(
  "invoices",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    invoiceNumber: varchar("invoice_number").notNull().unique(),
    totalAmount: money("total_amount").notNull(),
    currency: varchar("currency").default("USD"),
    status: varchar("status").default("pending"),
    periodStart: instant("period_start").notNull(),
    periodEnd: instant("period_end").notNull(),
    dueDate: instant("due_date").notNull(),
    paidDate: instant("paid_date"),
    stripeInvoiceId: varchar("stripe_invoice_id"),
    paymentIntentId: varchar("payment_intent_id"),
    /** The tenant's partner when the invoice was made. */
    partnerId: uuid("partner_id").references(() => partners.id),
    series: varchar("series").notNull().default("HB"),
    /** Assigned last, in the transaction that makes the invoice. */
    sequence: integer("sequence"),
    /** Names as they were when the invoice was made. */
    sellerName: varchar("seller_name").notNull(),
    customerName: varchar("customer_name").notNull(),
    /** How it was paid, when an admin recorded it: method and reference. */
    paymentNote: text("payment_note"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("invoices_tenant_id_unique").on(t.tenantId, t.id),
    unique("invoices_period_unique").on(t.tenantId, t.periodStart, t.periodEnd),
    unique("invoices_sequence_unique").on(t.series, t.sequence),
    index("invoices_partner_idx").on(t.partnerId, t.id),
    check("invoices_period_check", sql`${t.periodEnd} > ${t.periodStart}`),
  ],
);

/** One line is one (resource, unit, model, price, service period): its cents are rounded once, and the total is the sum of lines. */
export const invoiceLines = pgTable(
  "invoice_lines",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    position: integer("position").notNull(),
    description: varchar("description").notNull(),
    resourceType: varchar("resource_type").notNull(),
    unit: varchar("unit").notNull(),
    modelKey: varchar("model_key"),
    rate: money("rate").notNull(),
    quantity: money("quantity").notNull(),
    /** The exact sum of the ledger rows. */
    amount: money("amount").notNull(),
    amountCents: bigint("amount_cents", { mode: "bigint" }).notNull(),
    serviceStart: instant("service_start").notNull(),
    serviceEnd: instant("service_end").notNull(),
  },
  (t) => [
    unique("invoice_lines_tenant_id_unique").on(t.tenantId, t.id),
    unique("invoice_lines_position_unique").on(t.tenantId, t.invoiceId, t.position),
    foreignKey({ columns: [t.tenantId, t.invoiceId], foreignColumns: [invoices.tenantId, invoices.id] }),
  ],
);

/** The ledger row is the key: no usage is invoiced twice, and the ledger itself needs no update. */
export const invoiceEntryLinks = pgTable(
  "invoice_entry_links",
  {
    ledgerEntryId: uuid("ledger_entry_id").primaryKey(),
    tenantId: uuid("tenant_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    lineId: uuid("line_id").notNull(),
  },
  (t) => [
    index("invoice_entry_links_line_idx").on(t.tenantId, t.lineId),
    foreignKey({
      columns: [t.tenantId, t.ledgerEntryId],
      foreignColumns: [ledgerEntries.tenantId, ledgerEntries.id],
    }),
    foreignKey({ columns: [t.tenantId, t.invoiceId], foreignColumns: [invoices.tenantId, invoices.id] }),
    foreignKey({ columns: [t.tenantId, t.lineId], foreignColumns: [invoiceLines.tenantId, invoiceLines.id] }),
  ],
);

/** The next number of each series. Bumped by upsert inside the transaction that makes the invoice: no gaps. */
export const invoiceCounters = pgTable("invoice_counters", {
  series: varchar("series").primaryKey(),
  lastSequence: integer("last_sequence").notNull().default(0),
});

export const subscriptions = pgTable(
  "subscriptions",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    planName: varchar("plan_name").notNull(),
    status: varchar("status"),
    billingCycle: varchar("billing_cycle"),
    creditBalance: money("credit_balance"),
    stripeSubscriptionId: varchar("stripe_subscription_id"),
    stripeCustomerId: varchar("stripe_customer_id"),
    trialEndsAt: instant("trial_ends_at"),
    /** Instead of the plan's own limits; null keeps those. */
    maxRunning: integer("max_running"),
    maxQueued: integer("max_queued"),
    startsPerMinute: integer("starts_per_minute"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [unique("subscriptions_tenant_id_unique").on(t.tenantId, t.id)],
);

export const paymentMethods = pgTable(
  "payment_methods",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    stripePaymentMethodId: varchar("stripe_payment_method_id").notNull(),
    stripeCustomerId: varchar("stripe_customer_id").notNull(),
    type: varchar("type"),
    last4: varchar("last4"),
    isDefault: boolean("is_default"),
    createdAt: createdAt(),
  },
  (t) => [unique("payment_methods_tenant_id_unique").on(t.tenantId, t.id)],
);
