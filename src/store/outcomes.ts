import { z } from 'zod';
import { markKinds } from '../core/bake/verdict-mark.ts';
import type { DeployOutcome } from '../core/report/dora.ts';
import type { Place } from '../ports/hook.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { outcomes } from './outcomes-schema.ts';
import { read } from './read.ts';
import { bakes, deploys, marks } from './schema.ts';
import { compile, slot } from './statement.ts';

const instant = z.coerce.number();
const Outcome = z.object({
  registeredAt: instant,
  deployedAt: instant.nullable(),
  cause: z.enum(['release', 'rollback']),
  adopted: z.boolean(),
  // The column is only ever written from `Bake.state`.
  state: z.custom<DeployOutcome['state']>((value) => typeof value === 'string'),
  endedAt: instant.nullable(),
  orderedAt: instant.nullable(),
  hadEnded: z.boolean(),
  committedAt: z.string().nullable(),
  mark: z.enum(markKinds).nullable(),
}) satisfies z.ZodType<DeployOutcome>;

const isOfPlace = sql`service = ${slot('service')} and environment = ${slot('environment')}`;

// A finished bake has a row in `outcomes`; live bakes are few. Only a failure can be marked.
const outcomesOf = compile(
  sql`
    with found as (
      select registered_at, deploy_id, deployed_at, cause, adopted, state, ended_at, ordered_at, had_ended, did_not_help, committed_at
      from ${outcomes} where ${isOfPlace} and registered_at >= ${slot('since')}
      union all
      select d.registered_at, d.id, (b.body->>'deployedAt')::bigint, b.body->>'cause', d.adopted, b.state, null, null, false,
        coalesce((b.body->>'didNotHelp')::boolean, false), d.body->'release'->'metadata'->>'committed_at'
      from (select * from ${bakes} where ${isOfPlace} and next_at is not null) b
      join ${deploys} d on d.id = b.deploy_id where d.registered_at >= ${slot('since')}
    )
    select registered_at as "registeredAt", deployed_at as "deployedAt", cause, adopted, state, ended_at as "endedAt", ordered_at as "orderedAt",
      had_ended as "hadEnded", committed_at as "committedAt",
      case when state not in ('passed', 'inconclusive', 'canceled', 'superseded') then
        coalesce((select m.kind from ${marks} m where m.deploy_id = found.deploy_id order by m.kind desc limit 1),
          case when did_not_help then 'elsewhere' end) end as mark
    from found
    order by registered_at, deploy_id`,
  (row): DeployOutcome => read(Outcome, row, 'outcome'),
);

/** How the deploys of a place since an instant ended, oldest first: `DeployCatalog.outcomes`. */
export async function readOutcomes(db: Database, { service, environment }: Place, since: number): Promise<readonly DeployOutcome[]> {
  return await outcomesOf(db, { service, environment, since });
}
