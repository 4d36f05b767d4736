import type { Database } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';

/** The numbers of finished deploys to write, `from` (inclusive) to `to` (exclusive), of `total` over one year that ends at `now`, of 200 services by default. */
export type HistoryRange = {
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly now: number;
  readonly services?: number;
};

const yearMs = 365 * 86_400_000;
const batch = 20_000;

/**
 * Writes finished deploys of a year, as they are after the retention: copies of the deploy `template`, with an end of their own, their timeline and the
 * last measurement of each check. One service has a tenth of all deploys; a fifth of them are in another environment.
 */
export async function fillHistory(db: Database, template: string, { from, to, total, now, services = 200 }: HistoryRange): Promise<void> {
  for (let first = from; first < to; first += batch) {
    const last = Math.min(to, first + batch) - 1;
    await db.execute(sql`drop table if exists filling`);
    await db.execute(sql`
      create temp table filling as
      select i, gen_random_uuid()::text as id, (${now}::bigint - (${total}::bigint - i) * ${yearMs / total})::bigint as at,
        case when abs(hashint4(i)) % 10 = 0 then 'shop' else 'service-' || (abs(hashint4(i + 7)) % ${services - 1}) end as service,
        case when abs(hashint4(i + 13)) % 5 = 0 then 'staging' else 'production' end as environment,
        'v' || i as version, abs(hashint4(i + 29)) % 1000 as luck
      from generate_series(${first}::int, ${last}::int) as i`);
    await writeDeploys(db, template);
    await writeStory(db, template);
  }
  await db.execute(
    sql`vacuum analyze bakewatch.deploys, bakewatch.bakes, bakewatch.timeline, bakewatch.measurements, bakewatch.deliveries, bakewatch.outcomes`,
  );
}

async function writeDeploys(db: Database, template: string): Promise<void> {
  await db.execute(sql`
    insert into bakewatch.deploys (id, service, environment, version, registered_at, adopted, body_hash, body, rules, plan)
    select f.id, f.service, f.environment, f.version, f.at, false, '',
      d.body || jsonb_build_object('id', f.id, 'service', f.service, 'environment', f.environment, 'registeredAt', f.at,
        'release', jsonb_build_object('version', f.version, 'metadata', '{}'::jsonb)), d.rules, d.plan
    from filling f cross join (select body, rules, plan from bakewatch.deploys where id = ${template}) d`);
  await db.execute(sql`
    insert into bakewatch.bakes (deploy_id, service, environment, state, version, pruned_at, body)
    select f.id, f.service, f.environment, ended.state, 62, f.at + 900001,
      jsonb_build_object('id', f.id, 'cause', 'release', 'begunAt', f.at, 'deployedAt', f.at, 'state', ended.state, 'at', f.at + 900000)
        || case ended.state
          when 'passed' then '{"by": null, "confidence": "full", "reasons": ["errors: 0.1 % of 41,200 requests"]}'::jsonb
          when 'inconclusive' then '{"reasons": ["errors: too little data for the last 10m"]}'::jsonb
          when 'failed' then '{"rolledBack": "no", "reasons": ["errors: 9 %", "not rolled back: shop is frozen by ana"]}'::jsonb
          when 'superseded' then '{"by": "a newer deploy"}'::jsonb
          when 'canceled' then '{"by": "ana"}'::jsonb
          else jsonb_build_object('order', jsonb_build_object('id', f.id || ':1', 'reasons', jsonb_build_array('errors: 9 %'),
            'target', jsonb_build_object('deployId', f.id, 'version', 'v' || (f.i - 1)))) end
    from filling f
    cross join lateral (select case when luck < 860 then 'passed' when luck < 920 then 'rolled_back' when luck < 960 then 'inconclusive'
      when luck < 980 then 'superseded' when luck < 995 then 'failed' else 'canceled' end as state) ended`);
}

async function writeStory(db: Database, template: string): Promise<void> {
  await db.execute(sql`
    insert into bakewatch.timeline (bake_id, at, kind, by, text)
    select f.id, f.at + step * 300000, case step when 0 then 'registered' when 1 then 'baking' when 2 then 'rolling_back' else 'ended' end, 'ci',
      f.version || ' was registered, or watched, or ended, in a sentence of the usual length'
    from filling f cross join generate_series(0, 3) as step`);
  await db.execute(sql`
    insert into bakewatch.measurements (bake_id, phase, check_name, window_to, answered, at, body)
    select f.id, m.phase, m.check_name, f.at + 900000, true, f.at + 905000,
      m.body || jsonb_build_object('at', f.at + 905000, 'window', jsonb_build_object('from', f.at, 'to', f.at + 900000, 'stepMs', 15000))
    from filling f cross join (select phase, check_name, body from bakewatch.measurements where bake_id = ${template}) m`);
  await db.execute(sql`
    insert into bakewatch.deliveries (bake_id, notifier, notice_id, arrived, memory, topic, at)
    select f.id, 'team', f.id || ':62:0', true, '{"ts": "1795000000.000100"}'::jsonb, 'passed', f.at + 900000 from filling f`);
}
