DROP INDEX "ledger_entries_execution_idx";--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "root_execution_id" uuid;--> statement-breakpoint
CREATE INDEX "execution_steps_started_idx" ON "execution_steps" USING btree ("tenant_id","execution_id","started_at","id");--> statement-breakpoint
CREATE INDEX "execution_steps_revision_idx" ON "execution_steps" USING btree ("tenant_id","execution_id","revision");--> statement-breakpoint
CREATE INDEX "executions_source_idx" ON "executions" USING btree ("tenant_id","source_execution_id");--> statement-breakpoint
CREATE INDEX "ledger_entries_root_idx" ON "ledger_entries" USING btree ("tenant_id","root_execution_id") WHERE "ledger_entries"."root_execution_id" is not null;--> statement-breakpoint
CREATE INDEX "ledger_entries_execution_idx" ON "ledger_entries" USING btree ("tenant_id","execution_id","step_id");