CREATE TABLE "tenant_partner_history" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"partner_id" uuid,
	"effective_from" timestamp with time zone,
	"effective_to" timestamp with time zone,
	"returns_to" uuid,
	"left_as" varchar,
	"told_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tenant_partner_history_range_check" CHECK ("tenant_partner_history"."effective_from" is null or "tenant_partner_history"."effective_to" is null or "tenant_partner_history"."effective_to" > "tenant_partner_history"."effective_from"),
	CONSTRAINT "tenant_partner_history_returns_check" CHECK ("tenant_partner_history"."returns_to" is null or "tenant_partner_history"."partner_id" is null)
);
--> statement-breakpoint
ALTER TABLE "partners" ADD COLUMN "suspended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "partners" ADD COLUMN "suspended_reason" text;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "partner_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tenant_partner_history" ADD CONSTRAINT "tenant_partner_history_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenant_partner_history" ADD CONSTRAINT "tenant_partner_history_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenant_partner_history" ADD CONSTRAINT "tenant_partner_history_returns_to_partners_id_fk" FOREIGN KEY ("returns_to") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tenant_partner_history_tenant_idx" ON "tenant_partner_history" USING btree ("tenant_id","effective_from");--> statement-breakpoint
CREATE INDEX "tenant_partner_history_partner_idx" ON "tenant_partner_history" USING btree ("partner_id","tenant_id");--> statement-breakpoint
CREATE INDEX "tenant_partner_history_returns_idx" ON "tenant_partner_history" USING btree ("returns_to") WHERE "tenant_partner_history"."returns_to" is not null;--> statement-breakpoint
CREATE INDEX "tenant_partner_history_untold_idx" ON "tenant_partner_history" USING btree ("created_at") WHERE "tenant_partner_history"."told_at" is null and "tenant_partner_history"."effective_from" is not null;--> statement-breakpoint
-- A tenant has one holder at a time.
ALTER TABLE "tenant_partner_history" ADD CONSTRAINT "tenant_partner_history_no_overlap" EXCLUDE USING gist (
  "tenant_id" WITH =, tstzrange("effective_from", "effective_to") WITH &&
);--> statement-breakpoint
-- An owner whom row security binds would read no tenant.
ALTER TABLE "tenants" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "partners" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
INSERT INTO "tenant_partner_history" ("id", "tenant_id", "partner_id") SELECT gen_random_uuid(), "id", "partner_id" FROM "tenants";--> statement-breakpoint
CREATE FUNCTION "note_tenant_partner"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
  since timestamptz;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO "tenant_partner_history" ("id", "tenant_id", "partner_id") VALUES (gen_random_uuid(), NEW."id", NEW."partner_id");
    RETURN NULL;
  END IF;
  SELECT "effective_from" INTO began FROM "tenant_partner_history" WHERE "tenant_id" = NEW."id" AND "effective_to" IS NULL;
  since := date_trunc('milliseconds', CASE WHEN NEW."partner_since" IS DISTINCT FROM OLD."partner_since" AND NEW."partner_since" IS NOT NULL
    THEN NEW."partner_since" ELSE clock_timestamp() END);
  -- Two changes in one millisecond still come one after the other.
  IF since <= began THEN since := began + interval '1 millisecond'; END IF;
  UPDATE "tenant_partner_history" SET "effective_to" = since, "left_as" = OLD."name"
    WHERE "tenant_id" = NEW."id" AND "effective_to" IS NULL;
  INSERT INTO "tenant_partner_history" ("id", "tenant_id", "partner_id", "effective_from", "returns_to")
  VALUES (gen_random_uuid(), NEW."id", NEW."partner_id", since, CASE WHEN NEW."partner_id" IS NULL
    THEN (SELECT "id" FROM "partners" WHERE "id" = OLD."partner_id" AND "status" = 'suspended') END);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "tenants_first_partner" AFTER INSERT ON "tenants" FOR EACH ROW EXECUTE FUNCTION "note_tenant_partner"();--> statement-breakpoint
CREATE TRIGGER "tenants_partner_change" AFTER UPDATE OF "partner_id" ON "tenants" FOR EACH ROW
  WHEN (OLD."partner_id" IS DISTINCT FROM NEW."partner_id") EXECUTE FUNCTION "note_tenant_partner"();--> statement-breakpoint
-- The customers of a partner that is suspended are the platform's until it works again.
UPDATE "tenants" SET "partner_id" = NULL WHERE "partner_id" IN (SELECT "id" FROM "partners" WHERE "status" = 'suspended');--> statement-breakpoint
ALTER TABLE "partners" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "tenants" FORCE ROW LEVEL SECURITY;
