ALTER TABLE "credit_holds" DROP CONSTRAINT "credit_holds_tenant_id_unique";--> statement-breakpoint
ALTER TABLE "credit_transactions" DROP CONSTRAINT "credit_transactions_tenant_id_unique";--> statement-breakpoint
ALTER TABLE "ledger_funding" DROP CONSTRAINT "ledger_funding_tenant_id_unique";--> statement-breakpoint
DROP INDEX "executions_tenant_workflow_idx";--> statement-breakpoint
DROP INDEX "executions_tenant_agent_idx";--> statement-breakpoint
DROP INDEX "executions_source_idx";--> statement-breakpoint
CREATE INDEX "executions_tenant_workflow_idx" ON "executions" USING btree ("tenant_id","workflow_id","id") WHERE "executions"."workflow_id" is not null;--> statement-breakpoint
CREATE INDEX "executions_tenant_agent_idx" ON "executions" USING btree ("tenant_id","agent_id","id") WHERE "executions"."agent_id" is not null;--> statement-breakpoint
CREATE INDEX "executions_source_idx" ON "executions" USING btree ("tenant_id","source_execution_id") WHERE "executions"."source_execution_id" is not null;