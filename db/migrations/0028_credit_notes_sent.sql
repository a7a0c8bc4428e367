ALTER TABLE "credit_notes" ADD COLUMN "settled_as" varchar;--> statement-breakpoint
-- Those that are there already are not mailed any more.
ALTER TABLE "credit_notes" ADD COLUMN "sent_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "credit_notes" ALTER COLUMN "sent_at" DROP DEFAULT;--> statement-breakpoint
-- An owner whom row security binds would read none of it.
ALTER TABLE "credit_notes" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoices" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "refunds" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "credit_notes" DISABLE TRIGGER "credit_notes_change";--> statement-breakpoint
UPDATE "credit_notes" n SET "settled_as" = CASE
  WHEN n."kind" = 'goodwill' THEN 'due'
  WHEN EXISTS (SELECT FROM "refunds" r WHERE r."tenant_id" = n."tenant_id" AND r."credit_note_id" = n."id")
    OR EXISTS (SELECT FROM "invoices" i WHERE i."tenant_id" = n."tenant_id" AND i."id" = n."invoice_id" AND i."kind" = 'topup')
    THEN 'money'
  ELSE 'credit' END;--> statement-breakpoint
ALTER TABLE "credit_notes" ENABLE TRIGGER "credit_notes_change";--> statement-breakpoint
ALTER TABLE "credit_notes" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoices" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "refunds" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "credit_notes" ALTER COLUMN "settled_as" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "credit_notes_unsent_idx" ON "credit_notes" USING btree ("issued_at") WHERE "credit_notes"."sent_at" is null;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_settled_check" CHECK ("credit_notes"."settled_as" in ('due', 'credit', 'money'));--> statement-breakpoint
-- An issued credit note: only what became of its refund, and when the customer was told, may change.
CREATE OR REPLACE FUNCTION "check_credit_note_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."issued_at" IS NOT NULL AND (TG_OP = 'DELETE'
    OR to_jsonb(OLD) - ARRAY['status', 'sent_at'] IS DISTINCT FROM to_jsonb(NEW) - ARRAY['status', 'sent_at'])
  THEN
    RAISE EXCEPTION 'credit note % is final', OLD."number" USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
