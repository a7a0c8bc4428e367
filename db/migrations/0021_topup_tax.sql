ALTER TABLE "refunds" DROP CONSTRAINT "refunds_amount_check";--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "tax_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "tax_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "topups" ADD COLUMN "tax_percent" numeric(6, 3);--> statement-breakpoint
ALTER TABLE "topups" ADD COLUMN "tax_note" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_amount_check" CHECK ("refunds"."amount_cents" > 0 and "refunds"."tax_cents" between 0 and "refunds"."amount_cents");--> statement-breakpoint
ALTER TABLE "topups" ADD CONSTRAINT "topups_total_check" CHECK ("topups"."tax_cents" >= 0 and "topups"."total_cents" = "topups"."amount" * 100 + "topups"."tax_cents");