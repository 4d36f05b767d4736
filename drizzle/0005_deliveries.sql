CREATE TABLE "bakewatch"."deliveries" (
	"bake_id" text NOT NULL,
	"notifier" text NOT NULL,
	"notice_id" text NOT NULL,
	"arrived" boolean NOT NULL,
	"memory" jsonb,
	CONSTRAINT "deliveries_bake_id_notifier_pk" PRIMARY KEY("bake_id","notifier")
);
--> statement-breakpoint
ALTER TABLE "bakewatch"."deliveries" ADD CONSTRAINT "deliveries_bake_id_deploys_id_fk" FOREIGN KEY ("bake_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;