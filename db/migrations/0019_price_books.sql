CREATE TABLE "price_book_draft_rates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"draft_id" uuid NOT NULL,
	"partner_id" uuid,
	"resource_type" varchar NOT NULL,
	"unit" varchar NOT NULL,
	"model_key" varchar,
	"rate" numeric(18, 6) NOT NULL,
	"made_rate_id" uuid,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "price_book_draft_rates_thing_unique" UNIQUE NULLS NOT DISTINCT("draft_id","resource_type","unit","model_key"),
	CONSTRAINT "price_book_draft_rates_rate_check" CHECK ("price_book_draft_rates"."rate" >= 0),
	CONSTRAINT "price_book_draft_rates_currency_check" CHECK ("price_book_draft_rates"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "price_book_drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid,
	"name" varchar NOT NULL,
	"status" varchar DEFAULT 'draft' NOT NULL,
	"effective_from" timestamp with time zone,
	"scheduled_by" uuid,
	"scheduled_at" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "price_book_drafts_partner_id_unique" UNIQUE("partner_id","id"),
	CONSTRAINT "price_book_drafts_status_check" CHECK ("price_book_drafts"."status" in ('draft', 'scheduled')),
	CONSTRAINT "price_book_drafts_scheduled_check" CHECK (("price_book_drafts"."status" = 'scheduled') = ("price_book_drafts"."effective_from" is not null and "price_book_drafts"."scheduled_at" is not null))
);
--> statement-breakpoint
ALTER TABLE "price_book_draft_rates" ADD CONSTRAINT "price_book_draft_rates_draft_fk" FOREIGN KEY ("draft_id") REFERENCES "public"."price_book_drafts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_book_draft_rates" ADD CONSTRAINT "price_book_draft_rates_partner_fk" FOREIGN KEY ("partner_id","draft_id") REFERENCES "public"."price_book_drafts"("partner_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_book_drafts" ADD CONSTRAINT "price_book_drafts_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "price_book_draft_rates_partner_idx" ON "price_book_draft_rates" USING btree ("partner_id","draft_id");