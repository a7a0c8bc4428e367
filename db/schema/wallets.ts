import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { executionSteps, executions } from "./ai";
import { tenants } from "./auth";
import { ledgerEntries } from "./billing";
import { createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";

/**
 * What a tenant can spend, one row each. Written by the functions of `db/wallet-functions.ts` alone. Nothing that is
 * written for every step refers to it by a foreign key: those would lock the busiest row there is.
 */
export const wallets = pgTable(
  "wallets",
  {
    tenantId: uuid("tenant_id")
      .primaryKey()
      .references(() => tenants.id),
    /** prepaid | postpaid (up to `creditLimit` below zero) */
    mode: varchar("mode").notNull().default("prepaid"),
    /** What is left of the open lots of the plan. */
    allowance: money("allowance").notNull().default("0"),
    /** What is left of promotional and paid lots, less what is owed. Negative is a debt. */
    balance: money("balance").notNull().default("0"),
    /** The open holds. */
    held: money("held").notNull().default("0"),
    /** What is left of lots under dispute. */
    frozen: money("frozen").notNull().default("0"),
    creditLimit: money("credit_limit").notNull().default("0"),
    /** The earliest expiry of an open lot. */
    nextExpiryAt: instant("next_expiry_at"),
    /** Below it the tenant is told that its balance is low. Null: never. */
    lowWater: money("low_water"),
    /** When it was told, until the balance is above it again. */
    lowToldAt: instant("low_told_at"),
    currency: currency(),
    updatedAt: updatedAt(),
  },
  (t) => [
    // By columns that usage does not change: it would otherwise write to the index with every step.
    index("wallets_low_water_idx").on(t.tenantId).where(sql`${t.lowWater} is not null`),
    check("wallets_low_water_check", sql`${t.lowWater} > 0`),
    check("wallets_mode_check", isOneOf(t.mode, ["prepaid", "postpaid"])),
    check("wallets_allowance_check", sql`${t.allowance} >= 0`),
    check("wallets_held_check", sql`${t.held} >= 0`),
    check("wallets_frozen_check", sql`${t.frozen} >= 0`),
    check(
      "wallets_limit_check",
      sql`${t.creditLimit} >= 0 and (${t.mode} = 'postpaid' or ${t.creditLimit} = 0)`,
    ),
    onlyDollars("wallets", t.currency),
  ],
);

/** Credit as it came in: the allowance of a plan, a promotion, or money. Spent in that order, earliest expiry first. */
export const creditLots = pgTable(
  "credit_lots",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    /** plan | promo | paid */
    source: varchar("source").notNull(),
    amount: money("amount").notNull(),
    remaining: money("remaining").notNull(),
    expiresAt: instant("expires_at"),
    /** When nothing was left of it: spent, expired or refunded. */
    closedAt: instant("closed_at"),
    /** Under dispute: not to be spent. */
    isFrozen: boolean("is_frozen").notNull().default(false),
    /** Who bears a promotion: platform | partner */
    paidBy: varchar("paid_by").notNull().default("platform"),
    partnerId: uuid("partner_id"),
    topupId: uuid("topup_id"),
    subscriptionId: uuid("subscription_id"),
    reason: text("reason"),
    grantedBy: uuid("granted_by"),
    /** The same key is credited once. */
    key: varchar("key").notNull(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("credit_lots_tenant_id_unique").on(t.tenantId, t.id),
    unique("credit_lots_key_unique").on(t.tenantId, t.key),
    index("credit_lots_promised_idx")
      .on(t.partnerId)
      .where(sql`${t.paidBy} = 'partner' and ${t.closedAt} is null`),
    index("credit_lots_open_idx")
      .on(t.tenantId, t.source, t.expiresAt, t.id)
      .where(sql`${t.closedAt} is null`),
    check("credit_lots_source_check", isOneOf(t.source, ["plan", "promo", "paid"])),
    check("credit_lots_amount_check", sql`${t.amount} > 0`),
    check("credit_lots_remaining_check", sql`${t.remaining} >= 0 and ${t.remaining} <= ${t.amount}`),
    check("credit_lots_payer_check", isOneOf(t.paidBy, ["platform", "partner"])),
    onlyDollars("credit_lots", t.currency),
  ],
);

/** Everything that ever changed a wallet. Append-only. */
export const creditTransactions = pgTable(
  "credit_transactions",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    kind: varchar("kind").notNull(),
    /** What changed: lots of a plan, promotional or paid ones, or what the tenant owes (`receivable`). */
    source: varchar("source").notNull(),
    lotId: uuid("lot_id"),
    amount: money("amount").notNull(),
    balanceAfter: money("balance_after").notNull(),
    allowanceAfter: money("allowance_after").notNull(),
    holdId: uuid("hold_id"),
    executionId: uuid("execution_id"),
    stepId: uuid("step_id"),
    invoiceId: uuid("invoice_id"),
    creditNoteId: uuid("credit_note_id"),
    reason: text("reason"),
    createdBy: uuid("created_by"),
    key: varchar("key").notNull(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("credit_transactions_key_unique").on(t.tenantId, t.key),
    index("credit_transactions_time_idx").on(t.tenantId, t.createdAt, t.id),
    check(
      "credit_transactions_kind_check",
      isOneOf(t.kind, [
        "opening",
        "usage",
        "reversal",
        "grant",
        "topup",
        "expiry",
        "refund",
        "invoice_payment",
        "dispute",
        "dispute_won",
        "adjustment",
      ]),
    ),
    check("credit_transactions_source_check", isOneOf(t.source, ["plan", "promo", "paid", "receivable"])),
    check("credit_transactions_amount_check", sql`${t.amount} <> 0`),
    onlyDollars("credit_transactions", t.currency),
  ],
);

/** Money set aside before work that costs some: the worst case of a step, until it is settled with what it used. */
export const creditHolds = pgTable(
  "credit_holds",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    /** The key of the step, or of the usage when no step is behind it. */
    key: varchar("key").notNull(),
    stepId: uuid("step_id"),
    executionId: uuid("execution_id"),
    rootExecutionId: uuid("root_execution_id"),
    agentId: uuid("agent_id"),
    amount: money("amount").notNull(),
    settledAmount: money("settled_amount"),
    /** open | settled | released | expired */
    status: varchar("status").notNull().default("open"),
    /** The windows of caps it counts in, fixed when it was placed: `[{cap, key}]`. */
    windows: jsonb("windows").notNull().default([]),
    expiresAt: instant("expires_at").notNull(),
    endedAt: instant("ended_at"),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("credit_holds_key_unique").on(t.tenantId, t.key),
    index("credit_holds_expiry_idx").on(t.expiresAt).where(sql`${t.status} = 'open'`),
    foreignKey({
      columns: [t.tenantId, t.stepId],
      foreignColumns: [executionSteps.tenantId, executionSteps.id],
    }),
    foreignKey({
      columns: [t.tenantId, t.executionId],
      foreignColumns: [executions.tenantId, executions.id],
    }),
    check("credit_holds_status_check", isOneOf(t.status, ["open", "settled", "released", "expired"])),
    check("credit_holds_amount_check", sql`${t.amount} >= 0`),
    onlyDollars("credit_holds", t.currency),
  ],
);

/** What a ledger row was paid with: lots, or nothing yet (`receivable`). Append-only; the rows of an entry add up to it. */
export const ledgerFunding = pgTable(
  "ledger_funding",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    partnerId: uuid("partner_id"),
    ledgerEntryId: uuid("ledger_entry_id").notNull(),
    /** plan | promo | paid | receivable */
    source: varchar("source").notNull(),
    lotId: uuid("lot_id"),
    amount: money("amount").notNull(),
    /** This part's share of the partner's commission. */
    commissionShare: money("commission_share").notNull(),
    /** What the partner will be paid for it: its share when money paid for it; less than nothing for its own promotion. */
    payable: money("payable").notNull(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    index("ledger_funding_entry_idx").on(t.tenantId, t.ledgerEntryId),
    index("ledger_funding_lot_idx").on(t.tenantId, t.lotId),
    // What was owed and is paid by credit that came later: few, and far from the time of their entries.
    index("ledger_funding_repaid_idx")
      .on(t.tenantId, t.createdAt)
      .where(sql`${t.source} = 'receivable' and ${t.amount} < 0`),
    index("ledger_funding_payable_idx").on(t.partnerId, t.id).where(sql`${t.payable} <> 0`),
    foreignKey({
      columns: [t.tenantId, t.ledgerEntryId],
      foreignColumns: [ledgerEntries.tenantId, ledgerEntries.id],
    }),
    foreignKey({ columns: [t.tenantId, t.lotId], foreignColumns: [creditLots.tenantId, creditLots.id] }),
    check("ledger_funding_source_check", isOneOf(t.source, ["plan", "promo", "paid", "receivable"])),
    check("ledger_funding_lot_check", sql`(${t.source} = 'receivable') = (${t.lotId} is null)`),
    onlyDollars("ledger_funding", t.currency),
  ],
);
