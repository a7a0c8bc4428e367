CREATE TABLE "partner_accounts" (
	"partner_id" uuid PRIMARY KEY NOT NULL,
	"stripe_account_id" varchar,
	"details_submitted" boolean DEFAULT false NOT NULL,
	"payouts_enabled" boolean DEFAULT false NOT NULL,
	"requirements" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"country" varchar(2),
	"minimum_cents" bigint DEFAULT 5000 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "partner_accounts_stripe_account_id_unique" UNIQUE("stripe_account_id"),
	CONSTRAINT "partner_accounts_minimum_check" CHECK ("partner_accounts"."minimum_cents" between 1000 and 10000000),
	CONSTRAINT "partner_accounts_payable_check" CHECK (not "partner_accounts"."payouts_enabled" or "partner_accounts"."stripe_account_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "partner_branding" (
	"partner_id" uuid PRIMARY KEY NOT NULL,
	"display_name" varchar NOT NULL,
	"logo_key" varchar,
	"logo_type" varchar,
	"accent" varchar,
	"address" jsonb,
	"email" varchar,
	"website" varchar,
	"tax_id" varchar,
	"footer" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "partner_branding_accent_check" CHECK ("partner_branding"."accent" ~ '^#[0-9a-f]{6}$'),
	CONSTRAINT "partner_branding_logo_check" CHECK (("partner_branding"."logo_key" is null) = ("partner_branding"."logo_type" is null))
);
--> statement-breakpoint
CREATE TABLE "partner_payouts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"number" varchar,
	"series" varchar DEFAULT 'PS' NOT NULL,
	"sequence" integer,
	"period_start" timestamp with time zone NOT NULL,
	"period_end" timestamp with time zone NOT NULL,
	"status" varchar DEFAULT 'draft' NOT NULL,
	"gross" numeric(18, 6) DEFAULT '0' NOT NULL,
	"carry_in" numeric(18, 6) DEFAULT '0' NOT NULL,
	"carry_out" numeric(18, 6) DEFAULT '0' NOT NULL,
	"amount_cents" bigint DEFAULT 0 NOT NULL,
	"reversed_cents" bigint DEFAULT 0 NOT NULL,
	"payee" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"method" varchar,
	"reference" text,
	"stripe_account_id" varchar,
	"stripe_transfer_id" varchar,
	"stripe_payout_id" varchar,
	"attempt" integer DEFAULT 1 NOT NULL,
	"held_reason" varchar,
	"failure" text,
	"approved_by" uuid,
	"approved_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"paid_at" timestamp with time zone,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "partner_payouts_number_unique" UNIQUE("number"),
	CONSTRAINT "partner_payouts_stripe_transfer_id_unique" UNIQUE("stripe_transfer_id"),
	CONSTRAINT "partner_payouts_partner_id_unique" UNIQUE("partner_id","id"),
	CONSTRAINT "partner_payouts_sequence_unique" UNIQUE("series","sequence"),
	CONSTRAINT "partner_payouts_status_check" CHECK ("partner_payouts"."status" in ('draft', 'approved', 'sending', 'sent', 'paid', 'failed', 'reversed', 'cancelled')),
	CONSTRAINT "partner_payouts_period_check" CHECK ("partner_payouts"."period_end" > "partner_payouts"."period_start"),
	CONSTRAINT "partner_payouts_amount_check" CHECK ("partner_payouts"."gross" + "partner_payouts"."carry_in" = "partner_payouts"."amount_cents" * 0.01 + "partner_payouts"."carry_out" and "partner_payouts"."carry_out" >= 0 and "partner_payouts"."carry_out" < 0.01),
	CONSTRAINT "partner_payouts_reversed_check" CHECK ("partner_payouts"."reversed_cents" between 0 and "partner_payouts"."amount_cents"),
	CONSTRAINT "partner_payouts_number_check" CHECK ("partner_payouts"."status" in ('draft', 'cancelled') or ("partner_payouts"."number" is not null and "partner_payouts"."sequence" is not null)),
	CONSTRAINT "partner_payouts_currency_check" CHECK ("partner_payouts"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "payout_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"payout_id" uuid NOT NULL,
	"partner_id" uuid NOT NULL,
	"funding_id" uuid,
	"commission_event_id" uuid,
	"amount" numeric(18, 6) NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payout_items_funding_id_unique" UNIQUE("funding_id"),
	CONSTRAINT "payout_items_commission_event_id_unique" UNIQUE("commission_event_id"),
	CONSTRAINT "payout_items_source_check" CHECK (num_nonnulls("payout_items"."funding_id", "payout_items"."commission_event_id") = 1),
	CONSTRAINT "payout_items_currency_check" CHECK ("payout_items"."currency" = 'USD')
);
--> statement-breakpoint
ALTER TABLE "commission_events" DROP CONSTRAINT "commission_events_kind_check";--> statement-breakpoint
ALTER TABLE "partner_accounts" ADD CONSTRAINT "partner_accounts_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_branding" ADD CONSTRAINT "partner_branding_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_payouts" ADD CONSTRAINT "partner_payouts_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_items" ADD CONSTRAINT "payout_items_funding_id_ledger_funding_id_fk" FOREIGN KEY ("funding_id") REFERENCES "public"."ledger_funding"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_items" ADD CONSTRAINT "payout_items_commission_event_id_commission_events_id_fk" FOREIGN KEY ("commission_event_id") REFERENCES "public"."commission_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_items" ADD CONSTRAINT "payout_items_payout_fk" FOREIGN KEY ("partner_id","payout_id") REFERENCES "public"."partner_payouts"("partner_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "partner_payouts_period_unique" ON "partner_payouts" USING btree ("partner_id","period_end") WHERE "partner_payouts"."status" <> 'cancelled';--> statement-breakpoint
CREATE INDEX "partner_payouts_open_idx" ON "partner_payouts" USING btree ("status") WHERE "partner_payouts"."status" in ('approved', 'sending');--> statement-breakpoint
CREATE INDEX "partner_payouts_account_idx" ON "partner_payouts" USING btree ("stripe_account_id") WHERE "partner_payouts"."stripe_account_id" is not null;--> statement-breakpoint
CREATE INDEX "payout_items_payout_idx" ON "payout_items" USING btree ("partner_id","payout_id");--> statement-breakpoint
CREATE INDEX "commission_events_invoice_idx" ON "commission_events" USING btree ("tenant_id","invoice_id");--> statement-breakpoint
ALTER TABLE "commission_events" ADD CONSTRAINT "commission_events_kind_check" CHECK ("commission_events"."kind" in ('invoice_paid', 'invoice_refunded', 'topup_refunded', 'dispute_lost', 'dispute_won', 'transfer_reversed', 'adjustment'));--> statement-breakpoint
-- A payout goes forward only, and once it has its number only what becomes of it may change.
CREATE FUNCTION "check_payout_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open constant text[] := ARRAY['status','reversed_cents','method','reference','stripe_account_id','stripe_transfer_id',
    'stripe_payout_id','attempt','held_reason','failure','sent_at','paid_at','updated_at'];
  forward constant jsonb := '{
    "draft": ["approved", "cancelled"],
    "approved": ["sending", "paid", "cancelled"],
    "sending": ["approved", "sent", "failed"],
    "sent": ["paid", "reversed"],
    "paid": ["sent", "reversed"],
    "failed": ["approved", "paid", "cancelled"],
    "reversed": [],
    "cancelled": []}';
BEGIN
  IF OLD."number" IS NOT NULL
    AND (TG_OP = 'DELETE' OR to_jsonb(OLD) - open IS DISTINCT FROM to_jsonb(NEW) - open)
  THEN
    RAISE EXCEPTION 'payout % is final', OLD."number" USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF OLD."status" IS DISTINCT FROM NEW."status" AND NOT coalesce(forward -> OLD."status" ? NEW."status", false) THEN
    RAISE EXCEPTION 'a payout does not go from % to %', OLD."status", NEW."status" USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "partner_payouts_change" BEFORE UPDATE OR DELETE ON "partner_payouts" FOR EACH ROW EXECUTE FUNCTION "check_payout_change"();
