/**
 * Does everything hold together when PostgreSQL fails over? Three servers share a PostgreSQL with a standby. Again and again all processes of the primary
 * are killed, the standby is promoted, and the way to it is changed. Every release is known to be good or bad. Prints as JSON what came of the bakes, and
 * how long after each change of the way every bake had got a pass.
 *
 *   node bench/failover/run.ts [--failovers 5] [--replicas 3] [--via transaction|session|address] [--login-retry 1]
 *     [--lose 0] [--bakes 12] [--seed 1] [--patience 300]
 *
 * --via: through PgBouncer, which is pointed to the new primary by RELOAD, in this pool mode; or to an address that moves.
 * --login-retry: how many seconds PgBouncer waits after a login that failed (server_login_retry; its default is 15).
 * --lose: commits do not wait for the standby, and those of the last seconds before the failure are lost.
 * --bakes: how many releases are made before each failure, and how many that live through it. Needs PostgreSQL and PgBouncer (Debian: `postgresql`, `pgbouncer`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openPool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startPgBouncer } from '../../test/support/pgbouncer.ts';
import { createRandom } from '../accuracy/random.ts';
import { live } from '../chaos/live.ts';
import { startReplica } from '../chaos/replicas.ts';
import { type ChaosBake, scoreChaos } from '../chaos/score.ts';
import { createClient } from '../crash/client.ts';
import { stuckRows } from '../crash/stuck-rows.ts';
import { createCrashWorld, type Shop } from '../crash/world.ts';
import { summary } from '../world.ts';
import { createForwarder } from './forwarder.ts';
import { type Pair, startPair } from './pair.ts';

const { values } = parseArgs({
  options: {
    failovers: { type: 'string', default: '5' },
    replicas: { type: 'string', default: '3' },
    via: { type: 'string', default: 'transaction' },
    lose: { type: 'string', default: '0' },
    'login-retry': { type: 'string', default: '1' },
    bakes: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    patience: { type: 'string', default: '300' },
  },
});
const [failovers, bakes, lostMs, patienceMs] = [
  Number(values.failovers),
  Number(values.bakes),
  Number(values.lose) * 1_000,
  Number(values.patience) * 1_000,
];
const random = createRandom(Number(values.seed)).uniform;
const between = (low: number, high: number) => low + random() * (high - low);
/** The last of the long bakes are in their last stage by then. */
const settledMs = 8_000;
const maxReturnMs = 60_000;

/** How servers reach the primary. */
type Way = { readonly url: string; readonly move: () => void; readonly stop: () => Promise<void> };

async function openWay({ primary }: Pair): Promise<Way> {
  if (values.via === 'address') {
    const forwarder = await createForwarder(() => join(primary(), '.s.PGSQL.5432'));
    return { url: `postgres://bakewatch@127.0.0.1:${forwarder.port}/bakewatch`, move: forwarder.move, stop: forwarder.close };
  }
  // After a login that failed, PgBouncer waits for 15 s by default, also where it is pointed elsewhere meanwhile.
  const settings = { pool_mode: values.via, server_login_retry: values['login-retry'], default_pool_size: '60', max_client_conn: '1000' };
  const pooler = await startPgBouncer(primary(), settings);
  return { url: pooler.url, move: () => pooler.pointTo(primary()), stop: pooler.stop };
}

const folder = mkdtempSync(join(tmpdir(), 'bw-f-'));
const world = await createCrashWorld(folder);
const pair = await startPair(folder, { isSynchronous: lostMs === 0 });
const way = await openWay(pair);
const deaths: string[] = [];
const replicas = await Promise.all(
  Array.from({ length: Number(values.replicas) }, async () =>
    startReplica({
      ...{ folder, world: world.url, databaseUrl: way.url, library: null },
      port: await freePort(),
      onDeath: (how) => deaths.push(how),
    }),
  ),
);
const client = createClient(
  replicas.map(({ url }) => url),
  patienceMs,
);
await Promise.all(replicas.map((one) => one.ready()));

/** Releases a shop after a pause. */
async function release(shop: Shop, pauseMs: number): Promise<ChaosBake> {
  world.open(shop);
  await wait(pauseMs);
  return await live({ client, world, patienceMs }, shop);
}

/** The long bakes that are due within two seconds, and how often each has been written. One that waits for a shift of traffic has no passes. */
async function longBakes(): Promise<ReadonlyMap<string, number>> {
  const rows = await pair.select(
    `select deploy_id as id, version from bakewatch.bakes where service like '%-90' and state = 'baking'
      and next_at < extract(epoch from clock_timestamp()) * 1000 + 2000`,
  );
  return new Map(rows.map(({ id, version }) => [String(id), Number(version)]));
}

/** The seconds until every long bake has got a pass. */
async function untilAllSeen(): Promise<number> {
  const before = await longBakes();
  const startedAt = performance.now();
  for (;;) {
    await wait(50);
    const now = await longBakes();
    const ms = performance.now() - startedAt;
    if ([...before].every(([id, version]) => (now.get(id) ?? Number.POSITIVE_INFINITY) > version) || ms > maxReturnMs) return ms / 1_000;
  }
}

async function failOver(): Promise<number> {
  if (lostMs > 0) {
    pair.cutOff();
    await wait(lostMs);
  }
  pair.kill();
  // Somebody must notice it first.
  await wait(between(500, 3_000));
  await pair.promote();
  way.move();
  const movedAt = performance.now();
  while (!(await isOpen())) await wait(50);
  opened.push((performance.now() - movedAt) / 1_000);
  return await untilAllSeen();
}

/** Whether the way leads to the primary. */
async function isOpen(): Promise<boolean> {
  const pool = openPool(parseDatabaseUrl(way.url), { max: 1, connectMs: 1_000, statementMs: 1_000 });
  try {
    await pool.db.execute(sql`select 1`);
    return true;
  } catch {
    return false;
  } finally {
    await pool.close();
  }
}

const living: Promise<ChaosBake>[] = [];
const undisturbed: number[] = [];
const opened: number[] = [];
const returned: number[] = [];

function releaseAll(round: number): void {
  for (let i = 0; i < bakes; i++) {
    const name = `r${round}n${i}`;
    living.push(release({ service: `${name}-90`, isBad: false }, 0));
    // Some hooks are at work when the primary is killed.
    living.push(
      release({ service: `${name}-3`, isBad: random() < 0.6, hookSeconds: random() < 0.3 ? 10 : 0.3 }, between(0, settledMs + 4_000)),
    );
  }
}

/** What still waits once no fault happens any more and the last notices have had their time. */
async function settle(): Promise<readonly string[]> {
  const url = `postgres://bakewatch@localhost/bakewatch?host=${encodeURIComponent(pair.primary())}`;
  for (const until = performance.now() + maxReturnMs; ; await wait(500)) {
    const rows = await stuckRows(url);
    if (rows.length === 0 || performance.now() > until) return rows;
  }
}

async function measure() {
  for (let round = 0; round < failovers; round++) {
    await pair.addStandby();
    releaseAll(round);
    await wait(settledMs + between(0, 4_000));
    undisturbed.push(await untilAllSeen());
    returned.push(await failOver());
  }
  const ended = await Promise.all(living);
  const waiting = await settle();
  const ready = await Promise.all(replicas.map(({ url }) => fetch(`${url}/health/ready`).then((answer) => answer.text(), String)));
  const topics = new Map<string, Set<string>>();
  for (const { to, id, body } of world.received()) {
    if (to === 'pager') topics.set(id, (topics.get(id) ?? new Set()).add(String(JSON.parse(body).topic)));
  }
  return {
    bench: 'failover',
    ...{ failovers, replicas: replicas.length, via: values.via, lostSeconds: lostMs / 1_000, seed: Number(values.seed) },
    deaths,
    ready,
    everySeconds: 1,
    secondsUntilTheWayIsOpen: summary(opened, 2),
    secondsUntilEveryBakeHasAPass: { undisturbed: summary(undisturbed, 2), afterTheReturn: summary(returned, 2) },
    ...scoreChaos(ended, world),
    stuckRows: waiting,
    /** Ids of notices that came with two meanings. */
    ambiguousIds: [...topics].flatMap(([id, of]) => (of.size > 1 ? [`${id}: ${[...of].join(', ')}`] : [])),
  };
}

try {
  process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`);
} finally {
  await Promise.all(replicas.map((one) => one.end()));
  await way.stop();
  await pair.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
process.exit(0);
