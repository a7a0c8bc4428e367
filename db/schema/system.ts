import { sql } from "drizzle-orm";
import {
  bigserial,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { createdAt, id, instant } from "./columns";

/** Who did what to what. Append-only like the ledger; denials are recorded too. */
export const auditLog = pgTable(
  "audit_log",
  {
    id: id(),
    tenantId: uuid("tenant_id"),
    partnerId: uuid("partner_id"),
    /** user | api_key | job | system */
    actorKind: varchar("actor_kind").notNull(),
    actorId: varchar("actor_id"),
    /** The admin behind a user when somebody looks into a tenant. */
    impersonatorId: uuid("impersonator_id"),
    action: varchar("action").notNull(),
    targetType: varchar("target_type").notNull(),
    targetId: varchar("target_id"),
    before: jsonb("before"),
    after: jsonb("after"),
    /** done | denied */
    result: varchar("result").notNull().default("done"),
    reason: text("reason"),
    ip: varchar("ip"),
    userAgent: varchar("user_agent"),
    requestId: varchar("request_id"),
    sequence: bigserial("sequence", { mode: "number" }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index("audit_log_tenant_idx").on(t.tenantId, t.id),
    index("audit_log_partner_idx").on(t.partnerId, t.id),
    index("audit_log_action_idx").on(t.action, t.id),
  ],
);

/** Mail to send, written in the transaction that wants it sent. The embedded mode shows it as the outbox page. */
export const emails = pgTable(
  "emails",
  {
    id: id(),
    recipient: varchar("recipient").notNull(),
    subject: varchar("subject").notNull(),
    body: text("body").notNull(),
    /** The link the mail is about, shown as a button. */
    actionUrl: text("action_url"),
    actionLabel: varchar("action_label"),
    idempotencyKey: varchar("idempotency_key").notNull(),
    /** queued | sent | failed | outbox */
    status: varchar("status").notNull().default("queued"),
    attempt: integer("attempt").notNull().default(0),
    errorMessage: text("error_message"),
    /** When it is tried again while it is queued; after its last try, when that try is given up as lost. */
    nextAttemptAt: instant("next_attempt_at").notNull().defaultNow(),
    sentAt: instant("sent_at"),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex("emails_idempotency_unique").on(t.idempotencyKey),
    index("emails_due_idx").on(t.nextAttemptAt).where(sql`${t.status} = 'queued'`),
    index("emails_failed_idx").on(t.nextAttemptAt).where(sql`${t.status} = 'failed'`),
  ],
);
