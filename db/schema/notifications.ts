import { sql } from "drizzle-orm";
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { tenants, users } from "./auth";
import { createdAt, id, instant, updatedAt } from "./columns";

/** Something a person should know, in the console's bell. */
export const notifications = pgTable(
  "notifications",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    userId: uuid("user_id").notNull(),
    /** run_failed | approval_asked | schedule_off | limit_reached */
    kind: varchar("kind").notNull(),
    title: varchar("title").notNull(),
    body: text("body").notNull(),
    /** A path of the console. */
    href: text("href").notNull(),
    /** The same thing is told once. */
    dedupeKey: varchar("dedupe_key").notNull(),
    /** How often it happened, for what would otherwise be told over and over. */
    occurrences: integer("occurrences").notNull().default(1),
    readAt: instant("read_at"),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex("notifications_dedupe_unique").on(t.tenantId, t.userId, t.dedupeKey),
    index("notifications_user_idx").on(t.tenantId, t.userId, t.id),
    index("notifications_age_idx").on(t.createdAt),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
  ],
);

/** How a person wants to hear of a kind of notification; without a row, by the kind's default. */
export const notificationPreferences = pgTable(
  "notification_preferences",
  {
    tenantId: uuid("tenant_id").notNull(),
    userId: uuid("user_id").notNull(),
    kind: varchar("kind").notNull(),
    inApp: boolean("in_app").notNull(),
    byMail: boolean("by_mail").notNull(),
    updatedAt: updatedAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.userId, t.kind] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
  ],
);

/** Where a tenant's own systems are told of events, signed. */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    url: text("url").notNull(),
    description: varchar("description").notNull().default(""),
    /** Kinds of notification it is told. */
    kinds: jsonb("kinds").$type<string[]>().notNull(),
    sealedSecret: text("sealed_secret").notNull(),
    isActive: boolean("is_active").notNull().default(true),
    /** Why the product turned it off; null when a person did. */
    disabledReason: text("disabled_reason"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [unique("webhook_endpoints_tenant_id_unique").on(t.tenantId, t.id)],
);

/** One message to one endpoint: sent until it is taken, at most as often as the schedule of retries allows. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    endpointId: uuid("endpoint_id").notNull(),
    kind: varchar("kind").notNull(),
    /** Goes out as the message's id, so that the receiver may take it once. */
    messageId: varchar("message_id").notNull(),
    payload: jsonb("payload").notNull(),
    /** queued | delivered | failed */
    status: varchar("status").notNull().default("queued"),
    attempt: integer("attempt").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at").notNull().default(sql`now()`),
    lastStatus: integer("last_status"),
    lastError: text("last_error"),
    latencyMs: integer("latency_ms"),
    deliveredAt: instant("delivered_at"),
    createdAt: createdAt(),
  },
  (t) => [
    unique("webhook_deliveries_message_unique").on(t.tenantId, t.endpointId, t.messageId),
    index("webhook_deliveries_newest_idx").on(t.tenantId, t.endpointId, t.id),
    index("webhook_deliveries_due_idx").on(t.nextAttemptAt).where(sql`${t.status} = 'queued'`),
    index("webhook_deliveries_age_idx").on(t.createdAt).where(sql`${t.status} <> 'queued'`),
    foreignKey({
      columns: [t.tenantId, t.endpointId],
      foreignColumns: [webhookEndpoints.tenantId, webhookEndpoints.id],
    }).onDelete("cascade"),
  ],
);
