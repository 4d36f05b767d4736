CREATE TABLE "bakewatch"."alert_senders" (
	"sender" text NOT NULL,
	"service" text NOT NULL,
	"environment" text NOT NULL,
	"heard_at" bigint NOT NULL,
	CONSTRAINT "alert_senders_sender_service_environment_pk" PRIMARY KEY("sender","service","environment")
);
--> statement-breakpoint
CREATE TABLE "bakewatch"."pushed_alerts" (
	"service" text NOT NULL,
	"environment" text NOT NULL,
	"fingerprint" text NOT NULL,
	"starts_at" bigint NOT NULL,
	"ended_at" bigint,
	"received_at" bigint NOT NULL,
	"labels" jsonb NOT NULL,
	"summary" text NOT NULL,
	CONSTRAINT "pushed_alerts_service_environment_fingerprint_starts_at_pk" PRIMARY KEY("service","environment","fingerprint","starts_at")
);
--> statement-breakpoint
CREATE INDEX "pushed_alerts_received" ON "bakewatch"."pushed_alerts" USING btree ("received_at");