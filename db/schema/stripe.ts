import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { createdAt, id, instant, isOneOf } from "./columns";

/** Every event that Stripe sent us, once: its own id is the key. Marked done in the transaction that applies it. */
export const stripeEvents = pgTable(
  "stripe_events",
  {
    /** `evt_…` */
    id: varchar("id").primaryKey(),
    /** account | connect */
    endpoint: varchar("endpoint").notNull(),
    account: varchar("account"),
    type: varchar("type").notNull(),
    apiVersion: varchar("api_version"),
    livemode: boolean("livemode").notNull(),
    objectId: varchar("object_id"),
    payload: jsonb("payload").notNull(),
    occurredAt: instant("occurred_at").notNull(),
    receivedAt: instant("received_at").notNull().default(sql`now()`),
    /** received | done | ignored | failed */
    status: varchar("status").notNull().default("received"),
    attempts: integer("attempts").notNull().default(0),
    error: text("error"),
    processedAt: instant("processed_at"),
  },
  (t) => [
    index("stripe_events_open_idx").on(t.receivedAt).where(sql`${t.status} = 'received'`),
    index("stripe_events_object_idx").on(t.objectId),
    check("stripe_events_endpoint_check", isOneOf(t.endpoint, ["account", "connect"])),
    check("stripe_events_status_check", isOneOf(t.status, ["received", "done", "ignored", "failed"])),
  ],
);

/** Every write we ask of Stripe: noted before the call, so that a crash repeats it under the same key. */
export const stripeRequests = pgTable(
  "stripe_requests",
  {
    id: id(),
    /** The idempotency key that is sent. */
    key: varchar("key").notNull().unique(),
    operation: varchar("operation").notNull(),
    /** SHA-256 of what is asked: the same key with another body is refused. */
    bodyHash: varchar("body_hash", { length: 64 }).notNull(),
    tenantId: uuid("tenant_id"),
    partnerId: uuid("partner_id"),
    targetType: varchar("target_type").notNull(),
    targetId: varchar("target_id").notNull(),
    /** pending | done | failed */
    status: varchar("status").notNull().default("pending"),
    stripeObjectId: varchar("stripe_object_id"),
    httpStatus: integer("http_status"),
    error: jsonb("error"),
    attempts: integer("attempts").notNull().default(0),
    firstSentAt: instant("first_sent_at"),
    finishedAt: instant("finished_at"),
    createdAt: createdAt(),
  },
  (t) => [
    index("stripe_requests_open_idx").on(t.createdAt).where(sql`${t.status} = 'pending'`),
    index("stripe_requests_target_idx").on(t.targetType, t.targetId),
    check("stripe_requests_status_check", isOneOf(t.status, ["pending", "done", "failed"])),
  ],
);
