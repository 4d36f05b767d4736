CREATE TABLE "bakewatch"."outcomes" (
	"service" text NOT NULL,
	"environment" text NOT NULL,
	"registered_at" bigint NOT NULL,
	"deploy_id" text NOT NULL,
	"state" text NOT NULL,
	"cause" text NOT NULL,
	"adopted" boolean NOT NULL,
	"deployed_at" bigint,
	"ended_at" bigint,
	"ordered_at" bigint,
	"had_ended" boolean NOT NULL,
	"did_not_help" boolean NOT NULL,
	"committed_at" text
);
--> statement-breakpoint
CREATE INDEX "outcomes_of_place" ON "bakewatch"."outcomes" USING btree ("service","environment","registered_at","deploy_id","state","cause","adopted","deployed_at","ended_at","ordered_at","had_ended","did_not_help","committed_at");--> statement-breakpoint
-- safe for replicas from 0.1.0: the function only reads
CREATE FUNCTION "bakewatch"."outcome_of"(text) RETURNS SETOF "bakewatch"."outcomes" LANGUAGE sql STABLE AS '
  SELECT b.service, b.environment, (b.body->>''begunAt'')::bigint, b.deploy_id, b.state, b.body->>''cause'', d.adopted,
    (b.body->>''deployedAt'')::bigint, (b.body->>''at'')::bigint, story.ordered_at, coalesce(story.had_ended, false),
    coalesce((b.body->>''didNotHelp'')::boolean, false), left(d.body->''release''->''metadata''->>''committed_at'', 64)
  FROM bakewatch.bakes b
  JOIN bakewatch.deploys d ON d.id = b.deploy_id
  LEFT JOIN LATERAL (
    SELECT max(t.at) FILTER (WHERE t.kind = ''rolling_back'') AS ordered_at, bool_or(t.kind IN (''passed'', ''inconclusive'')) AS had_ended
    FROM bakewatch.timeline t WHERE t.bake_id = b.deploy_id AND b.state = ''rolled_back''
  ) story ON b.state = ''rolled_back''
  WHERE b.deploy_id = $1';--> statement-breakpoint
-- safe for replicas from 0.1.0: the function writes to a new table only
CREATE FUNCTION "bakewatch"."record_outcome"() RETURNS trigger LANGUAGE plpgsql AS '
DECLARE
  bake record;
BEGIN
  IF TG_OP = ''DELETE'' THEN bake := OLD; ELSE bake := NEW; END IF;
  DELETE FROM bakewatch.outcomes WHERE service = bake.service AND environment = bake.environment
    AND registered_at = (bake.body->>''begunAt'')::bigint AND deploy_id = bake.deploy_id;
  IF TG_OP <> ''DELETE'' AND bake.next_at IS NULL THEN
    INSERT INTO bakewatch.outcomes SELECT * FROM bakewatch.outcome_of(bake.deploy_id);
  END IF;
  RETURN NULL;
END';--> statement-breakpoint
-- safe for replicas from 0.1.0: it runs when a bake ends, or is moved after its end, and writes to a new table only
CREATE TRIGGER "outcome_of_new" AFTER INSERT ON "bakewatch"."bakes" FOR EACH ROW
  WHEN (NEW.next_at IS NULL) EXECUTE FUNCTION "bakewatch"."record_outcome"();--> statement-breakpoint
-- safe for replicas from 0.1.0: as above
CREATE TRIGGER "outcome_of_moved" AFTER UPDATE OF state, next_at, body ON "bakewatch"."bakes" FOR EACH ROW
  WHEN (OLD.next_at IS NULL OR NEW.next_at IS NULL) EXECUTE FUNCTION "bakewatch"."record_outcome"();--> statement-breakpoint
-- safe for replicas from 0.1.0: as above
CREATE TRIGGER "outcome_of_deleted" AFTER DELETE ON "bakewatch"."bakes" FOR EACH ROW EXECUTE FUNCTION "bakewatch"."record_outcome"();--> statement-breakpoint
-- safe for replicas from 0.1.0: it fills a new table
INSERT INTO "bakewatch"."outcomes" SELECT o.* FROM "bakewatch"."bakes" b, "bakewatch"."outcome_of"(b.deploy_id) o WHERE b.next_at IS NULL;
