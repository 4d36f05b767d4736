-- safe for replicas from 0.1.0: the index only made a list faster, and bakes_by_state serves the same question
DROP INDEX "bakewatch"."bakes_state";--> statement-breakpoint
ALTER TABLE "bakewatch"."bakes" ADD COLUMN "past_pruned_at" bigint;--> statement-breakpoint
CREATE INDEX "bakes_by_state" ON "bakewatch"."bakes" USING btree ("state",((body->>'begunAt')::bigint),"deploy_id");--> statement-breakpoint
CREATE INDEX "bakes_of_service_by_state" ON "bakewatch"."bakes" USING btree ("service","state",((body->>'begunAt')::bigint),"deploy_id");--> statement-breakpoint
CREATE INDEX "bakes_past_prunable" ON "bakewatch"."bakes" USING btree (((body->>'at')::bigint)) WHERE next_at is null and coalesce(greatest(pruned_at, past_pruned_at), 0) < (body->>'at')::bigint;--> statement-breakpoint
CREATE INDEX "deploys_service" ON "bakewatch"."deploys" USING btree ("service","registered_at","id");--> statement-breakpoint
CREATE INDEX "deploys_environment" ON "bakewatch"."deploys" USING btree ("environment","registered_at","id");