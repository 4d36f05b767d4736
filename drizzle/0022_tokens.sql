CREATE TABLE "bakewatch"."token_secrets" (
	"id" text PRIMARY KEY NOT NULL,
	"token_id" text NOT NULL,
	"salt" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint,
	"last_used_at" bigint
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"grant" jsonb NOT NULL,
	"life_ms" bigint,
	"created_at" bigint NOT NULL,
	"created_by" text NOT NULL,
	"revoked_at" bigint,
	"revoked_by" text
);
--> statement-breakpoint
CREATE INDEX "token_secrets_token" ON "bakewatch"."token_secrets" USING btree ("token_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "tokens_name" ON "bakewatch"."tokens" USING btree ("name") WHERE revoked_at is null;