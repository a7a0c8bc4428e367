-- Prices and taxes of one thing cannot overlap in time.
ALTER TABLE "plan_prices" ADD CONSTRAINT "plan_prices_no_overlap" EXCLUDE USING gist (
  "plan_id" WITH =, "billing_cycle" WITH =, tstzrange("effective_from", "effective_to") WITH &&
);--> statement-breakpoint
ALTER TABLE "tax_rates" ADD CONSTRAINT "tax_rates_no_overlap" EXCLUDE USING gist (
  "country" WITH =, tstzrange("effective_from", "effective_to") WITH &&
);--> statement-breakpoint
-- Written with every step: a new version of the row goes into the same page, and old ones are cleared early.
ALTER TABLE "wallets" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "credit_lots" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "cap_windows" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE "subscriptions" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
-- A finalized invoice: only what becomes of it may change, and its status moves forward.
CREATE FUNCTION "check_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open constant text[] := ARRAY['status','paid_date','stripe_invoice_id','payment_intent_id','payment_note','paid_cents',
    'credited_cents','sent_at','voided_at','hosted_token_hash','collection','dunning_stage','next_attempt_at','attempts',
    'note','updated_at'];
  forward constant jsonb := '{
    "draft": ["pending", "paid", "void"],
    "pending": ["overdue", "paid", "void", "uncollectible"],
    "overdue": ["paid", "void", "uncollectible"],
    "uncollectible": ["paid"],
    "paid": ["partially_refunded", "refunded"],
    "partially_refunded": ["paid", "refunded"],
    "refunded": [],
    "void": []}';
BEGIN
  IF OLD."finalized_at" IS NOT NULL THEN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'invoice % is final', OLD."invoice_number" USING ERRCODE = '42501';
    END IF;
    IF to_jsonb(OLD) - open IS DISTINCT FROM to_jsonb(NEW) - open THEN
      RAISE EXCEPTION 'invoice % is final', OLD."invoice_number" USING ERRCODE = '42501';
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF OLD."status" IS DISTINCT FROM NEW."status" AND NOT coalesce(forward -> OLD."status" ? NEW."status", false) THEN
    RAISE EXCEPTION 'an invoice does not go from % to %', OLD."status", NEW."status" USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "invoices_change" BEFORE UPDATE OR DELETE ON "invoices" FOR EACH ROW EXECUTE FUNCTION "check_invoice_change"();--> statement-breakpoint
CREATE FUNCTION "check_invoice_line"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE row record;
BEGIN
  IF TG_OP = 'INSERT' THEN row := NEW; ELSE row := OLD; END IF;
  IF EXISTS (SELECT FROM "invoices" i WHERE i."tenant_id" = row.tenant_id AND i."id" = row.invoice_id AND i."finalized_at" IS NOT NULL)
    OR (TG_OP = 'UPDATE' AND (NEW."invoice_id", NEW."tenant_id") IS DISTINCT FROM (OLD."invoice_id", OLD."tenant_id"))
  THEN
    RAISE EXCEPTION 'the lines of a final invoice do not change' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "invoice_lines_change" BEFORE INSERT OR UPDATE OR DELETE ON "invoice_lines" FOR EACH ROW EXECUTE FUNCTION "check_invoice_line"();--> statement-breakpoint
-- Usage joins drafts only, and leaves a final invoice only when that is void.
CREATE FUNCTION "check_links_in"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT "tenant_id", "invoice_id" FROM fresh) f
    JOIN "invoices" i ON i."tenant_id" = f."tenant_id" AND i."id" = f."invoice_id" WHERE i."finalized_at" IS NOT NULL)
  THEN
    RAISE EXCEPTION 'usage joins no final invoice' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION "check_links_out"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT "tenant_id", "invoice_id" FROM gone) g
    JOIN "invoices" i ON i."tenant_id" = g."tenant_id" AND i."id" = g."invoice_id"
    WHERE i."finalized_at" IS NOT NULL AND i."status" <> 'void')
  THEN
    RAISE EXCEPTION 'usage leaves no final invoice' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "invoice_entry_links_added" AFTER INSERT ON "invoice_entry_links" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION "check_links_in"();--> statement-breakpoint
CREATE TRIGGER "invoice_entry_links_moved_in" AFTER UPDATE ON "invoice_entry_links" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION "check_links_in"();--> statement-breakpoint
CREATE TRIGGER "invoice_entry_links_moved_out" AFTER UPDATE ON "invoice_entry_links" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "check_links_out"();--> statement-breakpoint
CREATE TRIGGER "invoice_entry_links_removed" AFTER DELETE ON "invoice_entry_links" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "check_links_out"();--> statement-breakpoint
-- An issued credit note: only what became of its refund may change.
CREATE FUNCTION "check_credit_note_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."issued_at" IS NOT NULL AND (TG_OP = 'DELETE' OR to_jsonb(OLD) - 'status' IS DISTINCT FROM to_jsonb(NEW) - 'status') THEN
    RAISE EXCEPTION 'credit note % is final', OLD."number" USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "credit_notes_change" BEFORE UPDATE OR DELETE ON "credit_notes" FOR EACH ROW EXECUTE FUNCTION "check_credit_note_change"();--> statement-breakpoint
-- What was there before wallets. An owner whom row security binds would read none of it.
ALTER TABLE "tenants" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "ledger_entries" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoices" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoice_entry_links" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "subscriptions" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "tenants" SET "suspended_by" = 'admin' WHERE "status" = 'suspended';--> statement-breakpoint
UPDATE "subscriptions" SET "anchor_at" = date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';--> statement-breakpoint
INSERT INTO "wallets" ("tenant_id", "mode") SELECT "id", 'postpaid' FROM "tenants";--> statement-breakpoint
INSERT INTO "ledger_funding" ("id", "tenant_id", "partner_id", "ledger_entry_id", "source", "amount", "commission_share", "payable", "created_at")
SELECT "id", "tenant_id", "partner_id", "id", 'receivable', "tenant_cost", "partner_commission", 0, "created_at"
FROM "ledger_entries" WHERE "tenant_cost" <> 0 OR "partner_commission" <> 0;--> statement-breakpoint
-- What was used so far is owed, and each paid invoice gives back what it was for.
WITH paid AS (
  SELECT i."id", i."tenant_id", sum(e."tenant_cost") AS "amount"
  FROM "invoices" i
  JOIN "invoice_entry_links" l ON l."invoice_id" = i."id"
  JOIN "ledger_entries" e ON e."id" = l."ledger_entry_id"
  WHERE i."status" = 'paid' GROUP BY i."id", i."tenant_id" HAVING sum(e."tenant_cost") <> 0
), changes AS (
  SELECT "tenant_id", 'opening' AS "kind", -sum("tenant_cost") AS "amount", NULL::uuid AS "invoice_id", 'opening' AS "key", 0 AS "rank"
  FROM "ledger_entries" GROUP BY "tenant_id" HAVING sum("tenant_cost") <> 0
  UNION ALL
  SELECT "tenant_id", 'invoice_payment', "amount", "id", 'invoice_payment:' || "id", 1 FROM paid
), ordered AS (
  SELECT *, row_number() OVER w AS "place", sum("amount") OVER w AS "after" FROM changes
  WINDOW w AS (PARTITION BY "tenant_id" ORDER BY "rank", "invoice_id")
)
INSERT INTO "credit_transactions" ("id", "tenant_id", "kind", "source", "amount", "balance_after", "allowance_after", "invoice_id", "reason", "key", "created_at")
SELECT gen_random_uuid(), "tenant_id", "kind", 'receivable', "amount", "after", 0, "invoice_id",
  CASE "kind" WHEN 'opening' THEN 'Used before there was a wallet' END, "key", now() + "place" * interval '1 microsecond'
FROM ordered;--> statement-breakpoint
UPDATE "wallets" w SET "balance" = s."sum"
FROM (SELECT "tenant_id", sum("amount") AS "sum" FROM "credit_transactions" GROUP BY "tenant_id") s WHERE s."tenant_id" = w."tenant_id";--> statement-breakpoint
-- Nothing stops on the day of the upgrade: what is owed today does not count against the limit.
UPDATE "wallets" SET "credit_limit" = 1000 + greatest(-"balance", 0);--> statement-breakpoint
UPDATE "subscriptions" s SET "credit_balance" = w."balance" FROM "wallets" w WHERE w."tenant_id" = s."tenant_id";--> statement-breakpoint
INSERT INTO "commission_events" ("id", "partner_id", "tenant_id", "kind", "amount", "invoice_id", "earned_at", "key")
SELECT gen_random_uuid(), i."partner_id", i."tenant_id", 'invoice_paid', sum(e."partner_commission"), i."id", coalesce(i."paid_date", i."updated_at"), 'invoice_paid:' || i."id"
FROM "invoices" i
JOIN "invoice_entry_links" l ON l."invoice_id" = i."id"
JOIN "ledger_entries" e ON e."id" = l."ledger_entry_id"
WHERE i."status" = 'paid' AND i."partner_id" IS NOT NULL
GROUP BY i."id", i."tenant_id", i."partner_id", i."paid_date", i."updated_at" HAVING sum(e."partner_commission") <> 0;--> statement-breakpoint
UPDATE "invoices" i SET
  "subtotal_cents" = round("total_amount" * 100),
  "paid_cents" = CASE WHEN "status" = 'paid' THEN round("total_amount" * 100) ELSE 0 END,
  "receivable" = coalesce((SELECT sum(e."tenant_cost") FROM "invoice_entry_links" l
    JOIN "ledger_entries" e ON e."id" = l."ledger_entry_id" WHERE l."invoice_id" = i."id"), 0),
  "finalized_at" = "created_at";--> statement-breakpoint
ALTER TABLE "tenants" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "ledger_entries" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoices" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "invoice_entry_links" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "subscriptions" FORCE ROW LEVEL SECURITY;
