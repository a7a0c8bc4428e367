CREATE TABLE "run_batch_items" (
	"tenant_id" uuid NOT NULL,
	"batch_id" uuid NOT NULL,
	"execution_id" uuid NOT NULL,
	"outcome" varchar,
	"started_id" uuid,
	"message" text,
	CONSTRAINT "run_batch_items_tenant_id_batch_id_execution_id_pk" PRIMARY KEY("tenant_id","batch_id","execution_id"),
	CONSTRAINT "run_batch_items_outcome_check" CHECK ("run_batch_items"."outcome" in ('done', 'refused'))
);
--> statement-breakpoint
CREATE TABLE "run_batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"verb" varchar NOT NULL,
	"filter" jsonb NOT NULL,
	"requested_by" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"request_key" uuid NOT NULL,
	"total" integer NOT NULL,
	"status" varchar DEFAULT 'running' NOT NULL,
	"note" text,
	"ended_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_batches_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "run_batches_request_unique" UNIQUE("tenant_id","request_key"),
	CONSTRAINT "run_batches_verb_check" CHECK ("run_batches"."verb" in ('cancel', 'resume', 'replay')),
	CONSTRAINT "run_batches_status_check" CHECK ("run_batches"."status" in ('running', 'completed', 'stopped'))
);
--> statement-breakpoint
ALTER TABLE "run_batch_items" ADD CONSTRAINT "run_batch_items_tenant_id_batch_id_run_batches_tenant_id_id_fk" FOREIGN KEY ("tenant_id","batch_id") REFERENCES "public"."run_batches"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_batch_items" ADD CONSTRAINT "run_batch_items_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_batches" ADD CONSTRAINT "run_batches_tenant_id_requested_by_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","requested_by") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "run_batch_items_waiting_idx" ON "run_batch_items" USING btree ("tenant_id","batch_id","execution_id") WHERE "run_batch_items"."outcome" is null;--> statement-breakpoint
CREATE INDEX "run_batches_open_idx" ON "run_batches" USING btree ("updated_at") WHERE "run_batches"."status" = 'running';