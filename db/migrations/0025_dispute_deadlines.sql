ALTER TABLE "disputes" ADD COLUMN "stage" varchar;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "evidence_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "seen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "is_live" boolean DEFAULT true NOT NULL;--> statement-breakpoint
-- Until Stripe says more, a dispute is shown as it was applied. An owner whom row security binds would read none of them.
ALTER TABLE "disputes" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE "disputes" SET "stage" = "status";--> statement-breakpoint
ALTER TABLE "disputes" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "disputes" ALTER COLUMN "stage" SET NOT NULL;
