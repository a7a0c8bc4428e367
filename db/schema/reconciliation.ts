import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { createdAt, currency, id, instant, isOneOf, money, onlyDollars } from "./columns";

/** One comparison of the books with themselves and with Stripe. */
export const reconciliationRuns = pgTable(
  "reconciliation_runs",
  {
    id: id(),
    /** daily | manual */
    trigger: varchar("trigger").notNull(),
    /** Once for a key: a day, or a click. */
    key: varchar("key").notNull().unique(),
    startedBy: uuid("started_by"),
    startedAt: instant("started_at").notNull(),
    finishedAt: instant("finished_at"),
    /** By check: how much was found and fixed, why it was left out, or how it failed. */
    results: jsonb("results").notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [check("reconciliation_runs_trigger_check", isOneOf(t.trigger, ["daily", "manual"]))],
);

/** Something that does not agree: one open row for as long as it is there, whoever finds it how often. */
export const reconciliationFindings = pgTable(
  "reconciliation_findings",
  {
    id: id(),
    /** The run that found it first. */
    runId: uuid("run_id")
      .notNull()
      .references(() => reconciliationRuns.id),
    /** R1 … R14 */
    checkId: varchar("check_id").notNull(),
    subject: text("subject").notNull(),
    /** What it is about, the same whenever it is found. */
    subjectKey: varchar("subject_key").notNull(),
    detail: jsonb("detail").notNull().default({}),
    /** Of the detail: what was decided holds until it changes. */
    detailHash: varchar("detail_hash", { length: 64 }).notNull(),
    /** open | fixed | accepted | dismissed */
    status: varchar("status").notNull().default("open"),
    lastSeenAt: instant("last_seen_at").notNull(),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
    decisionNote: text("decision_note"),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex("reconciliation_findings_open_unique")
      .on(t.checkId, t.subjectKey)
      .where(sql`${t.status} = 'open'`),
    index("reconciliation_findings_subject_idx").on(t.checkId, t.subjectKey, t.id),
    check(
      "reconciliation_findings_status_check",
      isOneOf(t.status, ["open", "fixed", "accepted", "dismissed"]),
    ),
    check("reconciliation_findings_decided_check", sql`(${t.status} = 'open') = (${t.decidedAt} is null)`),
  ],
);

/** What the ledger held of a day, each row chained to the one before: what is changed later does not fit any more. Append-only. */
export const ledgerDigests = pgTable(
  "ledger_digests",
  {
    id: id(),
    /** The day, in UTC, on which its rows were written. */
    day: date("day", { mode: "string" }).notNull().unique(),
    entries: integer("entries").notNull(),
    tenantCost: money("tenant_cost").notNull(),
    platformCost: money("platform_cost").notNull(),
    commission: money("commission").notNull(),
    /** The sum of a checksum of each row. */
    content: varchar("content").notNull(),
    previousHash: varchar("previous_hash", { length: 64 }).notNull(),
    hash: varchar("hash", { length: 64 }).notNull(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [onlyDollars("ledger_digests", t.currency)],
);
