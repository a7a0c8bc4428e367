ALTER TABLE "invoices" ADD COLUMN "replaces_id" uuid;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_replaces_fk" FOREIGN KEY ("tenant_id","replaces_id") REFERENCES "public"."invoices"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_replaces_unique" ON "invoices" USING btree ("tenant_id","replaces_id") WHERE "invoices"."replaces_id" is not null;--> statement-breakpoint
-- An invoice that was made void and billed again: the new one was finalized at the instant at which the old one became void.
ALTER TABLE "invoices" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoices" DISABLE TRIGGER "invoices_change";--> statement-breakpoint
UPDATE "invoices" n SET "replaces_id" = o."id" FROM "invoices" o
WHERE o."status" = 'void' AND n."tenant_id" = o."tenant_id" AND n."id" <> o."id" AND n."finalized_at" = o."voided_at"
  AND n."period_start" = o."period_start" AND n."period_end" = o."period_end";--> statement-breakpoint
ALTER TABLE "invoices" ENABLE TRIGGER "invoices_change";--> statement-breakpoint
ALTER TABLE "invoices" FORCE ROW LEVEL SECURITY;
