-- What a process of before 0041 counted beside a new one has no margins: it is counted anew. Row security does not bind this.
TRUNCATE "usage_runs", "usage_sums", "margin_sums", "usage_counted";--> statement-breakpoint
ALTER TABLE "usage_counted" ADD COLUMN "margins_until" timestamp with time zone DEFAULT '-infinity' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_counted" ADD CONSTRAINT "usage_counted_margins_check" CHECK ("usage_counted"."margins_until" = "usage_counted"."until");
