CREATE TABLE "bakewatch"."held_notices" (
	"bake_id" text NOT NULL,
	"notifier" text NOT NULL,
	"notice_id" text NOT NULL,
	"notice" jsonb NOT NULL,
	"due_at" bigint NOT NULL,
	"digest_id" text,
	CONSTRAINT "held_notices_bake_id_notifier_pk" PRIMARY KEY("bake_id","notifier")
);
--> statement-breakpoint
ALTER TABLE "bakewatch"."deliveries" ADD COLUMN "topic" text;--> statement-breakpoint
ALTER TABLE "bakewatch"."deliveries" ADD COLUMN "at" bigint;--> statement-breakpoint
ALTER TABLE "bakewatch"."held_notices" ADD CONSTRAINT "held_notices_bake_id_deploys_id_fk" FOREIGN KEY ("bake_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "held_notices_due" ON "bakewatch"."held_notices" USING btree ("notifier","due_at");--> statement-breakpoint
CREATE INDEX "deliveries_lately" ON "bakewatch"."deliveries" USING btree ("notifier","at");