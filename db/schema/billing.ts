import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  foreignKey,
  index,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { executions } from "./ai";
import { partners, tenants } from "./auth";
import { createdAt, id, instant, money } from "./columns";

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

/** The platform lets a partner ask more than twenty times a base price for a thing, up to a price. One at a time. */
export const priceAllowances = pgTable(
  "price_allowances",
  {
    id: id(),
    partnerId: uuid("partner_id")
      .notNull()
      .references(() => partners.id),
    resourceType: varchar("resource_type").notNull(),
    unit: varchar("unit").notNull(),
    modelKey: varchar("model_key"),
    maxRate: money("max_rate").notNull(),
    reason: text("reason").notNull(),
    createdBy: uuid("created_by"),
    revokedAt: instant("revoked_at"),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex("price_allowances_thing_unique")
      .on(t.partnerId, t.resourceType, t.unit, sql`coalesce(${t.modelKey}, '')`)
      .where(sql`${t.revokedAt} is null`),
    check("price_allowances_rate_check", sql`${t.maxRate} > 0`),
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
