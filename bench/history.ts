/**
 * How fast are lists and pages after a year? Starts the server on its embedded PostgreSQL, writes finished deploys by SQL, and asks over HTTP: first with
 * a thousand deploys, then with all of them. Prints the time of each page and list, next to the queries that one would write without indexes for them.
 *
 *   node bench/history.ts [--deploys 365000] [--requests 200]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startApp } from '../src/app/app.ts';
import { systemClock } from '../src/app/clock.ts';
import { plugins } from '../src/app/plugins.ts';
import { loadConfig } from '../src/rules/load-config.ts';
import { type Database, openPool } from '../src/store/database.ts';
import { sql } from '../src/store/drizzle.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { openStore } from '../src/store/open-store.ts';
import { createLog } from '../src/telemetry/log.ts';
import { fillHistory } from './history/fill.ts';
import { withMeasurements } from './history/template.ts';
import { log, summary } from './world.ts';

const { values } = parseArgs({ options: { deploys: { type: 'string', default: '365000' }, requests: { type: 'string', default: '200' } } });
const [deploys, requests] = [Number(values.deploys), Number(values.requests)];
const few = 1_000;
const now = Date.now();

const rules = `rules: 1
service: shop
environment: production
bake: { for: 15m, every: 15s }
checks:
  errors: { provider: prom, ratio: { bad: 'bad', total: 'total' }, fail_when: { above: 0.5 } }
on_failure: notify
`;

/** Ids along the whole year, so that cursors and details are shallow and deep. */
async function idsOf(db: Database, where = sql`true`): Promise<readonly string[]> {
  const { rows } = await db.execute<{ id: string }>(
    sql`select id from (select id, row_number() over (order by registered_at) as n, count(*) over () as of from bakewatch.deploys where ${where}) d
      where n % greatest(1, of / ${requests}) = 0`,
  );
  return rows.map(({ id }) => id);
}

type Question = { readonly name: string; readonly path: (i: number) => string };

async function questionsOf(db: Database): Promise<readonly Question[]> {
  const { rows } = await db.execute<{ service: string }>(
    sql`select distinct service from bakewatch.deploys where service like 'service-%' limit 100`,
  );
  const small = (i: number) => rows[i % rows.length]?.service ?? '';
  const [all, shop] = [await idsOf(db), await idsOf(db, sql`service = 'shop' and environment = 'production'`)];
  const pick = (ids: readonly string[], i: number) => ids[(i * 7) % ids.length] ?? '';
  const list = (query: string) => `/v1/deploys?${query}`;
  return [
    { name: 'home page', path: () => '/' },
    { name: 'services', path: () => '/v1/services' },
    { name: 'service page, small', path: (i) => `/services/${small(i)}` },
    { name: 'service page, large', path: () => '/services/shop' },
    { name: 'service, large, a year', path: () => '/v1/services/shop?since=365d' },
    { name: 'list', path: () => list('') },
    { name: 'list of 200', path: () => list('limit=200') },
    { name: 'list, deep cursor', path: (i) => list(`before=${pick(all, i)}`) },
    { name: 'list of a service', path: (i) => list(`service=${small(i)}`) },
    { name: 'list of a service, deep cursor', path: (i) => list(`service=shop&environment=production&before=${pick(shop, i)}`) },
    { name: 'list of an environment', path: () => list('environment=staging') },
    { name: 'list of a rare environment', path: () => list('environment=nowhere') },
    ...['passed', 'failed', 'canceled', 'awaiting_approval'].flatMap((state) => [
      { name: `list of ${state}`, path: () => list(`state=${state}`) },
      { name: `list of ${state}, deep cursor`, path: (i: number) => list(`state=${state}&before=${pick(all, i)}`) },
      {
        name: `list of ${state}, of a service`,
        path: (i: number) => list(`state=${state}&service=${small(i)}&environment=production`),
      },
      { name: `list of ${state}, of the large service`, path: () => list(`state=${state}&service=shop`) },
    ]),
    { name: 'detail', path: (i) => `/v1/deploys/${pick(all, i)}` },
    { name: 'deploy page', path: (i) => `/deploys/${pick(all, i)}` },
    { name: 'report', path: (i) => `/deploys/${pick(all, i)}/report` },
    { name: 'metrics', path: () => '/metrics' },
    { name: 'ready', path: () => '/health/ready' },
  ];
}

async function timesOf(url: string, { path }: Question): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = -5; i < requests; i++) {
    const startedAt = performance.now();
    const answer = await fetch(`${url}${path(Math.max(0, i))}`);
    const text = await answer.text();
    if (answer.status === 429) {
      // The server limits the requests of a minute.
      await wait(2_000);
      i -= 1;
      continue;
    }
    if (answer.status !== 200) throw new Error(`${path(Math.max(0, i))}: ${answer.status} ${text.slice(0, 300)}`);
    if (i >= 0) times.push(performance.now() - startedAt);
  }
  return times;
}

async function register(url: string, round: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const startedAt = performance.now();
    const body = JSON.stringify({ service: 'shop', environment: 'production', version: `${round}-${i}` });
    const answer = await fetch(`${url}/v1/deploys`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (answer.status !== 201) throw new Error(`not registered: ${answer.status} ${await answer.text()}`);
    await answer.text();
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function measure(url: string, db: Database, round: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, readonly number[]>();
  for (const question of await questionsOf(db)) found.set(question.name, await timesOf(url, question));
  return found.set('register', await register(url, round));
}

/** What one would write without thinking of a year: pages by number, and all services by `distinct`. */
async function measureNaive(db: Database): Promise<Record<string, number>> {
  const queries = {
    'services by distinct': sql`select distinct service, environment from bakewatch.deploys`,
    'newest of each service by window': sql`select * from (select id, row_number() over (partition by service, environment order by registered_at desc) as n
      from bakewatch.deploys) d where n = 1`,
    'list, deep, by offset': sql`select * from bakewatch.deploys order by registered_at desc, id desc limit 50 offset ${Math.floor(deploys * 0.9)}`,
    'count by state of all': sql`select state, count(*) from bakewatch.bakes group by state`,
  };
  const found: Record<string, number> = {};
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const startedAt = performance.now();
      await db.execute(query);
      times.push(performance.now() - startedAt);
    }
    found[name] = summary(times, 1).p50;
  }
  return found;
}

const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-history-'));
const server = await startEmbeddedPostgres({ dataDir, log, path: process.env.PATH ?? '' });
const storage = await openStore({ databaseUrl: server.url, dataDir, log, clock: systemClock });
const template = await withMeasurements(storage.store, now - 400 * 86_400_000);
const pool = openPool(server.endpoint, { max: 1, statementMs: null });
const files = new Map([
  [
    'bakewatch.yaml',
    `config: 1\nserver: { listen: '127.0.0.1:0' }\nrules: [shop.yaml]\nproviders: { prom: { type: prometheus, url: 'http://127.0.0.1:9' } }\n`,
  ],
  ['shop.yaml', rules],
]);
const readFile = (path: string) => files.get(path) ?? '';
const { config, ruleSets } = loadConfig({ file: 'bakewatch.yaml', env: {}, readFile, listFiles: () => [], plugins });

await fillHistory(pool.db, template, { from: deploys - few, to: deploys, total: deploys, now });
const app = await startApp({ config, ruleSets, databaseUrl: server.url, log: createLog('fatal'), environment: {} });
const withFew = await measure(app.url, pool.db, 'few');
const fillStarted = performance.now();
await fillHistory(pool.db, template, { from: 0, to: deploys - few, total: deploys, now });
const fillSeconds = Math.round((performance.now() - fillStarted) / 1000);
const withAll = await measure(app.url, pool.db, 'all');
const naive = await measureNaive(pool.db);
const { rows } = await pool.db.execute<{ bytes: string }>(sql`select sum(pg_total_relation_size(c.oid))::text as bytes from pg_class c
  join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'bakewatch' and c.relkind = 'r'`);

const p95 = (times: readonly number[]) =>
  Number((times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN).toFixed(1));
const pages = Object.fromEntries(
  [...withAll].map(([name, times]) => [name, { p95: p95(times), p95WithFew: p95(withFew.get(name) ?? []) }]),
);
process.stdout.write(
  `${JSON.stringify({ bench: 'history', unit: 'ms', deploys, few, fillSeconds, kbADeploy: Number((Number(rows[0]?.bytes) / deploys / 1000).toFixed(1)), pages, naive }, null, 2)}\n`,
);
await app.stop();
await pool.close();
await storage.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
process.exit(0);
