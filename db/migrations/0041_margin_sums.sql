CREATE TABLE "margin_sums" (
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"partner_id" uuid,
	"platform_cost" numeric(18, 6) NOT NULL,
	"tenant_cost" numeric(18, 6) NOT NULL,
	"partner_commission" numeric(18, 6) NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	CONSTRAINT "margin_sums_place_unique" UNIQUE NULLS NOT DISTINCT("tenant_id","day","partner_id"),
	CONSTRAINT "margin_sums_sum_check" CHECK ("margin_sums"."tenant_cost" = "margin_sums"."platform_cost" + "margin_sums"."partner_commission"),
	CONSTRAINT "margin_sums_currency_check" CHECK ("margin_sums"."currency" = 'USD')
);
--> statement-breakpoint
ALTER TABLE "margin_sums" ADD CONSTRAINT "margin_sums_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "margin_sums" ADD CONSTRAINT "margin_sums_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "margin_sums_day_idx" ON "margin_sums" USING btree ("day");--> statement-breakpoint
CREATE INDEX "margin_sums_partner_idx" ON "margin_sums" USING btree ("partner_id","day");--> statement-breakpoint
-- What was counted before has no margins: it is counted anew, and pages read the ledger meanwhile. Row security does not bind this.
TRUNCATE "usage_runs", "usage_sums", "usage_counted";
