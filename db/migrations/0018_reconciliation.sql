CREATE TABLE "ledger_digests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"entries" integer NOT NULL,
	"tenant_cost" numeric(18, 6) NOT NULL,
	"platform_cost" numeric(18, 6) NOT NULL,
	"commission" numeric(18, 6) NOT NULL,
	"content" varchar NOT NULL,
	"previous_hash" varchar(64) NOT NULL,
	"hash" varchar(64) NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_digests_day_unique" UNIQUE("day"),
	CONSTRAINT "ledger_digests_currency_check" CHECK ("ledger_digests"."currency" = 'USD')
);
--> statement-breakpoint
CREATE TABLE "reconciliation_findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"check_id" varchar NOT NULL,
	"subject" text NOT NULL,
	"subject_key" varchar NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"detail_hash" varchar(64) NOT NULL,
	"status" varchar DEFAULT 'open' NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"decision_note" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reconciliation_findings_status_check" CHECK ("reconciliation_findings"."status" in ('open', 'fixed', 'accepted', 'dismissed')),
	CONSTRAINT "reconciliation_findings_decided_check" CHECK (("reconciliation_findings"."status" = 'open') = ("reconciliation_findings"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "reconciliation_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"trigger" varchar NOT NULL,
	"key" varchar NOT NULL,
	"started_by" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"results" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reconciliation_runs_key_unique" UNIQUE("key"),
	CONSTRAINT "reconciliation_runs_trigger_check" CHECK ("reconciliation_runs"."trigger" in ('daily', 'manual'))
);
--> statement-breakpoint
ALTER TABLE "reconciliation_findings" ADD CONSTRAINT "reconciliation_findings_run_id_reconciliation_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."reconciliation_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "reconciliation_findings_open_unique" ON "reconciliation_findings" USING btree ("check_id","subject_key") WHERE "reconciliation_findings"."status" = 'open';--> statement-breakpoint
CREATE INDEX "reconciliation_findings_subject_idx" ON "reconciliation_findings" USING btree ("check_id","subject_key","id");