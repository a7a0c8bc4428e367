-- Prices of one thing cannot overlap in time.
ALTER TABLE "system_rates" ADD CONSTRAINT "system_rates_no_overlap" EXCLUDE USING gist (
  "resource_type" WITH =, "unit" WITH =, (coalesce("model_key", '')) WITH =, tstzrange("effective_from", "effective_to") WITH &&
) WHERE ("is_active");--> statement-breakpoint
ALTER TABLE "partner_rates" ADD CONSTRAINT "partner_rates_no_overlap" EXCLUDE USING gist (
  "partner_id" WITH =, "resource_type" WITH =, "unit" WITH =, (coalesce("model_key", '')) WITH =, tstzrange("effective_from", "effective_to") WITH &&
) WHERE ("is_active");--> statement-breakpoint
ALTER TABLE "partners" ADD CONSTRAINT "partners_home_tenant_fk" FOREIGN KEY ("home_tenant_id") REFERENCES "tenants"("id");--> statement-breakpoint
ALTER TABLE "partners" ADD CONSTRAINT "partners_admin_user_fk" FOREIGN KEY ("admin_user_id") REFERENCES "users"("id");--> statement-breakpoint
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_published_version_fk" FOREIGN KEY ("tenant_id", "published_version_id") REFERENCES "workflow_versions"("tenant_id", "id");--> statement-breakpoint
-- A reversal is the exact negation of one usage row of the same tenant.
CREATE FUNCTION "check_ledger_reversal"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE original "ledger_entries"%ROWTYPE;
BEGIN
  IF NEW."entry_type" <> 'reversal' THEN RETURN NEW; END IF;
  SELECT * INTO original FROM "ledger_entries" WHERE "id" = NEW."reverses_id" AND "tenant_id" = NEW."tenant_id";
  IF NOT FOUND
    OR original."entry_type" <> 'usage'
    OR NEW."quantity" <> -original."quantity"
    OR NEW."platform_cost" <> -original."platform_cost"
    OR NEW."tenant_cost" <> -original."tenant_cost"
    OR NEW."partner_commission" <> -original."partner_commission"
    OR NEW."resource_type" <> original."resource_type"
    OR NEW."unit" <> original."unit"
    OR NEW."partner_id" IS DISTINCT FROM original."partner_id"
  THEN
    RAISE EXCEPTION 'a reversal must be the exact negation of a usage entry' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "ledger_entries_reversal" BEFORE INSERT ON "ledger_entries" FOR EACH ROW EXECUTE FUNCTION "check_ledger_reversal"();
