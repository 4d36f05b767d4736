CREATE TABLE "bakewatch"."replicas" (
	"id" text PRIMARY KEY NOT NULL,
	"seen_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bakewatch"."bakes" ADD COLUMN "head_start_ms" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "bakes_claim" ON "bakewatch"."bakes" USING btree ((next_at - head_start_ms)) WHERE next_at is not null;