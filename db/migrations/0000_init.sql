CREATE TABLE "agent_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"name" varchar NOT NULL,
	"role" varchar NOT NULL,
	"llm_config" jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_versions_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "agent_versions_number_unique" UNIQUE("tenant_id","agent_id","version")
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"name" varchar NOT NULL,
	"role" varchar NOT NULL,
	"llm_config" json NOT NULL,
	"is_active" boolean DEFAULT true,
	"description" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agents_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "execution_steps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"execution_id" uuid NOT NULL,
	"node_id" varchar NOT NULL,
	"iteration" integer DEFAULT 0 NOT NULL,
	"kind" varchar NOT NULL,
	"name" varchar NOT NULL,
	"status" varchar NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"input" jsonb,
	"output" jsonb,
	"branch" varchar,
	"error_code" varchar,
	"error_message" text,
	"detail" jsonb,
	"lease_until" timestamp with time zone,
	"worker_id" varchar,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"revision" bigserial NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "execution_steps_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "execution_steps_node_unique" UNIQUE("tenant_id","execution_id","node_id","iteration")
);
--> statement-breakpoint
CREATE TABLE "executions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"agent_id" uuid,
	"workflow_id" uuid,
	"status" varchar DEFAULT 'pending',
	"input_data" json,
	"result_data" json,
	"error_message" text,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"trigger" varchar DEFAULT 'console' NOT NULL,
	"workflow_version_id" uuid,
	"agent_version_id" uuid,
	"started_by" uuid,
	"api_key_id" uuid,
	"idempotency_key" varchar,
	"request_hash" varchar,
	"error_code" varchar,
	"error_node_id" varchar,
	"cancel_requested_at" timestamp with time zone,
	"dispatched_at" timestamp with time zone,
	"deadline_at" timestamp with time zone,
	"request_id" varchar,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "executions_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "model_calls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"execution_id" uuid,
	"step_id" uuid,
	"agent_id" uuid,
	"document_id" uuid,
	"model_key" varchar NOT NULL,
	"provider" varchar NOT NULL,
	"purpose" varchar NOT NULL,
	"call_key" varchar NOT NULL,
	"status" varchar DEFAULT 'started' NOT NULL,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"latency_ms" integer,
	"error_message" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "model_calls_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "model_calls_key_unique" UNIQUE("tenant_id","call_key")
);
--> statement-breakpoint
CREATE TABLE "workflow_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"dag_structure" jsonb NOT NULL,
	"note" text,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_versions_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "workflow_versions_number_unique" UNIQUE("tenant_id","workflow_id","version")
);
--> statement-breakpoint
CREATE TABLE "workflows" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"name" varchar NOT NULL,
	"dag_structure" json NOT NULL,
	"is_active" boolean DEFAULT true,
	"description" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"published_version_id" uuid,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflows_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"user_id" uuid NOT NULL,
	"type" text NOT NULL,
	"provider" text NOT NULL,
	"provider_account_id" text NOT NULL,
	"refresh_token" text,
	"access_token" text,
	"expires_at" integer,
	"token_type" text,
	"scope" text,
	"id_token" text,
	"session_state" text,
	CONSTRAINT "accounts_provider_provider_account_id_pk" PRIMARY KEY("provider","provider_account_id")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"name" varchar NOT NULL,
	"key_hash" varchar NOT NULL,
	"last_four" varchar NOT NULL,
	"scopes" jsonb NOT NULL,
	"created_by" uuid NOT NULL,
	"last_used_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_keys_key_hash_unique" UNIQUE("key_hash"),
	CONSTRAINT "api_keys_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "auth_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" varchar NOT NULL,
	"token_hash" varchar NOT NULL,
	"email" varchar NOT NULL,
	"user_id" uuid,
	"tenant_id" uuid,
	"partner_id" uuid,
	"role" varchar,
	"invited_by" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "auth_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "partner_members" (
	"partner_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "partner_members_partner_id_user_id_pk" PRIMARY KEY("partner_id","user_id"),
	CONSTRAINT "partner_members_user_id_unique" UNIQUE("user_id")
);
--> statement-breakpoint
CREATE TABLE "partners" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar NOT NULL,
	"admin_user_id" uuid,
	"home_tenant_id" uuid,
	"status" varchar DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" varchar NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"count" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rate_limits_key_window_start_pk" PRIMARY KEY("key","window_start")
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token" varchar NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked" boolean DEFAULT false,
	"family_id" uuid NOT NULL,
	"absolute_expires_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone,
	"revoked_reason" varchar,
	"ip" varchar,
	"user_agent" varchar,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refresh_tokens_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar NOT NULL,
	"status" varchar DEFAULT 'active',
	"partner_id" uuid,
	"suspended_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" varchar NOT NULL,
	"full_name" varchar NOT NULL,
	"hashed_password" varchar NOT NULL,
	"tenant_id" uuid NOT NULL,
	"role" varchar DEFAULT 'tenant_admin',
	"is_active" boolean DEFAULT true,
	"is_verified" boolean DEFAULT false,
	"email_verified_at" timestamp with time zone,
	"image" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "view_as_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"admin_user_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"is_writable" boolean DEFAULT false NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoice_counters" (
	"series" varchar PRIMARY KEY NOT NULL,
	"last_sequence" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoice_entry_links" (
	"ledger_entry_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"line_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoice_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"description" varchar NOT NULL,
	"resource_type" varchar NOT NULL,
	"unit" varchar NOT NULL,
	"model_key" varchar,
	"rate" numeric(18, 6) NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"amount" numeric(18, 6) NOT NULL,
	"amount_cents" bigint NOT NULL,
	"service_start" timestamp with time zone NOT NULL,
	"service_end" timestamp with time zone NOT NULL,
	CONSTRAINT "invoice_lines_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "invoice_lines_position_unique" UNIQUE("tenant_id","invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"invoice_number" varchar NOT NULL,
	"total_amount" numeric(18, 6) NOT NULL,
	"currency" varchar DEFAULT 'USD',
	"status" varchar DEFAULT 'pending',
	"period_start" timestamp with time zone NOT NULL,
	"period_end" timestamp with time zone NOT NULL,
	"due_date" timestamp with time zone NOT NULL,
	"paid_date" timestamp with time zone,
	"stripe_invoice_id" varchar,
	"payment_intent_id" varchar,
	"partner_id" uuid,
	"series" varchar DEFAULT 'HB' NOT NULL,
	"sequence" integer NOT NULL,
	"seller_name" varchar NOT NULL,
	"customer_name" varchar NOT NULL,
	"payment_note" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invoices_invoice_number_unique" UNIQUE("invoice_number"),
	CONSTRAINT "invoices_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "invoices_period_unique" UNIQUE("tenant_id","period_start","period_end"),
	CONSTRAINT "invoices_sequence_unique" UNIQUE("series","sequence"),
	CONSTRAINT "invoices_period_check" CHECK ("invoices"."period_end" > "invoices"."period_start")
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"partner_id" uuid,
	"execution_id" uuid,
	"resource_type" varchar NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"unit" varchar NOT NULL,
	"platform_cost" numeric(18, 6) NOT NULL,
	"tenant_cost" numeric(18, 6) NOT NULL,
	"partner_commission" numeric(18, 6) NOT NULL,
	"entry_metadata" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"entry_type" varchar DEFAULT 'usage' NOT NULL,
	"reverses_id" uuid,
	"idempotency_key" varchar NOT NULL,
	"system_rate_id" uuid,
	"partner_rate_id" uuid,
	"system_rate" numeric(18, 6) NOT NULL,
	"tenant_rate" numeric(18, 6) NOT NULL,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"model_key" varchar,
	"agent_id" uuid,
	"workflow_id" uuid,
	"step_id" uuid,
	"node_id" varchar,
	"document_id" uuid,
	"user_id" uuid,
	"model_call_id" uuid,
	CONSTRAINT "ledger_entries_idempotency_unique" UNIQUE("tenant_id","idempotency_key"),
	CONSTRAINT "ledger_entries_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "ledger_entries_sum_check" CHECK ("ledger_entries"."tenant_cost" = "ledger_entries"."platform_cost" + "ledger_entries"."partner_commission"),
	CONSTRAINT "ledger_entries_direct_check" CHECK ("ledger_entries"."partner_id" is not null or "ledger_entries"."partner_commission" = 0),
	CONSTRAINT "ledger_entries_usage_check" CHECK ("ledger_entries"."entry_type" <> 'usage' or ("ledger_entries"."quantity" >= 0 and "ledger_entries"."partner_commission" >= 0)),
	CONSTRAINT "ledger_entries_floor_check" CHECK ("ledger_entries"."entry_type" <> 'usage' or "ledger_entries"."tenant_rate" >= "ledger_entries"."system_rate"),
	CONSTRAINT "ledger_entries_type_check" CHECK ("ledger_entries"."entry_type" in ('usage', 'reversal', 'adjustment')),
	CONSTRAINT "ledger_entries_reversal_check" CHECK (("ledger_entries"."entry_type" = 'usage') = ("ledger_entries"."reverses_id" is null) or "ledger_entries"."entry_type" = 'adjustment')
);
--> statement-breakpoint
CREATE TABLE "partner_rates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"system_rate_id" uuid NOT NULL,
	"rate" numeric(18, 6) NOT NULL,
	"is_active" boolean DEFAULT true,
	"resource_type" varchar NOT NULL,
	"unit" varchar NOT NULL,
	"model_key" varchar,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"effective_from" timestamp with time zone DEFAULT now() NOT NULL,
	"effective_to" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "partner_rates_rate_check" CHECK ("partner_rates"."rate" >= 0),
	CONSTRAINT "partner_rates_range_check" CHECK ("partner_rates"."effective_to" is null or "partner_rates"."effective_to" > "partner_rates"."effective_from")
);
--> statement-breakpoint
CREATE TABLE "payment_methods" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"stripe_payment_method_id" varchar NOT NULL,
	"stripe_customer_id" varchar NOT NULL,
	"type" varchar,
	"last4" varchar,
	"is_default" boolean,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_methods_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"plan_name" varchar NOT NULL,
	"status" varchar,
	"billing_cycle" varchar,
	"credit_balance" numeric(18, 6),
	"stripe_subscription_id" varchar,
	"stripe_customer_id" varchar,
	"trial_ends_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subscriptions_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "system_rates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"resource_type" varchar NOT NULL,
	"unit" varchar NOT NULL,
	"rate" numeric(18, 6) NOT NULL,
	"is_active" boolean DEFAULT true,
	"description" text,
	"model_key" varchar,
	"currency" varchar DEFAULT 'USD' NOT NULL,
	"effective_from" timestamp with time zone DEFAULT now() NOT NULL,
	"effective_to" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "system_rates_rate_check" CHECK ("system_rates"."rate" >= 0),
	CONSTRAINT "system_rates_range_check" CHECK ("system_rates"."effective_to" is null or "system_rates"."effective_to" > "system_rates"."effective_from")
);
--> statement-breakpoint
CREATE TABLE "ai_models" (
	"id" uuid PRIMARY KEY NOT NULL,
	"model_key" varchar NOT NULL,
	"model_name" varchar NOT NULL,
	"provider" varchar NOT NULL,
	"model_type" varchar NOT NULL,
	"is_active" boolean DEFAULT true,
	"description" text,
	"provider_model" varchar,
	"context_tokens" integer,
	"max_output_tokens" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ai_models_model_key_unique" UNIQUE("model_key")
);
--> statement-breakpoint
CREATE TABLE "system_configs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" varchar NOT NULL,
	"value" text NOT NULL,
	"is_encrypted" boolean DEFAULT true,
	"description" varchar,
	"last_four" varchar,
	"updated_by" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "system_configs_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "document_chunks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"document_id" uuid NOT NULL,
	"chunk_index" varchar NOT NULL,
	"content" text NOT NULL,
	"embedding" vector(768),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"tenant_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"page" integer,
	"heading" text,
	"token_count" integer NOT NULL,
	"metadata" jsonb,
	"search" "tsvector" GENERATED ALWAYS AS (to_tsvector('english', coalesce(heading, '') || ' ' || content)) STORED,
	CONSTRAINT "document_chunks_tenant_id_unique" UNIQUE("tenant_id","id"),
	CONSTRAINT "document_chunks_position_unique" UNIQUE("tenant_id","document_id","position")
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"agent_id" uuid,
	"filename" varchar NOT NULL,
	"file_type" varchar NOT NULL,
	"file_size" varchar,
	"upload_status" varchar DEFAULT 'processing',
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"size_bytes" bigint DEFAULT 0 NOT NULL,
	"sha256" varchar NOT NULL,
	"storage_key" varchar NOT NULL,
	"stage" varchar DEFAULT 'stored' NOT NULL,
	"chunks_done" integer DEFAULT 0 NOT NULL,
	"chunks_total" integer DEFAULT 0 NOT NULL,
	"page_count" integer,
	"token_count" integer,
	"error_message" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"embedding_model_key" varchar,
	"uploaded_by" uuid,
	"dispatched_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	CONSTRAINT "documents_tenant_id_unique" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid,
	"partner_id" uuid,
	"actor_kind" varchar NOT NULL,
	"actor_id" varchar,
	"impersonator_id" uuid,
	"action" varchar NOT NULL,
	"target_type" varchar NOT NULL,
	"target_id" varchar,
	"before" jsonb,
	"after" jsonb,
	"result" varchar DEFAULT 'done' NOT NULL,
	"reason" text,
	"ip" varchar,
	"user_agent" varchar,
	"request_id" varchar,
	"sequence" bigserial NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "emails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"recipient" varchar NOT NULL,
	"subject" varchar NOT NULL,
	"body" text NOT NULL,
	"action_url" text,
	"action_label" varchar,
	"idempotency_key" varchar NOT NULL,
	"status" varchar DEFAULT 'queued' NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"error_message" text,
	"sent_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "agent_versions" ADD CONSTRAINT "agent_versions_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "execution_steps" ADD CONSTRAINT "execution_steps_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_tenant_id_workflow_id_workflows_tenant_id_id_fk" FOREIGN KEY ("tenant_id","workflow_id") REFERENCES "public"."workflows"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_tenant_id_workflow_version_id_workflow_versions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","workflow_version_id") REFERENCES "public"."workflow_versions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_tenant_id_agent_version_id_agent_versions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_version_id") REFERENCES "public"."agent_versions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "executions" ADD CONSTRAINT "executions_tenant_id_api_key_id_api_keys_tenant_id_id_fk" FOREIGN KEY ("tenant_id","api_key_id") REFERENCES "public"."api_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_calls" ADD CONSTRAINT "model_calls_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_calls" ADD CONSTRAINT "model_calls_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_versions" ADD CONSTRAINT "workflow_versions_tenant_id_workflow_id_workflows_tenant_id_id_fk" FOREIGN KEY ("tenant_id","workflow_id") REFERENCES "public"."workflows"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_created_by_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","created_by") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth_tokens" ADD CONSTRAINT "auth_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth_tokens" ADD CONSTRAINT "auth_tokens_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth_tokens" ADD CONSTRAINT "auth_tokens_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_members" ADD CONSTRAINT "partner_members_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_members" ADD CONSTRAINT "partner_members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view_as_sessions" ADD CONSTRAINT "view_as_sessions_session_id_refresh_tokens_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."refresh_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view_as_sessions" ADD CONSTRAINT "view_as_sessions_admin_user_id_users_id_fk" FOREIGN KEY ("admin_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view_as_sessions" ADD CONSTRAINT "view_as_sessions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_entry_links" ADD CONSTRAINT "invoice_entry_links_tenant_id_ledger_entry_id_ledger_entries_tenant_id_id_fk" FOREIGN KEY ("tenant_id","ledger_entry_id") REFERENCES "public"."ledger_entries"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_entry_links" ADD CONSTRAINT "invoice_entry_links_tenant_id_invoice_id_invoices_tenant_id_id_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "public"."invoices"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_entry_links" ADD CONSTRAINT "invoice_entry_links_tenant_id_line_id_invoice_lines_tenant_id_id_fk" FOREIGN KEY ("tenant_id","line_id") REFERENCES "public"."invoice_lines"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_tenant_id_invoice_id_invoices_tenant_id_id_fk" FOREIGN KEY ("tenant_id","invoice_id") REFERENCES "public"."invoices"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_reverses_id_ledger_entries_id_fk" FOREIGN KEY ("reverses_id") REFERENCES "public"."ledger_entries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_system_rate_id_system_rates_id_fk" FOREIGN KEY ("system_rate_id") REFERENCES "public"."system_rates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_partner_rate_id_partner_rates_id_fk" FOREIGN KEY ("partner_rate_id") REFERENCES "public"."partner_rates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_tenant_id_execution_id_executions_tenant_id_id_fk" FOREIGN KEY ("tenant_id","execution_id") REFERENCES "public"."executions"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_rates" ADD CONSTRAINT "partner_rates_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_rates" ADD CONSTRAINT "partner_rates_system_rate_id_system_rates_id_fk" FOREIGN KEY ("system_rate_id") REFERENCES "public"."system_rates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_chunks" ADD CONSTRAINT "document_chunks_tenant_id_document_id_documents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","document_id") REFERENCES "public"."documents"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "agents_tenant_name_unique" ON "agents" USING btree ("tenant_id",lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "executions_idempotency_unique" ON "executions" USING btree ("tenant_id","idempotency_key") WHERE "executions"."idempotency_key" is not null;--> statement-breakpoint
CREATE INDEX "executions_tenant_status_idx" ON "executions" USING btree ("tenant_id","status","id");--> statement-breakpoint
CREATE INDEX "executions_tenant_workflow_idx" ON "executions" USING btree ("tenant_id","workflow_id","id");--> statement-breakpoint
CREATE INDEX "executions_tenant_agent_idx" ON "executions" USING btree ("tenant_id","agent_id","id");--> statement-breakpoint
CREATE INDEX "executions_live_idx" ON "executions" USING btree ("status","created_at") WHERE "executions"."status" in ('pending','running','waiting');--> statement-breakpoint
CREATE INDEX "model_calls_execution_idx" ON "model_calls" USING btree ("tenant_id","execution_id");--> statement-breakpoint
CREATE INDEX "model_calls_open_idx" ON "model_calls" USING btree ("status","started_at") WHERE "model_calls"."status" = 'started';--> statement-breakpoint
CREATE UNIQUE INDEX "workflows_tenant_name_unique" ON "workflows" USING btree ("tenant_id",lower("name"));--> statement-breakpoint
CREATE INDEX "api_keys_tenant_idx" ON "api_keys" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "auth_tokens_email_idx" ON "auth_tokens" USING btree ("email","purpose");--> statement-breakpoint
CREATE INDEX "auth_tokens_tenant_idx" ON "auth_tokens" USING btree ("tenant_id");--> statement-breakpoint
CREATE INDEX "rate_limits_expiry_idx" ON "rate_limits" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "refresh_tokens_user_idx" ON "refresh_tokens" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "tenants_partner_idx" ON "tenants" USING btree ("partner_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "view_as_sessions_session_idx" ON "view_as_sessions" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "invoice_entry_links_line_idx" ON "invoice_entry_links" USING btree ("tenant_id","line_id");--> statement-breakpoint
CREATE INDEX "invoices_partner_idx" ON "invoices" USING btree ("partner_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_reversal_unique" ON "ledger_entries" USING btree ("reverses_id") WHERE "ledger_entries"."entry_type" = 'reversal';--> statement-breakpoint
CREATE INDEX "ledger_entries_tenant_time_idx" ON "ledger_entries" USING btree ("tenant_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "ledger_entries_partner_time_idx" ON "ledger_entries" USING btree ("partner_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "ledger_entries_execution_idx" ON "ledger_entries" USING btree ("tenant_id","execution_id");--> statement-breakpoint
CREATE INDEX "partner_rates_lookup_idx" ON "partner_rates" USING btree ("partner_id","resource_type","unit","model_key","effective_from");--> statement-breakpoint
CREATE INDEX "system_rates_lookup_idx" ON "system_rates" USING btree ("resource_type","unit","model_key","effective_from");--> statement-breakpoint
CREATE INDEX "document_chunks_search_idx" ON "document_chunks" USING gin ("search");--> statement-breakpoint
CREATE UNIQUE INDEX "documents_tenant_sha256_unique" ON "documents" USING btree ("tenant_id","sha256");--> statement-breakpoint
CREATE INDEX "documents_tenant_status_idx" ON "documents" USING btree ("tenant_id","upload_status","id");--> statement-breakpoint
CREATE INDEX "audit_log_tenant_idx" ON "audit_log" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "audit_log_partner_idx" ON "audit_log" USING btree ("partner_id","id");--> statement-breakpoint
CREATE INDEX "audit_log_action_idx" ON "audit_log" USING btree ("action","id");--> statement-breakpoint
CREATE UNIQUE INDEX "emails_idempotency_unique" ON "emails" USING btree ("idempotency_key");--> statement-breakpoint
CREATE INDEX "emails_queue_idx" ON "emails" USING btree ("status","id") WHERE "emails"."status" = 'queued';