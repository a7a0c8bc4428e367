CREATE TABLE "auto_topups" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"is_on" boolean DEFAULT false NOT NULL,
	"threshold" numeric(18, 6) NOT NULL,
	"amount" numeric(18, 6) NOT NULL,
	"monthly_max" numeric(18, 6) NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"disabled_reason" text,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "auto_topups_threshold_check" CHECK ("auto_topups"."threshold" >= 0),
	CONSTRAINT "auto_topups_amount_check" CHECK ("auto_topups"."amount" > 0 and "auto_topups"."monthly_max" >= "auto_topups"."amount"),
	CONSTRAINT "auto_topups_currency_check" CHECK ("auto_topups"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "cap_windows" (
	"tenant_id" uuid NOT NULL,
	"cap_id" uuid NOT NULL,
	"window_key" varchar NOT NULL,
	"spent" numeric(18, 6) DEFAULT '0' NOT NULL,
	"held" numeric(18, 6) DEFAULT '0' NOT NULL,
	"extra" numeric(18, 6) DEFAULT '0' NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	CONSTRAINT "cap_windows_tenant_id_cap_id_window_key_pk" PRIMARY KEY("tenant_id","cap_id","window_key"),
	CONSTRAINT "cap_windows_held_check" CHECK ("cap_windows"."held" >= 0),
	CONSTRAINT "cap_windows_extra_check" CHECK ("cap_windows"."extra" >= 0),
	CONSTRAINT "cap_windows_currency_check" CHECK ("cap_windows"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "spend_alerts" (
	"tenant_id" uuid NOT NULL,
	"cap_id" uuid NOT NULL,
	"window_key" varchar NOT NULL,
	"threshold" integer NOT NULL,
	"told_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "spend_alerts_tenant_id_cap_id_window_key_threshold_pk" PRIMARY KEY("tenant_id","cap_id","window_key","threshold"),
	CONSTRAINT "spend_alerts_threshold_check" CHECK ("spend_alerts"."threshold" in (50, 80, 100))
);
--> statement-breakpoint
CREATE TABLE "spend_caps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"scope" varchar NOT NULL,
	"agent_id" uuid,
	"period" varchar NOT NULL,
	"amount" numeric(18, 6) NOT NULL,
	"on_reach" varchar DEFAULT 'stop' NOT NULL,
	"switch_at_percent" integer DEFAULT 80 NOT NULL,
	"fallback_model_key" varchar,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_by" uuid,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "spend_caps_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "spend_caps_place_unique" UNIQUE NULLS NOT DISTINCT("tenant_id","scope","agent_id","period"),
	CONSTRAINT "spend_caps_scope_check" CHECK ("spend_caps"."scope" in ('tenant', 'agent', 'run')),
	CONSTRAINT "spend_caps_period_check" CHECK ("spend_caps"."period" in ('day', 'month', 'run')),
	CONSTRAINT "spend_caps_amount_check" CHECK ("spend_caps"."amount" > 0),
	CONSTRAINT "spend_caps_agent_check" CHECK (("spend_caps"."scope" = 'agent') = ("spend_caps"."agent_id" is not null)),
	CONSTRAINT "spend_caps_run_check" CHECK (("spend_caps"."scope" = 'run') = ("spend_caps"."period" = 'run')),
	CONSTRAINT "spend_caps_reach_check" CHECK ("spend_caps"."on_reach" in ('stop', 'switch', 'ask')),
	CONSTRAINT "spend_caps_reach_scope_check" CHECK ("spend_caps"."on_reach" = 'stop' or "spend_caps"."scope" = 'agent'),
	CONSTRAINT "spend_caps_fallback_check" CHECK ("spend_caps"."on_reach" <> 'switch' or "spend_caps"."fallback_model_key" is not null),
	CONSTRAINT "spend_caps_percent_check" CHECK ("spend_caps"."switch_at_percent" between 1 and 100),
	CONSTRAINT "spend_caps_currency_check" CHECK ("spend_caps"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "credit_note_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"credit_note_id" uuid NOT NULL,
	"line_id" uuid,
	"description" varchar NOT NULL,
	"amount_cents" bigint NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_note_lines_currency_check" CHECK ("credit_note_lines"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "credit_notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"partner_id" uuid,
	"invoice_id" uuid NOT NULL,
	"number" varchar NOT NULL,
	"series" varchar DEFAULT 'CN' NOT NULL,
	"sequence" integer,
	"kind" varchar NOT NULL,
	"reason" text NOT NULL,
	"subtotal_cents" bigint NOT NULL,
	"tax_cents" bigint DEFAULT 0 NOT NULL,
	"total_cents" bigint NOT NULL,
	"status" varchar DEFAULT 'draft' NOT NULL,
	"created_by" uuid,
	"issued_at" timestamp with time zone,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_notes_number_unique" UNIQUE("number"),
	CONSTRAINT "credit_notes_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "credit_notes_sequence_unique" UNIQUE("series","sequence"),
	CONSTRAINT "credit_notes_kind_check" CHECK ("credit_notes"."kind" in ('refund', 'void', 'goodwill')),
	CONSTRAINT "credit_notes_status_check" CHECK ("credit_notes"."status" in ('draft', 'issued', 'failed')),
	CONSTRAINT "credit_notes_total_check" CHECK ("credit_notes"."total_cents" > 0 and "credit_notes"."total_cents" = "credit_notes"."subtotal_cents" + "credit_notes"."tax_cents"),
	CONSTRAINT "credit_notes_currency_check" CHECK ("credit_notes"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "commission_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"amount" numeric(18, 6) NOT NULL,
	"invoice_id" uuid,
	"credit_note_id" uuid,
	"dispute_id" uuid,
	"earned_at" timestamp with time zone NOT NULL,
	"reason" text,
	"key" varchar NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "commission_events_key_unique" UNIQUE("key"),
	CONSTRAINT "commission_events_kind_check" CHECK ("commission_events"."kind" in ('invoice_paid', 'invoice_refunded', 'dispute_lost', 'dispute_won', 'adjustment')),
	CONSTRAINT "commission_events_currency_check" CHECK ("commission_events"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"stripe_dispute_id" varchar NOT NULL,
	"amount_cents" bigint NOT NULL,
	"reason" varchar,
	"status" varchar NOT NULL,
	"frozen" numeric(18, 6) DEFAULT '0' NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "disputes_stripe_dispute_id_unique" UNIQUE("stripe_dispute_id"),
	CONSTRAINT "disputes_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "disputes_currency_check" CHECK ("disputes"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"invoice_id" uuid,
	"topup_id" uuid,
	"method" varchar NOT NULL,
	"amount_cents" bigint NOT NULL,
	"status" varchar DEFAULT 'pending' NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"request_key" varchar NOT NULL,
	"stripe_payment_intent_id" varchar,
	"stripe_charge_id" varchar,
	"payment_method_id" uuid,
	"failure_code" varchar,
	"failure_message" text,
	"action_url" text,
	"reference" text,
	"recorded_by" uuid,
	"settled_at" timestamp with time zone,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payments_stripe_payment_intent_id_unique" UNIQUE("stripe_payment_intent_id"),
	CONSTRAINT "payments_stripe_charge_id_unique" UNIQUE("stripe_charge_id"),
	CONSTRAINT "payments_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "payments_request_unique" UNIQUE("tenant_id","request_key"),
	CONSTRAINT "payments_attempt_unique" UNIQUE("tenant_id","invoice_id","attempt"),
	CONSTRAINT "payments_target_check" CHECK (num_nonnulls("payments"."invoice_id", "payments"."topup_id") = 1),
	CONSTRAINT "payments_method_check" CHECK ("payments"."method" in ('card', 'bank_transfer', 'cheque', 'credit', 'other')),
	CONSTRAINT "payments_status_check" CHECK ("payments"."status" in ('pending', 'requires_action', 'processing', 'succeeded', 'failed', 'canceled')),
	CONSTRAINT "payments_amount_check" CHECK ("payments"."amount_cents" > 0),
	CONSTRAINT "payments_currency_check" CHECK ("payments"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"credit_note_id" uuid,
	"amount_cents" bigint NOT NULL,
	"status" varchar DEFAULT 'pending' NOT NULL,
	"reason" text NOT NULL,
	"stripe_refund_id" varchar,
	"created_by" uuid,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refunds_stripe_refund_id_unique" UNIQUE("stripe_refund_id"),
	CONSTRAINT "refunds_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "refunds_note_unique" UNIQUE("tenant_id","credit_note_id"),
	CONSTRAINT "refunds_status_check" CHECK ("refunds"."status" in ('pending', 'succeeded', 'failed')),
	CONSTRAINT "refunds_amount_check" CHECK ("refunds"."amount_cents" > 0),
	CONSTRAINT "refunds_currency_check" CHECK ("refunds"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "topups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"amount" numeric(18, 6) NOT NULL,
	"tax_cents" bigint DEFAULT 0 NOT NULL,
	"total_cents" bigint NOT NULL,
	"status" varchar DEFAULT 'pending' NOT NULL,
	"request_key" varchar NOT NULL,
	"month" varchar NOT NULL,
	"lot_id" uuid,
	"stripe_checkout_session_id" varchar,
	"created_by" uuid,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "topups_stripe_checkout_session_id_unique" UNIQUE("stripe_checkout_session_id"),
	CONSTRAINT "topups_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "topups_request_unique" UNIQUE("tenant_id","request_key"),
	CONSTRAINT "topups_kind_check" CHECK ("topups"."kind" in ('manual', 'auto')),
	CONSTRAINT "topups_status_check" CHECK ("topups"."status" in ('pending', 'paid', 'failed', 'canceled', 'expired', 'refunded', 'disputed')),
	CONSTRAINT "topups_amount_check" CHECK ("topups"."amount" > 0 and "topups"."total_cents" > 0),
	CONSTRAINT "topups_currency_check" CHECK ("topups"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "plan_prices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"billing_cycle" varchar NOT NULL,
	"amount_cents" bigint NOT NULL,
	"effective_from" timestamp with time zone DEFAULT now() NOT NULL,
	"effective_to" timestamp with time zone,
	"created_by" uuid,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plan_prices_cycle_check" CHECK ("plan_prices"."billing_cycle" in ('monthly', 'annual')),
	CONSTRAINT "plan_prices_amount_check" CHECK ("plan_prices"."amount_cents" >= 0),
	CONSTRAINT "plan_prices_range_check" CHECK ("plan_prices"."effective_to" is null or "plan_prices"."effective_to" > "plan_prices"."effective_from"),
	CONSTRAINT "plan_prices_currency_check" CHECK ("plan_prices"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" varchar NOT NULL,
	"name" varchar NOT NULL,
	"description" text,
	"allowance" numeric(18, 6) DEFAULT '0' NOT NULL,
	"trial_days" integer DEFAULT 0 NOT NULL,
	"trial_allowance" numeric(18, 6) DEFAULT '0' NOT NULL,
	"is_public" boolean DEFAULT false NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plans_key_unique" UNIQUE("key"),
	CONSTRAINT "plans_allowance_check" CHECK ("plans"."allowance" >= 0 and "plans"."trial_allowance" >= 0),
	CONSTRAINT "plans_trial_check" CHECK ("plans"."trial_days" >= 0),
	CONSTRAINT "plans_currency_check" CHECK ("plans"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "subscription_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"from_plan" varchar,
	"to_plan" varchar,
	"from_cycle" varchar,
	"to_cycle" varchar,
	"at" timestamp with time zone NOT NULL,
	"invoice_id" uuid,
	"key" varchar NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subscription_changes_key_unique" UNIQUE("tenant_id","key"),
	CONSTRAINT "subscription_changes_kind_check" CHECK ("subscription_changes"."kind" in ('start', 'upgrade', 'downgrade', 'cancel', 'resume', 'renew', 'end'))
);
--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"id" varchar PRIMARY KEY NOT NULL,
	"endpoint" varchar NOT NULL,
	"account" varchar,
	"type" varchar NOT NULL,
	"api_version" varchar,
	"livemode" boolean NOT NULL,
	"object_id" varchar,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"status" varchar DEFAULT 'received' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"processed_at" timestamp with time zone,
	CONSTRAINT "stripe_events_endpoint_check" CHECK ("stripe_events"."endpoint" in ('account', 'connect')),
	CONSTRAINT "stripe_events_status_check" CHECK ("stripe_events"."status" in ('received', 'done', 'ignored', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "stripe_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" varchar NOT NULL,
	"operation" varchar NOT NULL,
	"body_hash" varchar(64) NOT NULL,
	"tenant_id" uuid,
	"partner_id" uuid,
	"target_type" varchar NOT NULL,
	"target_id" varchar NOT NULL,
	"status" varchar DEFAULT 'pending' NOT NULL,
	"stripe_object_id" varchar,
	"http_status" integer,
	"error" jsonb,
	"attempts" integer DEFAULT 0 NOT NULL,
	"first_sent_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stripe_requests_key_unique" UNIQUE("key"),
	CONSTRAINT "stripe_requests_status_check" CHECK ("stripe_requests"."status" in ('pending', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "billing_profiles" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"legal_name" varchar,
	"address" jsonb,
	"country" varchar(2),
	"tax_id" varchar,
	"tax_id_type" varchar,
	"email_to" varchar,
	"reference" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tax_rates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"country" varchar(2) NOT NULL,
	"name" varchar NOT NULL,
	"percent" numeric(6, 3) NOT NULL,
	"reverse_charge" boolean DEFAULT false NOT NULL,
	"effective_from" timestamp with time zone DEFAULT now() NOT NULL,
	"effective_to" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tax_rates_percent_check" CHECK ("tax_rates"."percent" >= 0 and "tax_rates"."percent" <= 100),
	CONSTRAINT "tax_rates_range_check" CHECK ("tax_rates"."effective_to" is null or "tax_rates"."effective_to" > "tax_rates"."effective_from")
);
--> statement-breakpoint
CREATE TABLE "credit_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"key" varchar NOT NULL,
	"step_id" uuid,
	"execution_id" uuid,
	"root_execution_id" uuid,
	"agent_id" uuid,
	"amount" numeric(18, 6) NOT NULL,
	"settled_amount" numeric(18, 6),
	"status" varchar DEFAULT 'open' NOT NULL,
	"windows" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_holds_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "credit_holds_key_unique" UNIQUE("tenant_id","key"),
	CONSTRAINT "credit_holds_status_check" CHECK ("credit_holds"."status" in ('open', 'settled', 'released', 'expired')),
	CONSTRAINT "credit_holds_amount_check" CHECK ("credit_holds"."amount" >= 0),
	CONSTRAINT "credit_holds_currency_check" CHECK ("credit_holds"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "credit_lots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"source" varchar NOT NULL,
	"amount" numeric(18, 6) NOT NULL,
	"remaining" numeric(18, 6) NOT NULL,
	"expires_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"is_frozen" boolean DEFAULT false NOT NULL,
	"paid_by" varchar DEFAULT 'platform' NOT NULL,
	"partner_id" uuid,
	"topup_id" uuid,
	"subscription_id" uuid,
	"reason" text,
	"granted_by" uuid,
	"key" varchar NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_lots_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "credit_lots_key_unique" UNIQUE("tenant_id","key"),
	CONSTRAINT "credit_lots_source_check" CHECK ("credit_lots"."source" in ('plan', 'promo', 'paid')),
	CONSTRAINT "credit_lots_amount_check" CHECK ("credit_lots"."amount" > 0),
	CONSTRAINT "credit_lots_remaining_check" CHECK ("credit_lots"."remaining" >= 0 and "credit_lots"."remaining" <= "credit_lots"."amount"),
	CONSTRAINT "credit_lots_payer_check" CHECK ("credit_lots"."paid_by" in ('platform', 'partner')),
	CONSTRAINT "credit_lots_currency_check" CHECK ("credit_lots"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "credit_transactions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"source" varchar NOT NULL,
	"lot_id" uuid,
	"amount" numeric(18, 6) NOT NULL,
	"balance_after" numeric(18, 6) NOT NULL,
	"allowance_after" numeric(18, 6) NOT NULL,
	"hold_id" uuid,
	"execution_id" uuid,
	"step_id" uuid,
	"invoice_id" uuid,
	"credit_note_id" uuid,
	"reason" text,
	"created_by" uuid,
	"key" varchar NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_transactions_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "credit_transactions_key_unique" UNIQUE("tenant_id","key"),
	CONSTRAINT "credit_transactions_kind_check" CHECK ("credit_transactions"."kind" in ('opening', 'usage', 'reversal', 'grant', 'topup', 'expiry', 'refund', 'invoice_payment', 'dispute', 'dispute_won', 'adjustment')),
	CONSTRAINT "credit_transactions_source_check" CHECK ("credit_transactions"."source" in ('plan', 'promo', 'paid', 'receivable')),
	CONSTRAINT "credit_transactions_amount_check" CHECK ("credit_transactions"."amount" <> 0),
	CONSTRAINT "credit_transactions_currency_check" CHECK ("credit_transactions"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "ledger_funding" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"partner_id" uuid,
	"ledger_entry_id" uuid NOT NULL,
	"source" varchar NOT NULL,
	"lot_id" uuid,
	"amount" numeric(18, 6) NOT NULL,
	"commission_share" numeric(18, 6) NOT NULL,
	"payable" numeric(18, 6) NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_funding_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "ledger_funding_source_check" CHECK ("ledger_funding"."source" in ('plan', 'promo', 'paid', 'receivable')),
	CONSTRAINT "ledger_funding_lot_check" CHECK (("ledger_funding"."source" = 'receivable') = ("ledger_funding"."lot_id" is null)),
	CONSTRAINT "ledger_funding_currency_check" CHECK ("ledger_funding"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "wallets" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"mode" varchar DEFAULT 'prepaid' NOT NULL,
	"allowance" numeric(18, 6) DEFAULT '0' NOT NULL,
	"balance" numeric(18, 6) DEFAULT '0' NOT NULL,
	"held" numeric(18, 6) DEFAULT '0' NOT NULL,
	"frozen" numeric(18, 6) DEFAULT '0' NOT NULL,
	"credit_limit" numeric(18, 6) DEFAULT '0' NOT NULL,
	"next_expiry_at" timestamp with time zone,
	"low_water" numeric(18, 6),
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "wallets_mode_check" CHECK ("wallets"."mode" in ('prepaid', 'postpaid')),
	CONSTRAINT "wallets_allowance_check" CHECK ("wallets"."allowance" >= 0),
	CONSTRAINT "wallets_held_check" CHECK ("wallets"."held" >= 0),
	CONSTRAINT "wallets_frozen_check" CHECK ("wallets"."frozen" >= 0),
	CONSTRAINT "wallets_limit_check" CHECK ("wallets"."credit_limit" >= 0 and ("wallets"."mode" = 'postpaid' or "wallets"."credit_limit" = 0)),
	CONSTRAINT "wallets_currency_check" CHECK ("wallets"."currency" = 'USD')
);
--> statement-breakpoint
ALTER TABLE "invoices" DROP CONSTRAINT "invoices_period_unique";--> statement-breakpoint
ALTER TABLE "invoice_lines" ALTER COLUMN "position" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "execution_steps" ADD COLUMN "wait_reason" varchar;--> statement-breakpoint
ALTER TABLE "execution_steps" ADD COLUMN "needed" numeric(18, 6);--> statement-breakpoint
ALTER TABLE "execution_steps" ADD COLUMN "cap_id" uuid;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "wait_reason" varchar;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "suspended_by" varchar;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD COLUMN "kind" varchar DEFAULT 'usage' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD COLUMN "source" varchar;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD COLUMN "currency" varchar DEFAULT 'USD' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "kind" varchar DEFAULT 'period' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "subtotal_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "tax_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "tax_percent" numeric(6, 3);--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "tax_note" text;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "paid_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "credited_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "receivable" numeric(18, 6) DEFAULT '0' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "seller" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "customer" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "finalized_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "sent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "voided_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "hosted_token_hash" varchar;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "collection" varchar DEFAULT 'transfer' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "dunning_stage" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "next_attempt_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "topup_id" uuid;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "subscription_id" uuid;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "brand" varchar;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "exp_month" integer;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "exp_year" integer;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "fingerprint" varchar;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "status" varchar DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "plan_id" uuid;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "plan_price_id" uuid;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "anchor_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "current_period_start" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "current_period_end" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "paid_through" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "cancel_at_period_end" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "pending_plan_id" uuid;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "pending_cycle" varchar;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "cancelled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "is_mirrored" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "starts_blocked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "starts_blocked_reason" text;--> statement-breakpoint
ALTER TABLE "auto_topups" ADD CONSTRAINT "auto_topups_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spend_caps" ADD CONSTRAINT "spend_caps_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_tenant_id_credit_note_id_credit_notes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","credit_note_id") REFERENCES "public"."credit_notes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_tenant_id_line_id_invoice_lines_tenant_id_id_fk" FOREIGN KEY ("tenant_id","line_id") REFERENCES "public"."invoice_lines"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_tenant_id_invoice_id_invoices_tenant_id_id_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "public"."invoices"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commission_events" ADD CONSTRAINT "commission_events_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_tenant_id_payment_id_payments_tenant_id_id_fk" FOREIGN KEY ("tenant_id","payment_id") REFERENCES "public"."payments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_tenant_id_invoice_id_invoices_tenant_id_id_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "public"."invoices"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_tenant_id_topup_id_topups_tenant_id_id_fk" FOREIGN KEY ("tenant_id","topup_id") REFERENCES "public"."topups"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_tenant_id_payment_method_id_payment_methods_tenant_id_id_fk" FOREIGN KEY ("tenant_id","payment_method_id") REFERENCES "public"."payment_methods"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_tenant_id_payment_id_payments_tenant_id_id_fk" FOREIGN KEY ("tenant_id","payment_id") REFERENCES "public"."payments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_tenant_id_credit_note_id_credit_notes_tenant_id_id_fk" FOREIGN KEY ("tenant_id","credit_note_id") REFERENCES "public"."credit_notes"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topups" ADD CONSTRAINT "topups_tenant_id_lot_id_credit_lots_tenant_id_id_fk" FOREIGN KEY ("tenant_id","lot_id") REFERENCES "public"."credit_lots"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_prices" ADD CONSTRAINT "plan_prices_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_changes" ADD CONSTRAINT "subscription_changes_tenant_id_subscription_id_subscriptions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","subscription_id") REFERENCES "public"."subscriptions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD CONSTRAINT "billing_profiles_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_holds" ADD CONSTRAINT "credit_holds_tenant_id_step_id_execution_steps_tenant_id_id_fk" FOREIGN KEY ("tenant_id","step_id") REFERENCES "public"."execution_steps"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_holds" ADD CONSTRAINT "credit_holds_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_funding" ADD CONSTRAINT "ledger_funding_tenant_id_ledger_entry_id_ledger_entries_tenant_id_id_fk" FOREIGN KEY ("tenant_id","ledger_entry_id") REFERENCES "public"."ledger_entries"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_funding" ADD CONSTRAINT "ledger_funding_tenant_id_lot_id_credit_lots_tenant_id_id_fk" FOREIGN KEY ("tenant_id","lot_id") REFERENCES "public"."credit_lots"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "spend_alerts_untold_idx" ON "spend_alerts" USING btree ("told_at") WHERE "spend_alerts"."told_at" is null;--> statement-breakpoint
CREATE INDEX "credit_note_lines_note_idx" ON "credit_note_lines" USING btree ("tenant_id","credit_note_id","id");--> statement-breakpoint
CREATE INDEX "credit_notes_invoice_idx" ON "credit_notes" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
CREATE INDEX "commission_events_earned_idx" ON "commission_events" USING btree ("partner_id","earned_at");--> statement-breakpoint
CREATE INDEX "disputes_payment_idx" ON "disputes" USING btree ("tenant_id","payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_live_unique" ON "payments" USING btree ("invoice_id") WHERE "payments"."status" in ('pending', 'requires_action', 'processing');--> statement-breakpoint
CREATE INDEX "payments_topup_idx" ON "payments" USING btree ("tenant_id","topup_id") WHERE "payments"."topup_id" is not null;--> statement-breakpoint
CREATE INDEX "refunds_payment_idx" ON "refunds" USING btree ("tenant_id","payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "topups_auto_unique" ON "topups" USING btree ("tenant_id") WHERE "topups"."kind" = 'auto' and "topups"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "subscription_changes_subscription_idx" ON "subscription_changes" USING btree ("tenant_id","subscription_id","at");--> statement-breakpoint
CREATE INDEX "stripe_events_open_idx" ON "stripe_events" USING btree ("received_at") WHERE "stripe_events"."status" = 'received';--> statement-breakpoint
CREATE INDEX "stripe_events_object_idx" ON "stripe_events" USING btree ("object_id");--> statement-breakpoint
CREATE INDEX "stripe_requests_open_idx" ON "stripe_requests" USING btree ("created_at") WHERE "stripe_requests"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "stripe_requests_target_idx" ON "stripe_requests" USING btree ("target_type","target_id");--> statement-breakpoint
CREATE INDEX "credit_holds_expiry_idx" ON "credit_holds" USING btree ("expires_at") WHERE "credit_holds"."status" = 'open';--> statement-breakpoint
CREATE INDEX "credit_lots_open_idx" ON "credit_lots" USING btree ("tenant_id","source","expires_at","id") WHERE "credit_lots"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "credit_transactions_time_idx" ON "credit_transactions" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "ledger_funding_entry_idx" ON "ledger_funding" USING btree ("tenant_id","ledger_entry_id");--> statement-breakpoint
CREATE INDEX "ledger_funding_lot_idx" ON "ledger_funding" USING btree ("tenant_id","lot_id");--> statement-breakpoint
CREATE INDEX "ledger_funding_payable_idx" ON "ledger_funding" USING btree ("partner_id","id") WHERE "ledger_funding"."payable" <> 0;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_price_id_plan_prices_id_fk" FOREIGN KEY ("plan_price_id") REFERENCES "public"."plan_prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_pending_plan_id_plans_id_fk" FOREIGN KEY ("pending_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "execution_steps_unpaid_idx" ON "execution_steps" USING btree ("tenant_id","id") WHERE "execution_steps"."wait_reason" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_period_unique" ON "invoices" USING btree ("tenant_id","period_start","period_end") WHERE "invoices"."kind" in ('period', 'statement') and "invoices"."status" <> 'void';--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_default_unique" ON "payment_methods" USING btree ("tenant_id") WHERE "payment_methods"."is_default" and "payment_methods"."status" = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_live_unique" ON "subscriptions" USING btree ("tenant_id") WHERE "subscriptions"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_customer_unique" ON "subscriptions" USING btree ("stripe_customer_id") WHERE "subscriptions"."stripe_customer_id" is not null and "subscriptions"."ended_at" is null;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_group_unique" UNIQUE NULLS NOT DISTINCT("tenant_id","invoice_id","kind","resource_type","unit","model_key","rate","service_start","source");--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_hosted_token_hash_unique" UNIQUE("hosted_token_hash");--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_stripe_unique" UNIQUE("stripe_payment_method_id");--> statement-breakpoint
ALTER TABLE "execution_steps" ADD CONSTRAINT "execution_steps_wait_reason_check" CHECK ("execution_steps"."wait_reason" in ('credit', 'cap', 'ask'));--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_suspended_by_check" CHECK ("tenants"."suspended_by" in ('admin', 'partner', 'dunning'));--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_kind_check" CHECK ("invoice_lines"."kind" in ('usage', 'plan', 'proration', 'covered', 'credit'));--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_currency_check" CHECK ("invoice_lines"."currency" = 'USD');--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_status_check" CHECK ("invoices"."status" in ('draft', 'pending', 'overdue', 'paid', 'partially_refunded', 'refunded', 'void', 'uncollectible'));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_kind_check" CHECK ("invoices"."kind" in ('period', 'subscription', 'plan_change', 'topup', 'statement'));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_collection_check" CHECK ("invoices"."collection" in ('card', 'transfer'));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_paid_check" CHECK ("invoices"."paid_cents" >= 0 and "invoices"."credited_cents" >= 0);--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_currency_check" CHECK ("invoices"."currency" = 'USD');--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_status_check" CHECK ("payment_methods"."status" in ('active', 'expired', 'detached'));--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_status_check" CHECK ("subscriptions"."status" in ('trialing', 'incomplete', 'active', 'past_due', 'cancelled'));--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_cycle_check" CHECK ("subscriptions"."billing_cycle" in ('monthly', 'annual'));