import { z } from 'zod';
import type { StateName } from '../core/bake/bake.ts';
import type { CheckResult } from '../core/judge/judge.ts';
import type { Place } from '../ports/hook.ts';
import type { RecentStates, TroubleFilter, TroubleRecord } from '../ports/overview-store.ts';
import type { Scope } from '../ports/scope.ts';
import { condemned } from './condemned.ts';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { outcomes } from './outcomes-schema.ts';
import { read } from './read.ts';
import { marksOf, toSummary } from './record.ts';
import { bakes, deploys, measurements } from './schema.ts';
import { inScope, scopeText } from './scope.ts';
import { compile, jsonText, slot } from './statement.ts';
import { unpackAnswer } from './unpack-measurement.ts';

// One step along the key of the measurements for each check. A bake has hundreds of measurements, and most of each is its ticks.
const answersOf = compile(
  sql`
    select d.id, c.rule->>'name' as "check", (c.rule->>'critical')::boolean as critical, newest.body
    from jsonb_array_elements_text(${slot('ids')}::jsonb) wanted
    join ${deploys} d on d.id = wanted.value
    cross join lateral jsonb_array_elements(d.rules->'checks') with ordinality c(rule, place)
    cross join lateral (
      select (m.body - 'split' - 'controlSplit') || '{"ticks": null, "control": null}'::jsonb as body from ${measurements} m
      where m.bake_id = d.id and m.phase = 'baking' and m.check_name = c.rule->>'name'
      order by m.window_to desc, m.answered desc limit 1
    ) newest
    order by d.id, c.place`,
  (row) => ({ ...read(Answer, row, 'answer'), result: unpackAnswer(row.body) }),
);

const Answer = z.object({ id: z.string(), check: z.string(), critical: z.boolean() });

/** The newest answers of the checks of many deploys: `OverviewStore.newestAnswers`. */
export async function readNewestAnswers(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, readonly CheckResult[]>> {
  const found = new Map<string, CheckResult[]>();
  if (ids.length === 0) return found;
  for (const { id, check, critical, result } of await answersOf(db, { ids: jsonText(ids) })) {
    const answers = found.get(id) ?? [];
    answers.push({ name: check, critical, result });
    found.set(id, answers);
  }
  return found;
}

// A finished bake has a row in `outcomes`, whose index alone answers. Live bakes are few.
const statesOf = compile(
  sql`
    select p.service, p.environment, recent.states
    from jsonb_to_recordset(${slot('places')}::jsonb) as p(service text, environment text)
    cross join lateral (
      select coalesce(jsonb_agg(newest.state order by newest.at, newest.id), '[]') as states from (
        select * from (
          (select o.state, o.registered_at as at, o.deploy_id as id from ${outcomes} o
            where o.service = p.service and o.environment = p.environment
            order by o.registered_at desc, o.deploy_id desc limit ${slot('limit')}::int)
          union all
          select b.state, (b.body->>'begunAt')::bigint, b.deploy_id from ${bakes} b
            where b.service = p.service and b.environment = p.environment and b.next_at is not null
        ) ended_or_live
        order by at desc, id desc limit ${slot('limit')}::int
      ) newest
    ) recent`,
  (row): RecentStates => read(States, row, 'recent deploys'),
);

const States = z.object({
  service: z.string(),
  environment: z.string(),
  // The column is only ever written from `Bake.state`.
  states: z.array(z.custom<StateName>((value) => typeof value === 'string')),
});

/** The last deploys of many places: `OverviewStore.recentStates`. */
export async function readRecentStates(db: Database, places: readonly Place[], limit: number): Promise<readonly RecentStates[]> {
  if (places.length === 0) return [];
  return await statesOf(db, { places: jsonText(places.map(({ service, environment }) => ({ service, environment }))), limit });
}

/** A bake may end this long after its registration, or be rolled back by a person after its end. */
const slackMs = 7 * 86_400_000;
const changedAt = sql`(coalesce(b.body->>'at', b.body->>'since'))::bigint`;
const wentWrong = sql.raw([...condemned, 'inconclusive'].map((state) => `'${state}'`).join(', '));

// Along the index `bakes_by_state`.
const troublesIn = compile(
  sql`
    select d.body as deploy, b.body as bake, b.version, ${marksOf(sql`d.id`)} as marks, o.ordered_at as "orderedAt"
    from ${bakes} b
    join ${deploys} d on d.id = b.deploy_id
    left join ${outcomes} o
      on o.service = d.service and o.environment = d.environment and o.registered_at = d.registered_at and o.deploy_id = d.id
    where b.state in (${wentWrong}) and (b.body->>'begunAt')::bigint >= ${slot('begunSince')}
      and (b.next_at is not null or ${changedAt} >= ${slot('since')})
      and ${inScope({ service: sql`b.service`, environment: sql`b.environment` })}
    order by ${changedAt} desc, d.id limit ${slot('limit')}::int`,
  (row): TroubleRecord => ({ ...toSummary(row), orderedAt: read(OrderedAt, row.orderedAt, 'time of a rollback') }),
);

const OrderedAt = z.coerce.number().nullable();

/** Deploys that went wrong: `OverviewStore.troubles`. */
export async function readTroubles(db: Database, scope: Scope, { since, limit }: TroubleFilter): Promise<readonly TroubleRecord[]> {
  return await troublesIn(db, { scope: scopeText(scope), since, begunSince: since - slackMs, limit });
}
