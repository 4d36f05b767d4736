CREATE TABLE "bakewatch"."audit" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_name" text NOT NULL,
	"verb" text NOT NULL,
	"service" text,
	"environment" text,
	"deploy_id" text,
	"outcome" text NOT NULL,
	"count" integer NOT NULL,
	"detail" text NOT NULL,
	"request_id" text,
	"address" text,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_at" ON "bakewatch"."audit" USING btree ("at","seq");--> statement-breakpoint
CREATE INDEX "audit_service" ON "bakewatch"."audit" USING btree ("service","seq");--> statement-breakpoint
CREATE INDEX "audit_cuts" ON "bakewatch"."audit" USING btree ("seq") WHERE verb = 'audit.cut';--> statement-breakpoint
-- safe for replicas from 0.1.0: the function only refuses, and only on a new table
CREATE FUNCTION "bakewatch"."refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS '
BEGIN
  RAISE EXCEPTION ''rows of bakewatch.audit are never changed'' USING ERRCODE = ''insufficient_privilege'';
END';--> statement-breakpoint
-- safe for replicas from 0.1.0: on a new table
CREATE TRIGGER "audit_unchanged" BEFORE UPDATE OR TRUNCATE ON "bakewatch"."audit"
  FOR EACH STATEMENT EXECUTE FUNCTION "bakewatch"."refuse_audit_change"();--> statement-breakpoint
-- safe for replicas from 0.1.0: as above
CREATE FUNCTION "bakewatch"."refuse_audit_deletion"() RETURNS trigger LANGUAGE plpgsql AS '
BEGIN
  IF (SELECT max(seq) FROM gone) > coalesce((
    SELECT max((detail::jsonb->>''through'')::bigint) FROM bakewatch.audit WHERE verb = ''audit.cut''
  ), 0) THEN
    RAISE EXCEPTION ''rows of bakewatch.audit are deleted by the retention only'' USING ERRCODE = ''insufficient_privilege'';
  END IF;
  RETURN NULL;
END';--> statement-breakpoint
-- safe for replicas from 0.1.0: on a new table
CREATE TRIGGER "audit_cut" AFTER DELETE ON "bakewatch"."audit" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION "bakewatch"."refuse_audit_deletion"();
