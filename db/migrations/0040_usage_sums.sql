CREATE TABLE "usage_counted" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"after_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_runs" (
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"previous_day" date,
	"part" varchar NOT NULL,
	"key" varchar,
	"runs" bigint NOT NULL,
	CONSTRAINT "usage_runs_place_unique" UNIQUE NULLS NOT DISTINCT("tenant_id","part","day","previous_day","key"),
	CONSTRAINT "usage_runs_part_check" CHECK ("usage_runs"."part" in ('all', 'agent', 'workflow', 'model', 'resource')),
	CONSTRAINT "usage_runs_order_check" CHECK ("usage_runs"."previous_day" < "usage_runs"."day")
);
--> statement-breakpoint
CREATE TABLE "usage_sums" (
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"agent_id" uuid,
	"workflow_id" uuid,
	"model_key" varchar,
	"resource_type" varchar NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"tenant_cost" numeric(18, 6) NOT NULL,
	"owed" numeric(18, 6) NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	CONSTRAINT "usage_sums_place_unique" UNIQUE NULLS NOT DISTINCT("tenant_id","day","agent_id","workflow_id","model_key","resource_type"),
	CONSTRAINT "usage_sums_currency_check" CHECK ("usage_sums"."currency" = 'USD')
);
--> statement-breakpoint
ALTER TABLE "usage_counted" ADD CONSTRAINT "usage_counted_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_runs" ADD CONSTRAINT "usage_runs_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_sums" ADD CONSTRAINT "usage_sums_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ledger_funding_repaid_idx" ON "ledger_funding" USING btree ("tenant_id","created_at") WHERE "ledger_funding"."source" = 'receivable' and "ledger_funding"."amount" < 0;--> statement-breakpoint
-- Where nearly all rows are of one workspace a sample may hold no other, and what is asked of others would be looked for among its rows.
ALTER TABLE "ledger_entries" ALTER COLUMN "tenant_id" SET (n_distinct = 1000);--> statement-breakpoint
ANALYZE "ledger_entries";
