import { z } from 'zod';
import { markKinds } from '../core/bake/verdict-mark.ts';
import type { DeployOutcome } from '../core/report/dora.ts';
import type { Place } from '../ports/hook.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { read } from './read.ts';
import { bakes, deploys, marks, timeline } from './schema.ts';
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

// The timeline is read only for deploys that were rolled back: they are few.
const outcomesOf = compile(
  sql`
    select d.registered_at as "registeredAt", (b.body->>'deployedAt')::bigint as "deployedAt", d.body->'cause'->>'kind' as cause,
      d.adopted, b.state, (b.body->>'at')::bigint as "endedAt", story.ordered_at as "orderedAt",
      coalesce(story.had_ended, false) as "hadEnded", d.body->'release'->'metadata'->>'committed_at' as "committedAt",
      coalesce((select m.kind from ${marks} m where m.deploy_id = d.id order by m.kind desc limit 1),
        case when b.body->>'didNotHelp' = 'true' then 'elsewhere' end) as mark
    from ${deploys} d
    join ${bakes} b on b.deploy_id = d.id
    left join lateral (
      select max(t.at) filter (where t.kind = 'rolling_back') as ordered_at, bool_or(t.kind in ('passed', 'inconclusive')) as had_ended
      from ${timeline} t where t.bake_id = d.id and b.state = 'rolled_back'
    ) story on b.state = 'rolled_back'
    where d.service = ${slot('service')} and d.environment = ${slot('environment')} and d.registered_at >= ${slot('since')}
    order by d.registered_at, d.id`,
  (row): DeployOutcome => read(Outcome, row, 'outcome'),
);

/** How the deploys of a place since an instant ended, oldest first: `DeployCatalog.outcomes`. */
export async function readOutcomes(db: Database, { service, environment }: Place, since: number): Promise<readonly DeployOutcome[]> {
  return await outcomesOf(db, { service, environment, since });
}
