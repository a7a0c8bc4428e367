import { sql } from "drizzle-orm";
import { bigint, check, date, index, pgTable, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { partners, tenants } from "./auth";
import { currency, instant, isOneOf, money, onlyDollars } from "./columns";

const tenantId = () =>
  uuid("tenant_id")
    .notNull()
    .references(() => tenants.id);

/**
 * How far a workspace's ledger is counted: the rows written before `until`, and no others, are in `usage_sums`,
 * `usage_runs` and `margin_sums`. Without a row nothing is. What it says is worked out from the ledger and may be forgotten at any time.
 */
export const usageCounted = pgTable(
  "usage_counted",
  {
    tenantId: tenantId().primaryKey(),
    until: instant("until").notNull(),
    /** Below the id of every row that was written at `until` or later. */
    afterId: uuid("after_id").notNull(),
    /** The same as `until`: a process of before there were `margin_sums` does not set it, and so counts nothing without them. */
    marginsUntil: instant("margins_until").notNull().default(sql`'-infinity'`),
  },
  (t) => [check("usage_counted_margins_check", sql`${t.marginsUntil} = ${t.until}`)],
);

/** What the counted rows add up to, by the UTC day on which it was used. */
export const usageSums = pgTable(
  "usage_sums",
  {
    tenantId: tenantId(),
    day: date("day", { mode: "string" }).notNull(),
    agentId: uuid("agent_id"),
    workflowId: uuid("workflow_id"),
    modelKey: varchar("model_key"),
    resourceType: varchar("resource_type").notNull(),
    quantity: money("quantity").notNull(),
    tenantCost: money("tenant_cost").notNull(),
    /** What of the cost no credit has paid. */
    owed: money("owed").notNull(),
    currency: currency(),
  },
  (t) => [
    unique("usage_sums_place_unique")
      .on(t.tenantId, t.day, t.agentId, t.workflowId, t.modelKey, t.resourceType)
      .nullsNotDistinct(),
    onlyDollars("usage_sums", t.currency),
  ],
);

/** Of what runs are counted: all that was used, or one agent, workflow, model or resource. */
export const RUN_PARTS = ["all", "agent", "workflow", "model", "resource"] as const;

/**
 * In how many runs something was used on a day, by the day before on which the same runs had used it: the runs of some
 * days are those whose day before is none or earlier, so that each is counted once.
 */
export const usageRuns = pgTable(
  "usage_runs",
  {
    tenantId: tenantId(),
    day: date("day", { mode: "string" }).notNull(),
    previousDay: date("previous_day", { mode: "string" }),
    part: varchar("part").notNull(),
    key: varchar("key"),
    runs: bigint("runs", { mode: "number" }).notNull(),
  },
  (t) => [
    unique("usage_runs_place_unique").on(t.tenantId, t.part, t.day, t.previousDay, t.key).nullsNotDistinct(),
    check("usage_runs_part_check", isOneOf(t.part, RUN_PARTS)),
    check("usage_runs_order_check", sql`${t.previousDay} < ${t.day}`),
  ],
);

/** What the counted rows add up to at both prices, by the UTC day of use and by the partner that held the workspace then. */
export const marginSums = pgTable(
  "margin_sums",
  {
    tenantId: tenantId(),
    day: date("day", { mode: "string" }).notNull(),
    partnerId: uuid("partner_id").references(() => partners.id),
    platformCost: money("platform_cost").notNull(),
    tenantCost: money("tenant_cost").notNull(),
    partnerCommission: money("partner_commission").notNull(),
    currency: currency(),
  },
  (t) => [
    unique("margin_sums_place_unique").on(t.tenantId, t.day, t.partnerId).nullsNotDistinct(),
    index("margin_sums_day_idx").on(t.day),
    index("margin_sums_partner_idx").on(t.partnerId, t.day),
    check("margin_sums_sum_check", sql`${t.tenantCost} = ${t.platformCost} + ${t.partnerCommission}`),
    onlyDollars("margin_sums", t.currency),
  ],
);
