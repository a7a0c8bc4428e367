import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { partners } from "./auth";
import { createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";

/** Prices that are thought about: a partner's own, or without a partner the base prices. Scheduled once, then as it was. */
export const priceBookDrafts = pgTable(
  "price_book_drafts",
  {
    id: id(),
    /** Null: base prices. */
    partnerId: uuid("partner_id").references(() => partners.id),
    name: varchar("name").notNull(),
    /** draft | scheduled */
    status: varchar("status").notNull().default("draft"),
    /** From when the prices hold that were made of it. */
    effectiveFrom: instant("effective_from"),
    scheduledBy: uuid("scheduled_by"),
    scheduledAt: instant("scheduled_at"),
    createdBy: uuid("created_by"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("price_book_drafts_partner_id_unique").on(t.partnerId, t.id),
    check("price_book_drafts_status_check", isOneOf(t.status, ["draft", "scheduled"])),
    check(
      "price_book_drafts_scheduled_check",
      sql`(${t.status} = 'scheduled') = (${t.effectiveFrom} is not null and ${t.scheduledAt} is not null)`,
    ),
  ],
);

/** A price of a draft, for what a base price prices. */
export const priceBookDraftRates = pgTable(
  "price_book_draft_rates",
  {
    id: id(),
    draftId: uuid("draft_id").notNull(),
    /** Of the draft. */
    partnerId: uuid("partner_id"),
    resourceType: varchar("resource_type").notNull(),
    unit: varchar("unit").notNull(),
    modelKey: varchar("model_key"),
    rate: money("rate").notNull(),
    /** The price that was made of it, in `partner_rates` or `system_rates`; null when that price held already. */
    madeRateId: uuid("made_rate_id"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("price_book_draft_rates_thing_unique")
      .on(t.draftId, t.resourceType, t.unit, t.modelKey)
      .nullsNotDistinct(),
    index("price_book_draft_rates_partner_idx").on(t.partnerId, t.draftId),
    foreignKey({
      name: "price_book_draft_rates_draft_fk",
      columns: [t.draftId],
      foreignColumns: [priceBookDrafts.id],
    }).onDelete("cascade"),
    foreignKey({
      name: "price_book_draft_rates_partner_fk",
      columns: [t.partnerId, t.draftId],
      foreignColumns: [priceBookDrafts.partnerId, priceBookDrafts.id],
    }).onDelete("cascade"),
    check("price_book_draft_rates_rate_check", sql`${t.rate} >= 0`),
    onlyDollars("price_book_draft_rates", t.currency),
  ],
);
