CREATE TABLE "bakewatch"."presses" (
	"key" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bakewatch"."deliveries" ADD COLUMN "muted" boolean DEFAULT false NOT NULL;