import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { partners, tenants } from "./auth";
import { ledgerEntries } from "./billing";
import { cents, createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";

/** Once `finalized_at` is set, what it says is frozen, and its status moves forward only (triggers in SQL). */
export const invoices = pgTable(
  "invoices",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    invoiceNumber: varchar("invoice_number").notNull().unique(),
    totalAmount: money("total_amount").notNull(),
    currency: varchar("currency").default("USD"),
    /** draft | pending (to be paid) | overdue | paid | partially_refunded | refunded | void | uncollectible */
    status: varchar("status").default("pending"),
    periodStart: instant("period_start").notNull(),
    periodEnd: instant("period_end").notNull(),
    dueDate: instant("due_date").notNull(),
    paidDate: instant("paid_date"),
    stripeInvoiceId: varchar("stripe_invoice_id"),
    paymentIntentId: varchar("payment_intent_id"),
    /** The tenant's partner when the invoice was made. */
    partnerId: uuid("partner_id").references(() => partners.id),
    series: varchar("series").notNull().default("HB"),
    /** Assigned last, in the transaction that finalizes the invoice; null while it is a draft. */
    sequence: integer("sequence"),
    /** Names as they were when the invoice was made. */
    sellerName: varchar("seller_name").notNull(),
    customerName: varchar("customer_name").notNull(),
    /** How it was paid, when an admin recorded it: method and reference. */
    paymentNote: text("payment_note"),
    /** period | subscription | plan_change | topup | statement (of usage that is paid already) */
    kind: varchar("kind").notNull().default("period"),
    subtotalCents: cents("subtotal_cents").notNull().default(sql`0`),
    taxCents: cents("tax_cents").notNull().default(sql`0`),
    taxPercent: numeric("tax_percent", { precision: 6, scale: 3 }),
    taxNote: text("tax_note"),
    paidCents: cents("paid_cents").notNull().default(sql`0`),
    creditedCents: cents("credited_cents").notNull().default(sql`0`),
    /** What its payment gives back to the wallet: the usage in it that no credit paid for, exactly. */
    receivable: money("receivable").notNull().default("0"),
    /** Name, address, tax id and looks of both sides, as they were. */
    seller: jsonb("seller").notNull().default({}),
    customer: jsonb("customer").notNull().default({}),
    finalizedAt: instant("finalized_at"),
    sentAt: instant("sent_at"),
    voidedAt: instant("voided_at"),
    hostedTokenHash: varchar("hosted_token_hash").unique(),
    /** card | transfer */
    collection: varchar("collection").notNull().default("transfer"),
    dunningStage: integer("dunning_stage").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at"),
    /** Until then it stops nothing, as an admin wants it: null where it is held to what is owed. */
    graceUntil: instant("grace_until"),
    attempts: integer("attempts").notNull().default(0),
    topupId: uuid("topup_id"),
    subscriptionId: uuid("subscription_id"),
    note: text("note"),
    /** The void invoice whose usage and fees this one asks for again. */
    replacesId: uuid("replaces_id"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("invoices_tenant_id_unique").on(t.tenantId, t.id),
    uniqueIndex("invoices_replaces_unique")
      .on(t.tenantId, t.replacesId)
      .where(sql`${t.replacesId} is not null`),
    foreignKey({
      name: "invoices_replaces_fk",
      columns: [t.tenantId, t.replacesId],
      foreignColumns: [t.tenantId, t.id],
    }),
    uniqueIndex("invoices_period_unique")
      .on(t.tenantId, t.periodStart, t.periodEnd)
      .where(sql`${t.kind} in ('period', 'statement') and ${t.status} <> 'void'`),
    unique("invoices_sequence_unique").on(t.series, t.sequence),
    index("invoices_grace_idx").on(t.graceUntil).where(sql`${t.graceUntil} is not null`),
    index("invoices_partner_idx").on(t.partnerId, t.id),
    check("invoices_period_check", sql`${t.periodEnd} > ${t.periodStart}`),
    check(
      "invoices_status_check",
      isOneOf(t.status, [
        "draft",
        "pending",
        "overdue",
        "paid",
        "partially_refunded",
        "refunded",
        "void",
        "uncollectible",
      ]),
    ),
    check(
      "invoices_kind_check",
      isOneOf(t.kind, ["period", "subscription", "plan_change", "topup", "statement"]),
    ),
    check("invoices_collection_check", isOneOf(t.collection, ["card", "transfer"])),
    check("invoices_paid_check", sql`${t.paidCents} >= 0 and ${t.creditedCents} >= 0`),
    onlyDollars("invoices", t.currency),
  ],
);

/** One line is one (resource, unit, model, price, service period): its cents are rounded once, and the total is the sum of lines. */
export const invoiceLines = pgTable(
  "invoice_lines",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    /** Null while the invoice is a draft. */
    position: integer("position"),
    description: varchar("description").notNull(),
    resourceType: varchar("resource_type").notNull(),
    unit: varchar("unit").notNull(),
    modelKey: varchar("model_key"),
    rate: money("rate").notNull(),
    quantity: money("quantity").notNull(),
    /** The exact sum of the ledger rows. Less than nothing for what credit covered and for what a change of plan gives back. */
    amount: money("amount").notNull(),
    amountCents: cents("amount_cents").notNull(),
    serviceStart: instant("service_start").notNull(),
    serviceEnd: instant("service_end").notNull(),
    /** usage | plan | proration | covered | credit */
    kind: varchar("kind").notNull().default("usage"),
    /** What covered it: plan | promo | paid */
    source: varchar("source"),
    currency: currency(),
  },
  (t) => [
    unique("invoice_lines_tenant_id_unique").on(t.tenantId, t.id),
    unique("invoice_lines_position_unique").on(t.tenantId, t.invoiceId, t.position),
    unique("invoice_lines_group_unique")
      .on(
        t.tenantId,
        t.invoiceId,
        t.kind,
        t.resourceType,
        t.unit,
        t.modelKey,
        t.rate,
        t.serviceStart,
        t.source,
      )
      .nullsNotDistinct(),
    foreignKey({ columns: [t.tenantId, t.invoiceId], foreignColumns: [invoices.tenantId, invoices.id] }),
    check("invoice_lines_kind_check", isOneOf(t.kind, ["usage", "plan", "proration", "covered", "credit"])),
    onlyDollars("invoice_lines", t.currency),
  ],
);

/** The ledger row is the key: no usage is invoiced twice, and the ledger itself needs no update. */
export const invoiceEntryLinks = pgTable(
  "invoice_entry_links",
  {
    ledgerEntryId: uuid("ledger_entry_id").primaryKey(),
    tenantId: uuid("tenant_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    lineId: uuid("line_id").notNull(),
  },
  (t) => [
    index("invoice_entry_links_line_idx").on(t.tenantId, t.lineId),
    foreignKey({
      columns: [t.tenantId, t.ledgerEntryId],
      foreignColumns: [ledgerEntries.tenantId, ledgerEntries.id],
    }),
    foreignKey({ columns: [t.tenantId, t.invoiceId], foreignColumns: [invoices.tenantId, invoices.id] }),
    foreignKey({ columns: [t.tenantId, t.lineId], foreignColumns: [invoiceLines.tenantId, invoiceLines.id] }),
  ],
);

/** The last number of each series. Bumped by upsert inside the transaction that finalizes a document: no gaps. */
export const invoiceCounters = pgTable("invoice_counters", {
  series: varchar("series").primaryKey(),
  lastSequence: integer("last_sequence").notNull().default(0),
});

/** Takes back part of a finalized invoice, which itself never changes. */
export const creditNotes = pgTable(
  "credit_notes",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    partnerId: uuid("partner_id"),
    invoiceId: uuid("invoice_id").notNull(),
    number: varchar("number").notNull().unique(),
    series: varchar("series").notNull().default("CN"),
    sequence: integer("sequence"),
    /** refund | void | goodwill */
    kind: varchar("kind").notNull(),
    reason: text("reason").notNull(),
    subtotalCents: cents("subtotal_cents").notNull(),
    taxCents: cents("tax_cents").notNull().default(sql`0`),
    totalCents: cents("total_cents").notNull(),
    /** draft | issued | failed */
    status: varchar("status").notNull().default("draft"),
    createdBy: uuid("created_by"),
    issuedAt: instant("issued_at"),
    /** due (less is to be paid) | credit | money (back the way it was paid) */
    settledAs: varchar("settled_as").notNull(),
    sentAt: instant("sent_at"),
    /** One a click, where a person issued it. */
    requestKey: uuid("request_key"),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("credit_notes_tenant_id_unique").on(t.tenantId, t.id),
    unique("credit_notes_request_unique").on(t.tenantId, t.requestKey),
    unique("credit_notes_sequence_unique").on(t.series, t.sequence),
    index("credit_notes_invoice_idx").on(t.tenantId, t.invoiceId),
    foreignKey({ columns: [t.tenantId, t.invoiceId], foreignColumns: [invoices.tenantId, invoices.id] }),
    check("credit_notes_kind_check", isOneOf(t.kind, ["refund", "void", "goodwill"])),
    index("credit_notes_unsent_idx").on(t.issuedAt).where(sql`${t.sentAt} is null`),
    check("credit_notes_settled_check", isOneOf(t.settledAs, ["due", "credit", "money"])),
    check("credit_notes_status_check", isOneOf(t.status, ["draft", "issued", "failed"])),
    check(
      "credit_notes_total_check",
      sql`${t.totalCents} > 0 and ${t.totalCents} = ${t.subtotalCents} + ${t.taxCents}`,
    ),
    onlyDollars("credit_notes", t.currency),
  ],
);

export const creditNoteLines = pgTable(
  "credit_note_lines",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    creditNoteId: uuid("credit_note_id").notNull(),
    lineId: uuid("line_id"),
    description: varchar("description").notNull(),
    amountCents: cents("amount_cents").notNull(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    index("credit_note_lines_note_idx").on(t.tenantId, t.creditNoteId, t.id),
    foreignKey({
      columns: [t.tenantId, t.creditNoteId],
      foreignColumns: [creditNotes.tenantId, creditNotes.id],
    }),
    foreignKey({ columns: [t.tenantId, t.lineId], foreignColumns: [invoiceLines.tenantId, invoiceLines.id] }),
    onlyDollars("credit_note_lines", t.currency),
  ],
);
