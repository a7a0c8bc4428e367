import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { tenants } from "./auth";
import { cents, createdAt, currency, id, instant, isOneOf, money, onlyDollars, updatedAt } from "./columns";
import { creditNotes, invoices } from "./invoices";
import { creditLots } from "./wallets";

export const paymentMethods = pgTable(
  "payment_methods",
  {
    id: id(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenants.id),
    stripePaymentMethodId: varchar("stripe_payment_method_id").notNull(),
    stripeCustomerId: varchar("stripe_customer_id").notNull(),
    type: varchar("type"),
    last4: varchar("last4"),
    isDefault: boolean("is_default"),
    brand: varchar("brand"),
    expMonth: integer("exp_month"),
    expYear: integer("exp_year"),
    fingerprint: varchar("fingerprint"),
    /** active | expired | detached */
    status: varchar("status").notNull().default("active"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("payment_methods_tenant_id_unique").on(t.tenantId, t.id),
    unique("payment_methods_stripe_unique").on(t.stripePaymentMethodId),
    uniqueIndex("payment_methods_default_unique")
      .on(t.tenantId)
      .where(sql`${t.isDefault} and ${t.status} = 'active'`),
    check("payment_methods_status_check", isOneOf(t.status, ["active", "expired", "detached"])),
  ],
);

/** Credit that is being bought: given when its payment has arrived, once. */
export const topups = pgTable(
  "topups",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    /** manual | auto */
    kind: varchar("kind").notNull(),
    /** The credit; the tax comes on top. */
    amount: money("amount").notNull(),
    taxCents: cents("tax_cents").notNull().default(sql`0`),
    totalCents: cents("total_cents").notNull(),
    /** The tax as it was told before it was paid: what is charged does not change with a rate. */
    taxPercent: numeric("tax_percent", { precision: 6, scale: 3 }),
    taxNote: text("tax_note"),
    /** pending | paid | failed | canceled | expired | refunded | disputed */
    status: varchar("status").notNull().default("pending"),
    /** One a click. */
    requestKey: varchar("request_key").notNull(),
    /** The month whose maximum it counts in: `2026-11`. */
    month: varchar("month").notNull(),
    lotId: uuid("lot_id"),
    stripeCheckoutSessionId: varchar("stripe_checkout_session_id").unique(),
    createdBy: uuid("created_by"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("topups_tenant_id_unique").on(t.tenantId, t.id),
    unique("topups_request_unique").on(t.tenantId, t.requestKey),
    uniqueIndex("topups_auto_unique")
      .on(t.tenantId)
      .where(sql`${t.kind} = 'auto' and ${t.status} = 'pending'`),
    foreignKey({ columns: [t.tenantId, t.lotId], foreignColumns: [creditLots.tenantId, creditLots.id] }),
    check("topups_kind_check", isOneOf(t.kind, ["manual", "auto"])),
    check(
      "topups_status_check",
      isOneOf(t.status, ["pending", "paid", "failed", "canceled", "expired", "refunded", "disputed"]),
    ),
    check("topups_amount_check", sql`${t.amount} > 0 and ${t.totalCents} > 0`),
    check(
      "topups_total_check",
      sql`${t.taxCents} >= 0 and ${t.totalCents} = ${t.amount} * 100 + ${t.taxCents}`,
    ),
    onlyDollars("topups", t.currency),
  ],
);

/** One attempt to move money for an invoice or a top-up. */
export const payments = pgTable(
  "payments",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    invoiceId: uuid("invoice_id"),
    topupId: uuid("topup_id"),
    /** card | bank_transfer | cheque | credit | other | stripe_invoice (Stripe collects it by an invoice of its own) */
    method: varchar("method").notNull(),
    amountCents: cents("amount_cents").notNull(),
    /** pending | requires_action | processing | succeeded | failed | canceled */
    status: varchar("status").notNull().default("pending"),
    attempt: integer("attempt").notNull().default(1),
    /** One a click: pressing twice pays once. */
    requestKey: varchar("request_key").notNull(),
    stripePaymentIntentId: varchar("stripe_payment_intent_id").unique(),
    stripeChargeId: varchar("stripe_charge_id").unique(),
    paymentMethodId: uuid("payment_method_id"),
    failureCode: varchar("failure_code"),
    failureMessage: text("failure_message"),
    /** Where it is paid: Stripe's page of an invoice. */
    actionUrl: text("action_url"),
    /** What a transfer said, when a person recorded it; the id of the invoice by which Stripe collects it. */
    reference: text("reference"),
    recordedBy: uuid("recorded_by"),
    settledAt: instant("settled_at"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("payments_tenant_id_unique").on(t.tenantId, t.id),
    unique("payments_request_unique").on(t.tenantId, t.requestKey),
    unique("payments_attempt_unique").on(t.tenantId, t.invoiceId, t.attempt),
    uniqueIndex("payments_live_unique")
      .on(t.invoiceId)
      .where(sql`${t.status} in ('pending', 'requires_action', 'processing')`),
    index("payments_collect_idx").on(t.invoiceId).where(sql`${t.requestKey} like 'collect:%'`),
    index("payments_topup_idx").on(t.tenantId, t.topupId).where(sql`${t.topupId} is not null`),
    foreignKey({ columns: [t.tenantId, t.invoiceId], foreignColumns: [invoices.tenantId, invoices.id] }),
    foreignKey({ columns: [t.tenantId, t.topupId], foreignColumns: [topups.tenantId, topups.id] }),
    foreignKey({
      columns: [t.tenantId, t.paymentMethodId],
      foreignColumns: [paymentMethods.tenantId, paymentMethods.id],
    }),
    check("payments_target_check", sql`num_nonnulls(${t.invoiceId}, ${t.topupId}) = 1`),
    check(
      "payments_method_check",
      isOneOf(t.method, ["card", "bank_transfer", "cheque", "credit", "other", "stripe_invoice"]),
    ),
    check(
      "payments_status_check",
      isOneOf(t.status, ["pending", "requires_action", "processing", "succeeded", "failed", "canceled"]),
    ),
    check("payments_amount_check", sql`${t.amountCents} > 0`),
    onlyDollars("payments", t.currency),
  ],
);

export const refunds = pgTable(
  "refunds",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    paymentId: uuid("payment_id").notNull(),
    creditNoteId: uuid("credit_note_id"),
    amountCents: cents("amount_cents").notNull(),
    /** How much of it is tax, of money that had bought credit. */
    taxCents: cents("tax_cents").notNull().default(sql`0`),
    /** pending | succeeded | failed */
    status: varchar("status").notNull().default("pending"),
    reason: text("reason").notNull(),
    /** Of money that a person sent back: how, and what its bank says of it, `Bank transfer: 4711`. */
    reference: text("reference"),
    stripeRefundId: varchar("stripe_refund_id").unique(),
    createdBy: uuid("created_by"),
    currency: currency(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    unique("refunds_tenant_id_unique").on(t.tenantId, t.id),
    unique("refunds_note_unique").on(t.tenantId, t.creditNoteId),
    index("refunds_payment_idx").on(t.tenantId, t.paymentId),
    foreignKey({ columns: [t.tenantId, t.paymentId], foreignColumns: [payments.tenantId, payments.id] }),
    foreignKey({
      columns: [t.tenantId, t.creditNoteId],
      foreignColumns: [creditNotes.tenantId, creditNotes.id],
    }),
    check("refunds_status_check", isOneOf(t.status, ["pending", "succeeded", "failed"])),
    check("refunds_amount_check", sql`${t.amountCents} > 0 and ${t.taxCents} between 0 and ${t.amountCents}`),
    onlyDollars("refunds", t.currency),
  ],
);

export const disputes = pgTable(
  "disputes",
  {
    id: id(),
    tenantId: uuid("tenant_id").notNull(),
    paymentId: uuid("payment_id").notNull(),
    stripeDisputeId: varchar("stripe_dispute_id").notNull().unique(),
    amountCents: cents("amount_cents").notNull(),
    /** How much of it is tax, once it is lost and the money had bought credit. */
    taxCents: cents("tax_cents").notNull().default(sql`0`),
    reason: varchar("reason"),
    /** As Stripe calls it: needs_response, under_review, won, lost and so on. */
    status: varchar("status").notNull(),
    /** The same as it was seen last, an appeal after a loss too: what is shown, while `status` is what was done. */
    stage: varchar("stage").notNull(),
    /** When Stripe must have the evidence; null where the bank takes none. */
    evidenceDueAt: instant("evidence_due_at"),
    /** When Stripe was asked for the stage and the deadline; null where that was before they were kept. */
    seenAt: instant("seen_at"),
    /** Real money, and not a test of Stripe's. */
    isLive: boolean("is_live").notNull().default(true),
    /** What was frozen of the lots that this payment bought. */
    frozen: money("frozen").notNull().default("0"),
    openedAt: instant("opened_at").notNull(),
    closedAt: instant("closed_at"),
    currency: currency(),
    createdAt: createdAt(),
  },
  (t) => [
    unique("disputes_tenant_id_unique").on(t.tenantId, t.id),
    index("disputes_payment_idx").on(t.tenantId, t.paymentId),
    foreignKey({ columns: [t.tenantId, t.paymentId], foreignColumns: [payments.tenantId, payments.id] }),
    onlyDollars("disputes", t.currency),
  ],
);
