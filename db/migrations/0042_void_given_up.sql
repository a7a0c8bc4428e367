-- An invoice that was given up can be made void, as at Stripe.
CREATE OR REPLACE FUNCTION "check_invoice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open constant text[] := ARRAY['status','paid_date','stripe_invoice_id','payment_intent_id','payment_note','paid_cents',
    'credited_cents','sent_at','voided_at','hosted_token_hash','collection','dunning_stage','next_attempt_at','attempts',
    'grace_until',
    'note','updated_at'];
  forward constant jsonb := '{
    "draft": ["pending", "paid", "void"],
    "pending": ["overdue", "paid", "void", "uncollectible"],
    "overdue": ["paid", "void", "uncollectible"],
    "uncollectible": ["paid", "void"],
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
END $$;
