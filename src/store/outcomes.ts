import { z } from 'zod';
import type { DeployOutcome } from '../core/report/dora.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { read } from './read.ts';
import { bakes, deploys, timeline } from './schema.ts';
import { compile, slot } from './statement.ts';

// Only of what was rolled back is the story read: few deploys are.
const outcomesOf = compile(sql`
  select d.registered_at, (b.body->>'deployedAt')::bigint, d.body->'cause'->>'kind', d.adopted, b.state, (b.body->>'at')::bigint,
    told.ordered_at, coalesce(told.had_ended, false), d.body->'release'->'metadata'->>'committed_at'
  from ${deploys} d
  join ${bakes} b on b.deploy_id = d.id
  left join lateral (
    select max(t.at) filter (where t.kind = 'rolling_back') as ordered_at, bool_or(t.kind in ('passed', 'inconclusive')) as had_ended
    from ${timeline} t where t.bake_id = d.id and b.state = 'rolled_back'
  ) told on b.state = 'rolled_back'
  where d.service = ${slot('service')} and d.environment = ${slot('environment')} and d.registered_at >= ${slot('since')}
  order by d.registered_at, d.id`);

const at = z.coerce.number().nullable();
const Row = z.tuple([
  z.coerce.number(),
  at,
  z.enum(['release', 'rollback']),
  z.boolean(),
  // The column is only ever written from `Bake.state`.
  z.custom<DeployOutcome['state']>((value) => typeof value === 'string'),
  at,
  at,
  z.boolean(),
  z.string().nullable(),
]);

/** What became of a place's deploys, oldest first: `Store.outcomes`. */
export async function readOutcomes(
  db: Database,
  wanted: { readonly service: string; readonly environment: string; readonly since: number },
): Promise<readonly DeployOutcome[]> {
  const rows = await outcomesOf(db, wanted);
  return rows.map((row) => {
    const [registeredAt, deployedAt, cause, adopted, state, endedAt, orderedAt, hadEnded, committedAt] = read(Row, row, 'outcome');
    return { registeredAt, deployedAt, cause, adopted, state, endedAt, orderedAt, hadEnded, committedAt };
  });
}
