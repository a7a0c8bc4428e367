ALTER TABLE "credit_notes" ADD COLUMN "request_key" uuid;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_request_unique" UNIQUE("tenant_id","request_key");