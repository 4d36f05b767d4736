ALTER TABLE "bakewatch"."attempts" ADD COLUMN "deadline_at" bigint;--> statement-breakpoint
ALTER TABLE "bakewatch"."attempts" ADD COLUMN "owner" jsonb;--> statement-breakpoint
ALTER TABLE "bakewatch"."attempts" ADD COLUMN "program" jsonb;