import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { partners, tenants } from "./auth";
import { cents, createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";
import { ledgerFunding } from "./wallets";

const COMMISSION_KINDS = [
  "invoice_paid",
  "invoice_refunded",
  "topup_refunded",
  "dispute_lost",
  "dispute_won",
  "debt_paid",
  "transfer_reversed",
  "adjustment",
] as const;

/**
 * What a partner earned or lost beside funded usage: an invoice paid or taken back, credit refunded after it was spent, a
 * dispute, money of a payout that came back. Append-only.
 */
export const commissionEvents = pgTable(
  "commission_events",
  {
    id: id(),
    partnerId: uuid("partner_id")
      .notNull()
      .references(() => partners.id),
    /** Null for what is about no customer. */
    tenantId: uuid("tenant_id"),
    /** One of `COMMISSION_KINDS`. */
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
    index("commission_events_invoice_idx").on(t.tenantId, t.invoiceId),
    check("commission_events_kind_check", isOneOf(t.kind, COMMISSION_KINDS)),
    onlyDollars("commission_events", t.currency),
  ],
);

/** Where a partner is paid, and from how much on. */
export const partnerAccounts = pgTable(
  "partner_accounts",
  {
    partnerId: uuid("partner_id")
      .primaryKey()
      .references(() => partners.id),
    stripeAccountId: varchar("stripe_account_id").unique(),
    /** The partner has told Stripe who they are. */
    detailsSubmitted: boolean("details_submitted").notNull().default(false),
    /** Money can be sent to the account, and leaves it for the partner's bank. */
    payoutsEnabled: boolean("payouts_enabled").notNull().default(false),
    /** What Stripe still wants: names of fields. */
    requirements: jsonb("requirements").notNull().default([]),
    country: varchar("country", { length: 2 }),
    /** When Stripe was asked for all this; null where that was before it was kept. */
    seenAt: instant("seen_at"),
    minimumCents: cents("minimum_cents").notNull().default(sql`5000`),
    /** How much credit it may promise its customers beyond what can be paid to it. */
    promoAllowance: money("promo_allowance").notNull().default("100"),
    /** No usage before this id of `ledger_funding` is owed: it earned nothing, or is in a payout. Null: nothing is known. */
    unpaidFrom: uuid("unpaid_from"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    check("partner_accounts_minimum_check", sql`${t.minimumCents} between 1000 and 10000000`),
    check("partner_accounts_allowance_check", sql`${t.promoAllowance} >= 0`),
    check("partner_accounts_payable_check", sql`not ${t.payoutsEnabled} or ${t.stripeAccountId} is not null`),
  ],
);

/** A month's payout to a partner. Final once it has its number: then only what becomes of it changes (trigger in SQL). */
export const partnerPayouts = pgTable(
  "partner_payouts",
  {
    id: id(),
    partnerId: uuid("partner_id")
      .notNull()
      .references(() => partners.id),
    number: varchar("number").unique(),
    series: varchar("series").notNull().default("PS"),
    /** Assigned last, in the transaction that approves it; null while it is a draft. */
    sequence: integer("sequence"),
    periodStart: instant("period_start").notNull(),
    periodEnd: instant("period_end").notNull(),
    /** draft | approved | sending | sent | paid | failed | reversed | cancelled */
    status: varchar("status").notNull().default("draft"),
    /** The exact sum of its items. */
    gross: money("gross").notNull().default("0"),
    /** What payouts before have left over, and what is left to the next: fractions of a cent, and what is kept for promises. */
    carryIn: money("carry_in").notNull().default("0"),
    carryOut: money("carry_out").notNull().default("0"),
    amountCents: cents("amount_cents").notNull().default(sql`0`),
    /** What of it came back. */
    reversedCents: cents("reversed_cents").notNull().default(sql`0`),
    /** Who is paid, as it stood when the payout was approved: name, address, tax id. */
    payee: jsonb("payee").notNull().default({}),
    /** stripe | bank_transfer | cheque | other */
    method: varchar("method"),
    reference: text("reference"),
    stripeAccountId: varchar("stripe_account_id"),
    stripeTransferId: varchar("stripe_transfer_id").unique(),
    /** The payout of the account to the partner's bank that took the money along. */
    stripePayoutId: varchar("stripe_payout_id"),
    /** Grows when Stripe refused it and it is tried again: each attempt has a key of its own. */
    attempt: integer("attempt").notNull().default(1),
    /** Why it waits although it is approved. */
    heldReason: varchar("held_reason"),
    failure: text("failure"),
    approvedBy: uuid("approved_by"),
    approvedAt: instant("approved_at"),
    sentAt: instant("sent_at"),
    paidAt: instant("paid_at"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("partner_payouts_partner_id_unique").on(t.partnerId, t.id),
    unique("partner_payouts_sequence_unique").on(t.series, t.sequence),
    uniqueIndex("partner_payouts_period_unique")
      .on(t.partnerId, t.periodEnd)
      .where(sql`${t.status} <> 'cancelled'`),
    index("partner_payouts_open_idx").on(t.status).where(sql`${t.status} in ('approved', 'sending')`),
    index("partner_payouts_account_idx").on(t.stripeAccountId).where(sql`${t.stripeAccountId} is not null`),
    check(
      "partner_payouts_status_check",
      isOneOf(t.status, ["draft", "approved", "sending", "sent", "paid", "failed", "reversed", "cancelled"]),
    ),
    check("partner_payouts_period_check", sql`${t.periodEnd} > ${t.periodStart}`),
    check(
      "partner_payouts_amount_check",
      sql`${t.gross} + ${t.carryIn} = ${t.amountCents} * 0.01 + ${t.carryOut} and ${t.carryOut} >= 0`,
    ),
    check("partner_payouts_reversed_check", sql`${t.reversedCents} between 0 and ${t.amountCents}`),
    check(
      "partner_payouts_number_check",
      sql`${t.status} in ('draft', 'cancelled') or (${t.number} is not null and ${t.sequence} is not null)`,
    ),
    onlyDollars("partner_payouts", t.currency),
  ],
);

/** What a payout is made of: each earning is in one payout at most. */
export const payoutItems = pgTable(
  "payout_items",
  {
    id: id(),
    payoutId: uuid("payout_id").notNull(),
    partnerId: uuid("partner_id").notNull(),
    fundingId: uuid("funding_id")
      .unique()
      .references(() => ledgerFunding.id),
    commissionEventId: uuid("commission_event_id")
      .unique()
      .references(() => commissionEvents.id),
    amount: money("amount").notNull(),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    index("payout_items_payout_idx").on(t.partnerId, t.payoutId),
    foreignKey({
      name: "payout_items_payout_fk",
      columns: [t.partnerId, t.payoutId],
      foreignColumns: [partnerPayouts.partnerId, partnerPayouts.id],
    }),
    check("payout_items_source_check", sql`num_nonnulls(${t.fundingId}, ${t.commissionEventId}) = 1`),
    onlyDollars("payout_items", t.currency),
  ],
);

/** In whose name a partner's customers are billed. */
export const partnerBranding = pgTable(
  "partner_branding",
  {
    partnerId: uuid("partner_id")
      .primaryKey()
      .references(() => partners.id),
    displayName: varchar("display_name").notNull(),
    logoKey: varchar("logo_key"),
    /** image/png | image/jpeg */
    logoType: varchar("logo_type"),
    /** `#rrggbb` */
    accent: varchar("accent"),
    address: jsonb("address"),
    email: varchar("email"),
    website: varchar("website"),
    taxId: varchar("tax_id"),
    footer: text("footer"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    check("partner_branding_accent_check", sql`${t.accent} ~ '^#[0-9a-f]{6}$'`),
    check("partner_branding_logo_check", sql`(${t.logoKey} is null) = (${t.logoType} is null)`),
  ],
);

/**
 * Who held a tenant when: `[effectiveFrom, effectiveTo)`, without holes and overlaps (constraint in SQL). A trigger writes
 * it with every change of `tenants.partner_id`, in whole milliseconds, so that it is the same to every clock. What was
 * used is rated by, and billed for, who held the tenant then.
 */
export const tenantPartnerHistory = pgTable(
  "tenant_partner_history",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    /** Null: the platform itself. */
    partnerId: uuid("partner_id").references(() => partners.id),
    /** Null: from the beginning. */
    effectiveFrom: instant("effective_from"),
    /** Null: until now. */
    effectiveTo: instant("effective_to"),
    /** The suspended partner to whom the tenant goes back when that works again. */
    returnsTo: uuid("returns_to").references(() => partners.id),
    /** What the tenant was called when it left: all that its partner of then still sees of it. */
    leftAs: varchar("left_as"),
    /** When the tenant's admins were told of the change; null for the first one, which is none. */
    toldAt: instant("told_at"),
    createdAt: createdAt(),
  },
  (t) => [
    index("tenant_partner_history_tenant_idx").on(t.tenantId, t.effectiveFrom),
    index("tenant_partner_history_partner_idx").on(t.partnerId, t.tenantId),
    index("tenant_partner_history_returns_idx").on(t.returnsTo).where(sql`${t.returnsTo} is not null`),
    index("tenant_partner_history_untold_idx")
      .on(t.createdAt)
      .where(sql`${t.toldAt} is null and ${t.effectiveFrom} is not null`),
    check(
      "tenant_partner_history_range_check",
      sql`${t.effectiveFrom} is null or ${t.effectiveTo} is null or ${t.effectiveTo} > ${t.effectiveFrom}`,
    ),
    check("tenant_partner_history_returns_check", sql`${t.returnsTo} is null or ${t.partnerId} is null`),
  ],
);
