import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { agents } from "./ai";
import { tenants } from "./auth";
import { createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";

/** A bound that a tenant sets itself: for everything, an agent or one run, a day or a month. */
export const spendCaps = pgTable(
  "spend_caps",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    /** tenant | agent | run */
    scope: varchar("scope").notNull(),
    agentId: uuid("agent_id"),
    /** day | month | run */
    period: varchar("period").notNull(),
    amount: money("amount").notNull(),
    /** stop | switch (to the cheaper model) | ask */
    onReach: varchar("on_reach").notNull().default("stop"),
    switchAtPercent: integer("switch_at_percent").notNull().default(80),
    fallbackModelKey: varchar("fallback_model_key"),
    isActive: boolean("is_active").notNull().default(true),
    createdBy: uuid("created_by"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("spend_caps_tenant_id_unique").on(t.tenantId, t.id),
    unique("spend_caps_place_unique").on(t.tenantId, t.scope, t.agentId, t.period).nullsNotDistinct(),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }),
    check("spend_caps_scope_check", isOneOf(t.scope, ["tenant", "agent", "run"])),
    check("spend_caps_period_check", isOneOf(t.period, ["day", "month", "run"])),
    check("spend_caps_amount_check", sql`${t.amount} > 0`),
    check("spend_caps_agent_check", sql`(${t.scope} = 'agent') = (${t.agentId} is not null)`),
    check("spend_caps_run_check", sql`(${t.scope} = 'run') = (${t.period} = 'run')`),
    check("spend_caps_reach_check", isOneOf(t.onReach, ["stop", "switch", "ask"])),
    check("spend_caps_reach_scope_check", sql`${t.onReach} = 'stop' or ${t.scope} = 'agent'`),
    check("spend_caps_fallback_check", sql`${t.onReach} <> 'switch' or ${t.fallbackModelKey} is not null`),
    check("spend_caps_percent_check", sql`${t.switchAtPercent} between 1 and 100`),
    onlyDollars("spend_caps", t.currency),
  ],
);

/** What was spent and is held under a cap in one day (`2026-11-26`), month (`2026-11`) or run (its id). */
export const capWindows = pgTable(
  "cap_windows",
  {
    tenantId: uuid("tenant_id").notNull(),
    capId: uuid("cap_id").notNull(),
    windowKey: varchar("window_key").notNull(),
    spent: money("spent").notNull().default("0"),
    held: money("held").notNull().default("0"),
    /** What a person allowed on top, in this window alone. */
    extra: money("extra").notNull().default("0"),
    currency: currency(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.capId, t.windowKey] }),
    check("cap_windows_held_check", sql`${t.held} >= 0`),
    check("cap_windows_extra_check", sql`${t.extra} >= 0`),
    onlyDollars("cap_windows", t.currency),
  ],
);

/** A cap was reached to so many percent, in one window: told once. */
export const spendAlerts = pgTable(
  "spend_alerts",
  {
    tenantId: uuid("tenant_id").notNull(),
    capId: uuid("cap_id").notNull(),
    windowKey: varchar("window_key").notNull(),
    threshold: integer("threshold").notNull(),
    toldAt: instant("told_at"),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.capId, t.windowKey, t.threshold] }),
    index("spend_alerts_untold_idx").on(t.toldAt).where(sql`${t.toldAt} is null`),
    check("spend_alerts_threshold_check", sql`${t.threshold} in (50, 80, 100)`),
  ],
);

/** Credit that is bought by itself when little is left. */
export const autoTopups = pgTable(
  "auto_topups",
  {
    tenantId: uuid("tenant_id").primaryKey(),
    isOn: boolean("is_on").notNull().default(false),
    threshold: money("threshold").notNull(),
    amount: money("amount").notNull(),
    monthlyMax: money("monthly_max").notNull(),
    failures: integer("failures").notNull().default(0),
    disabledReason: text("disabled_reason"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    foreignKey({ columns: [t.tenantId], foreignColumns: [tenants.id] }),
    check("auto_topups_threshold_check", sql`${t.threshold} >= 0`),
    check("auto_topups_amount_check", sql`${t.amount} > 0 and ${t.monthlyMax} >= ${t.amount}`),
    onlyDollars("auto_topups", t.currency),
  ],
);
