CREATE TABLE "plan_limits" (
	"plan_name" varchar PRIMARY KEY NOT NULL,
	"max_running" integer NOT NULL,
	"max_queued" integer NOT NULL,
	"starts_per_minute" integer NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_preferences" (
	"tenant_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"in_app" boolean NOT NULL,
	"by_mail" boolean NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_preferences_tenant_id_user_id_kind_pk" PRIMARY KEY("tenant_id","user_id","kind")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"title" varchar NOT NULL,
	"body" text NOT NULL,
	"href" text NOT NULL,
	"dedupe_key" varchar NOT NULL,
	"read_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"message_id" varchar NOT NULL,
	"payload" jsonb NOT NULL,
	"status" varchar DEFAULT 'queued' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_status" integer,
	"last_error" text,
	"latency_ms" integer,
	"delivered_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_deliveries_message_unique" UNIQUE("tenant_id","endpoint_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"url" text NOT NULL,
	"description" varchar DEFAULT '' NOT NULL,
	"kinds" jsonb NOT NULL,
	"sealed_secret" text NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_endpoints_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"execution_id" uuid NOT NULL,
	"step_id" uuid NOT NULL,
	"node_id" varchar NOT NULL,
	"title" varchar NOT NULL,
	"message" text NOT NULL,
	"fields" jsonb NOT NULL,
	"approvers" jsonb NOT NULL,
	"status" varchar DEFAULT 'pending' NOT NULL,
	"answer" jsonb,
	"comment" text,
	"answered_by" uuid,
	"answered_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"remind_at" timestamp with time zone,
	"reminded_at" timestamp with time zone,
	"cost_micros" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "approvals_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "approvals_step_unique" UNIQUE("tenant_id","step_id")
);
--> statement-breakpoint
CREATE TABLE "step_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"step_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"outcome" varchar NOT NULL,
	"error_code" varchar,
	"error_message" text,
	"wait_ms" integer,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "step_attempts_number_unique" UNIQUE("tenant_id","step_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "trigger_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"trigger_id" uuid NOT NULL,
	"delivery_key" varchar NOT NULL,
	"status" varchar NOT NULL,
	"reason" text,
	"payload" jsonb,
	"execution_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trigger_deliveries_key_unique" UNIQUE("tenant_id","trigger_id","delivery_key")
);
--> statement-breakpoint
CREATE TABLE "workflow_triggers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"kind" varchar NOT NULL,
	"name" varchar NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"disabled_reason" text,
	"token_hash" varchar,
	"sealed_secret" text,
	"config" jsonb NOT NULL,
	"next_at" timestamp with time zone,
	"last_started_at" timestamp with time zone,
	"failures_in_row" integer DEFAULT 0 NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_triggers_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "execution_steps" ADD COLUMN "wake_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "execution_steps" ADD COLUMN "reused_step_id" uuid;--> statement-breakpoint
ALTER TABLE "execution_steps" ADD COLUMN "is_pinned" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "trigger_id" uuid;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "parent_execution_id" uuid;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "parent_step_id" uuid;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "root_execution_id" uuid;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "depth" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "item_index" integer;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "body_node_id" varchar;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "mode" varchar DEFAULT 'start' NOT NULL;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "source_execution_id" uuid;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "only_nodes" jsonb;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "pinned_versions" jsonb;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "uses_pins" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "max_running" integer;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "max_queued" integer;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "starts_per_minute" integer;--> statement-breakpoint
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_tenant_id_user_id_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_tenant_id_user_id_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_tenant_id_endpoint_id_webhook_endpoints_tenant_id_id_fk" FOREIGN KEY ("tenant_id","endpoint_id") REFERENCES "public"."webhook_endpoints"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_tenant_id_step_id_execution_steps_tenant_id_id_fk" FOREIGN KEY ("tenant_id","step_id") REFERENCES "public"."execution_steps"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_attempts" ADD CONSTRAINT "step_attempts_tenant_id_step_id_execution_steps_tenant_id_id_fk" FOREIGN KEY ("tenant_id","step_id") REFERENCES "public"."execution_steps"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_deliveries" ADD CONSTRAINT "trigger_deliveries_tenant_id_trigger_id_workflow_triggers_tenant_id_id_fk" FOREIGN KEY ("tenant_id","trigger_id") REFERENCES "public"."workflow_triggers"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_deliveries" ADD CONSTRAINT "trigger_deliveries_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_triggers" ADD CONSTRAINT "workflow_triggers_tenant_id_workflow_id_workflows_tenant_id_id_fk" FOREIGN KEY ("tenant_id","workflow_id") REFERENCES "public"."workflows"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_dedupe_unique" ON "notifications" USING btree ("tenant_id","user_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "notifications_user_idx" ON "notifications" USING btree ("tenant_id","user_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_newest_idx" ON "webhook_deliveries" USING btree ("tenant_id","endpoint_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due_idx" ON "webhook_deliveries" USING btree ("next_attempt_at") WHERE "webhook_deliveries"."status" = 'queued';--> statement-breakpoint
CREATE INDEX "approvals_status_idx" ON "approvals" USING btree ("tenant_id","status","id");--> statement-breakpoint
CREATE INDEX "approvals_remind_idx" ON "approvals" USING btree ("remind_at") WHERE "approvals"."status" = 'pending' and "approvals"."reminded_at" is null;--> statement-breakpoint
CREATE INDEX "trigger_deliveries_newest_idx" ON "trigger_deliveries" USING btree ("tenant_id","trigger_id","id");--> statement-breakpoint
CREATE INDEX "workflow_triggers_workflow_idx" ON "workflow_triggers" USING btree ("tenant_id","workflow_id");--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_triggers_token_unique" ON "workflow_triggers" USING btree ("token_hash") WHERE "workflow_triggers"."token_hash" is not null;--> statement-breakpoint
CREATE INDEX "workflow_triggers_due_idx" ON "workflow_triggers" USING btree ("next_at") WHERE "workflow_triggers"."is_active" and "workflow_triggers"."next_at" is not null;--> statement-breakpoint
CREATE INDEX "execution_steps_waiting_idx" ON "execution_steps" USING btree ("wake_at") WHERE "execution_steps"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX "executions_root_idx" ON "executions" USING btree ("tenant_id","root_execution_id") WHERE "executions"."root_execution_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "executions_item_unique" ON "executions" USING btree ("tenant_id","parent_step_id","item_index") WHERE "executions"."parent_step_id" is not null;