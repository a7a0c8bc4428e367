ALTER TABLE "run_batches" ALTER COLUMN "filter" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_batches" ALTER COLUMN "session_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_batches" ADD COLUMN "api_key_id" uuid;--> statement-breakpoint
ALTER TABLE "run_batches" ADD COLUMN "request_hash" varchar;--> statement-breakpoint
ALTER TABLE "run_batches" ADD CONSTRAINT "run_batches_tenant_id_api_key_id_api_keys_tenant_id_id_fk" FOREIGN KEY ("tenant_id","api_key_id") REFERENCES "public"."api_keys"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_batches" ADD CONSTRAINT "run_batches_by_check" CHECK (num_nonnulls("run_batches"."session_id", "run_batches"."api_key_id") = 1);