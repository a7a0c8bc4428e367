import { sql } from "drizzle-orm";
import {
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
import { tenants } from "./auth";
import { cents, createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";

/** What a tenant can subscribe to. Its `key` is what `subscriptions.plan_name` and `plan_limits.plan_name` say. */
export const plans = pgTable(
  "plans",
  {
    id: id(),
    key: varchar("key").notNull().unique(),
    name: varchar("name").notNull(),
    description: text("description"),
    /** Usage included in a month. */
    allowance: money("allowance").notNull().default("0"),
    trialDays: integer("trial_days").notNull().default(0),
    /** Promotional credit of a trial. */
    trialAllowance: money("trial_allowance").notNull().default("0"),
    isPublic: boolean("is_public").notNull().default(false),
    isActive: boolean("is_active").notNull().default(true),
    position: integer("position").notNull().default(0),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    check("plans_allowance_check", sql`${t.allowance} >= 0 and ${t.trialAllowance} >= 0`),
    check("plans_trial_check", sql`${t.trialDays} >= 0`),
    onlyDollars("plans", t.currency),
  ],
);

/** What a plan costs a cycle. A change closes the range and adds a row; ranges cannot overlap (constraint in SQL). */
export const planPrices = pgTable(
  "plan_prices",
  {
    id: id(),
    planId: uuid("plan_id")
      .notNull()
      .references(() => plans.id),
    /** monthly | annual */
    billingCycle: varchar("billing_cycle").notNull(),
    amountCents: cents("amount_cents").notNull(),
    effectiveFrom: instant("effective_from").notNull().default(sql`now()`),
    effectiveTo: instant("effective_to"),
    createdBy: uuid("created_by"),
    /** Taken back before it was in force: it is as if it had never been announced. */
    withdrawnAt: instant("withdrawn_at"),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    check("plan_prices_cycle_check", isOneOf(t.billingCycle, ["monthly", "annual"])),
    check("plan_prices_amount_check", sql`${t.amountCents} >= 0`),
    check("plan_prices_range_check", sql`${t.effectiveTo} is null or ${t.effectiveTo} > ${t.effectiveFrom}`),
    onlyDollars("plan_prices", t.currency),
  ],
);

/** What a tenant subscribes to: one live row, which a trial turns into a plan in place. */
export const subscriptions = pgTable(
  "subscriptions",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    planName: varchar("plan_name").notNull(),
    /** trialing | incomplete | active | past_due | cancelled */
    status: varchar("status"),
    /** monthly | annual */
    billingCycle: varchar("billing_cycle"),
    /** The wallet's `balance`, written with it. */
    creditBalance: money("credit_balance"),
    stripeSubscriptionId: varchar("stripe_subscription_id"),
    stripeCustomerId: varchar("stripe_customer_id"),
    trialEndsAt: instant("trial_ends_at"),
    /** Instead of the plan's own limits; null keeps those. */
    maxRunning: integer("max_running"),
    maxQueued: integer("max_queued"),
    startsPerMinute: integer("starts_per_minute"),
    planId: uuid("plan_id").references(() => plans.id),
    planPriceId: uuid("plan_price_id").references(() => planPrices.id),
    /** Every period starts on its day and at its time, in UTC. */
    anchorAt: instant("anchor_at").notNull().default(sql`now()`),
    currentPeriodStart: instant("current_period_start"),
    currentPeriodEnd: instant("current_period_end"),
    /** Up to when the plan's fee is paid: a year ahead when it is annual. */
    paidThrough: instant("paid_through"),
    cancelAtPeriodEnd: boolean("cancel_at_period_end").notNull().default(false),
    pendingPlanId: uuid("pending_plan_id").references(() => plans.id),
    pendingCycle: varchar("pending_cycle"),
    cancelledAt: instant("cancelled_at"),
    endedAt: instant("ended_at"),
    /** Nothing new starts from then on, for a debt: what runs goes on. */
    startsBlockedAt: instant("starts_blocked_at"),
    startsBlockedReason: text("starts_blocked_reason"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("subscriptions_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("subscriptions_live_unique").on(t.tenantId).where(sql`${t.endedAt} is null`),
    uniqueIndex("subscriptions_customer_unique")
      .on(t.stripeCustomerId)
      .where(sql`${t.stripeCustomerId} is not null and ${t.endedAt} is null`),
    check(
      "subscriptions_status_check",
      isOneOf(t.status, ["trialing", "incomplete", "active", "past_due", "cancelled"]),
    ),
    check("subscriptions_cycle_check", isOneOf(t.billingCycle, ["monthly", "annual"])),
  ],
);

/** Every change of a subscription. Append-only. */
export const subscriptionChanges = pgTable(
  "subscription_changes",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    subscriptionId: uuid("subscription_id").notNull(),
    /** start | upgrade | downgrade | cancel | resume | renew | end */
    kind: varchar("kind").notNull(),
    fromPlan: varchar("from_plan"),
    toPlan: varchar("to_plan"),
    fromCycle: varchar("from_cycle"),
    toCycle: varchar("to_cycle"),
    at: instant("at").notNull(),
    invoiceId: uuid("invoice_id"),
    key: varchar("key").notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("subscription_changes_key_unique").on(t.tenantId, t.key),
    index("subscription_changes_subscription_idx").on(t.tenantId, t.subscriptionId, t.at),
    // What people are told of: a sweep looks for it every minute.
    index("subscription_changes_told_idx")
      .on(t.at)
      .where(
        sql`${t.kind} = 'end' or ${t.kind} = 'renew' and (${t.fromPlan} <> ${t.toPlan} or ${t.fromCycle} <> ${t.toCycle})`,
      ),
    foreignKey({
      columns: [t.tenantId, t.subscriptionId],
      foreignColumns: [subscriptions.tenantId, subscriptions.id],
    }),
    check(
      "subscription_changes_kind_check",
      isOneOf(t.kind, ["start", "upgrade", "downgrade", "cancel", "resume", "renew", "end"]),
    ),
  ],
);
