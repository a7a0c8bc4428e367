CREATE TABLE "price_allowances" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"resource_type" varchar NOT NULL,
	"unit" varchar NOT NULL,
	"model_key" varchar,
	"max_rate" numeric(18, 6) NOT NULL,
	"reason" text NOT NULL,
	"created_by" uuid,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "price_allowances_rate_check" CHECK ("price_allowances"."max_rate" > 0)
);
--> statement-breakpoint
ALTER TABLE "plan_prices" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "price_allowances" ADD CONSTRAINT "price_allowances_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "price_allowances_thing_unique" ON "price_allowances" USING btree ("partner_id","resource_type","unit",coalesce("model_key", '')) WHERE "price_allowances"."revoked_at" is null;--> statement-breakpoint
ALTER TABLE "plan_prices" DROP CONSTRAINT "plan_prices_no_overlap";--> statement-breakpoint
-- A price that was taken back leaves room for another.
ALTER TABLE "plan_prices" ADD CONSTRAINT "plan_prices_no_overlap" EXCLUDE USING gist (
  "plan_id" WITH =, "billing_cycle" WITH =, tstzrange("effective_from", "effective_to") WITH &&
) WHERE ("withdrawn_at" is null);
