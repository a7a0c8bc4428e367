DROP INDEX "execution_steps_unpaid_idx";--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "wait_reason" varchar;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "needed" numeric(18, 6);--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "cap_id" uuid;--> statement-breakpoint
ALTER TABLE "wallets" ADD COLUMN "low_told_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "execution_steps_payable_idx" ON "execution_steps" USING btree ("tenant_id","cap_id","needed") WHERE "execution_steps"."status" = 'waiting' and "execution_steps"."wait_reason" is not null;--> statement-breakpoint
CREATE INDEX "documents_payable_idx" ON "documents" USING btree ("tenant_id","cap_id","needed") WHERE "documents"."wait_reason" is not null;--> statement-breakpoint
CREATE INDEX "wallets_low_water_idx" ON "wallets" USING btree ("tenant_id") WHERE "wallets"."low_water" is not null;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_wait_reason_check" CHECK ("documents"."wait_reason" in ('credit', 'cap'));--> statement-breakpoint
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_low_water_check" CHECK ("wallets"."low_water" > 0);