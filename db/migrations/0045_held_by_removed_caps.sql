-- What was set aside and ended after the last cap of its workspace was removed stood in the window of that cap for good.
-- An owner whom row security binds would read none of it.
ALTER TABLE "cap_windows" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "credit_holds" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "spend_caps" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "cap_windows" w SET "held" = coalesce((
  SELECT sum(h."amount") FROM "credit_holds" h, jsonb_array_elements(h."windows") p
  WHERE h."tenant_id" = w."tenant_id" AND h."status" = 'open' AND (p ->> 'cap')::uuid = w."cap_id" AND p ->> 'key' = w."window_key"
), 0)
WHERE w."held" > 0 AND NOT EXISTS (SELECT FROM "spend_caps" c WHERE c."tenant_id" = w."tenant_id" AND c."id" = w."cap_id");--> statement-breakpoint
ALTER TABLE "cap_windows" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "credit_holds" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "spend_caps" FORCE ROW LEVEL SECURITY;
