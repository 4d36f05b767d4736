CREATE TABLE "bakewatch"."sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"former_sha256" text,
	"former_until" bigint,
	"csrf_secret" text NOT NULL,
	"kind" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"groups" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL,
	"renewed_at" bigint NOT NULL,
	CONSTRAINT "sessions_sha256" UNIQUE("sha256")
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."sign_in_links" (
	"sha256" text PRIMARY KEY NOT NULL,
	"by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sessions_former" ON "bakewatch"."sessions" USING btree ("former_sha256");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "bakewatch"."sessions" USING btree ("issuer","subject","created_at");