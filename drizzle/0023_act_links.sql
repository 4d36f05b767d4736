CREATE TABLE "bakewatch"."act_links" (
	"sha256" text PRIMARY KEY NOT NULL,
	"deploy_id" text NOT NULL,
	"verb" text NOT NULL,
	"version" text NOT NULL,
	"notifier" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"used_at" bigint
);
--> statement-breakpoint
CREATE INDEX "act_links_expires" ON "bakewatch"."act_links" USING btree ("expires_at");