CREATE INDEX "notifications_age_idx" ON "notifications" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_age_idx" ON "webhook_deliveries" USING btree ("created_at") WHERE "webhook_deliveries"."status" <> 'queued';--> statement-breakpoint
CREATE INDEX "trigger_deliveries_age_idx" ON "trigger_deliveries" USING btree ("tenant_id","trigger_id","created_at");