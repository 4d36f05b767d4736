CREATE SCHEMA "bakewatch";
--> statement-breakpoint
CREATE TABLE "bakewatch"."attempts" (
	"order_id" text NOT NULL,
	"number" integer NOT NULL,
	"bake_id" text NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint,
	"outcome" text,
	"output" text NOT NULL,
	CONSTRAINT "attempts_order_id_number_pk" PRIMARY KEY("order_id","number")
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."bakes" (
	"deploy_id" text PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"environment" text NOT NULL,
	"state" text NOT NULL,
	"next_at" bigint,
	"version" integer NOT NULL,
	"lease_by" text,
	"lease_until" bigint,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."deploys" (
	"id" text PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"environment" text NOT NULL,
	"version" text NOT NULL,
	"registered_at" bigint NOT NULL,
	"adopted" boolean NOT NULL,
	"idempotency_key" text,
	"body_hash" text NOT NULL,
	"fingerprint" text,
	"body" jsonb NOT NULL,
	"rules" jsonb NOT NULL,
	"plan" jsonb NOT NULL,
	CONSTRAINT "deploys_idempotency_key" UNIQUE("idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."freezes" (
	"service" text PRIMARY KEY NOT NULL,
	"by" text NOT NULL,
	"why" text NOT NULL,
	"since" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."histories" (
	"bake_id" text NOT NULL,
	"check_name" text NOT NULL,
	"stretch" jsonb,
	CONSTRAINT "histories_bake_id_check_name_pk" PRIMARY KEY("bake_id","check_name")
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."measurements" (
	"bake_id" text NOT NULL,
	"phase" text NOT NULL,
	"check_name" text NOT NULL,
	"window_to" bigint NOT NULL,
	"answered" boolean NOT NULL,
	"at" bigint NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "measurements_bake_id_phase_check_name_window_to_answered_pk" PRIMARY KEY("bake_id","phase","check_name","window_to","answered")
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."timeline" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bakewatch"."timeline_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"bake_id" text NOT NULL,
	"at" bigint NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	"text" text NOT NULL,
	"detail" text
);
--> statement-breakpoint
ALTER TABLE "bakewatch"."attempts" ADD CONSTRAINT "attempts_bake_id_deploys_id_fk" FOREIGN KEY ("bake_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bakewatch"."bakes" ADD CONSTRAINT "bakes_deploy_id_deploys_id_fk" FOREIGN KEY ("deploy_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bakewatch"."histories" ADD CONSTRAINT "histories_bake_id_deploys_id_fk" FOREIGN KEY ("bake_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bakewatch"."timeline" ADD CONSTRAINT "timeline_bake_id_deploys_id_fk" FOREIGN KEY ("bake_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempts_bake" ON "bakewatch"."attempts" USING btree ("bake_id");--> statement-breakpoint
CREATE INDEX "bakes_due" ON "bakewatch"."bakes" USING btree ("next_at") WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX "bakes_live" ON "bakewatch"."bakes" USING btree ("service","environment") WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX "bakes_state" ON "bakewatch"."bakes" USING btree ("state");--> statement-breakpoint
CREATE INDEX "deploys_newest" ON "bakewatch"."deploys" USING btree ("registered_at","id");--> statement-breakpoint
CREATE INDEX "deploys_place" ON "bakewatch"."deploys" USING btree ("service","environment","registered_at","id");--> statement-breakpoint
CREATE INDEX "deploys_version" ON "bakewatch"."deploys" USING btree ("service","environment","version","registered_at");--> statement-breakpoint
CREATE INDEX "timeline_bake" ON "bakewatch"."timeline" USING btree ("bake_id","id");