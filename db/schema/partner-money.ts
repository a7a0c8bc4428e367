import { check, index, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { partners } from "./auth";
import { createdAt, currency, id, instant, isOneOf, money, onlyDollars } from "./columns";

/** What a partner earned or lost beside funded usage: an invoice paid or taken back, a dispute. Append-only. */
export const commissionEvents = pgTable(
  "commission_events",
  {
    id: id(),
    partnerId: uuid("partner_id")
      .notNull()
      .references(() => partners.id),
    tenantId: uuid("tenant_id").notNull(),
    /** invoice_paid | invoice_refunded | dispute_lost | dispute_won | adjustment */
    kind: varchar("kind").notNull(),
    amount: money("amount").notNull(),
    invoiceId: uuid("invoice_id"),
    creditNoteId: uuid("credit_note_id"),
    disputeId: uuid("dispute_id"),
    earnedAt: instant("earned_at").notNull(),
    reason: text("reason"),
    key: varchar("key").notNull().unique(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    index("commission_events_earned_idx").on(t.partnerId, t.earnedAt),
    check(
      "commission_events_kind_check",
      isOneOf(t.kind, ["invoice_paid", "invoice_refunded", "dispute_lost", "dispute_won", "adjustment"]),
    ),
    onlyDollars("commission_events", t.currency),
  ],
);
