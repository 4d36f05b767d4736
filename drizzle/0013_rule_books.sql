CREATE TABLE "bakewatch"."rule_books" (
	"version" integer PRIMARY KEY NOT NULL,
	"loaded_at" bigint NOT NULL,
	"loaded_by" text NOT NULL,
	"content_digest" text NOT NULL,
	"instances_digest" text NOT NULL,
	"content" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."rule_files" (
	"replica" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"content_digest" text NOT NULL,
	"instances_digest" text NOT NULL
);
