CREATE TABLE "bakewatch"."marks" (
	"deploy_id" text NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	"why" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "marks_deploy_id_kind_pk" PRIMARY KEY("deploy_id","kind")
);
--> statement-breakpoint
ALTER TABLE "bakewatch"."histories" ADD COLUMN "unmatched" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "bakewatch"."marks" ADD CONSTRAINT "marks_deploy_id_deploys_id_fk" FOREIGN KEY ("deploy_id") REFERENCES "bakewatch"."deploys"("id") ON DELETE no action ON UPDATE no action;