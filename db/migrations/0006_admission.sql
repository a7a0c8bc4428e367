ALTER TABLE "executions" ADD COLUMN "admitted_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "executions_running_idx" ON "executions" USING btree ("tenant_id") WHERE "executions"."root_execution_id" is null and "executions"."admitted_at" is not null and "executions"."status" in ('pending','running');--> statement-breakpoint
CREATE INDEX "executions_queue_idx" ON "executions" USING btree ("tenant_id","id") WHERE "executions"."root_execution_id" is null and "executions"."admitted_at" is null and "executions"."status" = 'pending';--> statement-breakpoint
UPDATE "executions" SET "admitted_at" = "dispatched_at" WHERE "dispatched_at" IS NOT NULL;
