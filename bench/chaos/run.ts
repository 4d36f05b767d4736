/**
 * Does everything hold together when everything breaks? Three servers share a PostgreSQL behind a PgBouncer in transaction mode. A seed chooses what
 * happens: servers are killed, or stopped for longer than a lease; their clocks jump; PostgreSQL is killed; the metrics server hangs. Some hooks take 40
 * seconds. Every release is known to be good or bad. Prints as JSON what came of the bakes.
 *
 *   node bench/chaos/run.ts [--bakes 100] [--seconds 300] [--seed 1] [--patience 900]
 *
 * --seconds: over which time the releases are registered; faults go on until the last bake has ended, or `--patience` is over.
 * Needs PgBouncer (Debian: `pgbouncer`) and libfaketime (Debian: `libfaketime`; LIBFAKETIME names another path). Without one it says so and goes on.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { freePort } from '../../test/support/free-port.ts';
import { hasPgBouncer, startPgBouncer } from '../../test/support/pgbouncer.ts';
import { createRandom } from '../accuracy/random.ts';
import { digestMs } from '../crash/chain.ts';
import { createClient } from '../crash/client.ts';
import { stuckRows } from '../crash/stuck-rows.ts';
import { createCrashWorld, type Shop } from '../crash/world.ts';
import { nothing } from '../world.ts';
import { activity } from './activity.ts';
import { live } from './live.ts';
import { startReplica } from './replicas.ts';
import { type ChaosBake, scoreChaos } from './score.ts';

const { values } = parseArgs({
  options: {
    bakes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    patience: { type: 'string', default: '900' },
  },
});
const [bakes, seconds, patienceMs] = [Number(values.bakes), Number(values.seconds), Number(values.patience) * 1_000];
const random = createRandom(Number(values.seed)).uniform;
const between = (low: number, high: number) => low + random() * (high - low);
const startedAt = performance.now();
/** PostgreSQL is killed on purpose, so its ends are no news. */
const log = { error: nothing, warn: nothing, info: nothing, debug: nothing };

const library = process.env.LIBFAKETIME ?? '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const missing = [...(existsSync(library) ? [] : ['libfaketime']), ...(hasPgBouncer() ? [] : ['pgbouncer'])];

const shops: readonly Shop[] = Array.from({ length: bakes }, (_, i) => ({
  service: `s${i}-3`,
  isBad: random() < 0.5,
  hookSeconds: random() < 0.1 ? 40 : 0.3,
}));
const folder = mkdtempSync(join(tmpdir(), 'bakewatch-chaos-'));
const world = await createCrashWorld(folder);
shops.forEach(world.open);
const postgres = await startEmbeddedPostgres({ dataDir: folder, log, path: process.env.PATH ?? '', settings: { max_connections: '200' } });
const pooler = hasPgBouncer()
  ? await startPgBouncer(postgres.endpoint.host, { pool_mode: 'transaction', default_pool_size: '40', max_client_conn: '1000' })
  : null;
const deaths: string[] = [];
/** A server does not start without a database: its supervisor tries again. */
const refusedStarts: string[] = [];
const replicas = await Promise.all(
  [0, 1, 2].map(async () =>
    startReplica({
      folder,
      world: world.url,
      port: await freePort(),
      databaseUrl: pooler?.url ?? postgres.url,
      library: existsSync(library) ? library : null,
      onDeath: (how, wasReady) => (wasReady ? deaths : refusedStarts).push(how),
    }),
  ),
);
const client = createClient(
  replicas.map(({ url }) => url),
  patienceMs,
  (what) => void tellSlow(what),
);

await Promise.all(replicas.map((one) => one.ready()));
const faults: Record<string, number> = {};
let isOver = false;

/** One fault at a time of each kind, so that there is always a server that can work. */
const kinds = {
  kill: async () => anyReplica().kill(between(0, 3_000)),
  // A lease is 12 seconds long.
  freeze: async () => anyReplica().freeze(between(13_000, 20_000)),
  skew: async () => anyReplica().skew(Math.round(between(-40, 40)) + (random() < 0.2 ? 3_600 : 0)),
  // It is started again at once, and needs a moment to recover.
  'kill PostgreSQL': async () => void process.kill(postgres.pid(), 'SIGKILL'),
  'hang the metrics server': async () => {
    world.slow(60_000);
    await wait(between(5_000, 15_000));
    world.slow(0);
  },
};
const pausesMs = { kill: 8_000, freeze: 20_000, skew: 10_000, 'kill PostgreSQL': 45_000, 'hang the metrics server': 40_000 } as const;

function anyReplica() {
  const replica = replicas[Math.floor(random() * replicas.length)];
  if (replica === undefined) throw new Error('there is no server');
  return replica;
}

const troubles = Object.entries(kinds).map(async ([name, cause]) => {
  const pauseMs = Object.entries(pausesMs).find(([kind]) => kind === name)?.[1] ?? 10_000;
  for (;;) {
    await wait(between(0.5, 1.5) * pauseMs);
    if (isOver) return;
    faults[name] = (faults[name] ?? 0) + 1;
    await cause().catch((error: unknown) => process.stderr.write(`${name}: ${error}\n`));
  }
});

/** For whoever looks for the reason: what the servers answered, and what PostgreSQL does at that moment. */
async function tellSlow(what: string): Promise<void> {
  const doing = await activity(postgres.url).catch((error: unknown) => [String(error)]);
  process.stderr.write(`${[what, 'PostgreSQL:', ...doing].join('\n')}\n`);
}

/** Releases are registered evenly over the time. */
async function releaseInTurn(shop: Shop, i: number): Promise<ChaosBake> {
  await wait((i / bakes) * seconds * 1_000);
  return await live({ client, world, patienceMs }, shop);
}

/** Once no fault happens any more: every notice is sent, or it never will be. */
async function settle(): Promise<void> {
  let idleSince = performance.now();
  for (const until = performance.now() + Math.min(patienceMs, 300_000); performance.now() < until; await wait(500)) {
    const metrics = await fetch(`${replicas[0]?.url}/metrics`, { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.text(),
      () => '',
    );
    if (!/^bakewatch_outbox_oldest_seconds 0$/m.test(metrics)) idleSince = performance.now();
    if (performance.now() - idleSince > digestMs) return;
  }
}

async function measure() {
  const ended = await Promise.all(shops.map(releaseInTurn));
  isOver = true;
  world.slow(0);
  await Promise.all(troubles);
  await settle();
  const about = {
    bench: 'chaos',
    seed: Number(values.seed),
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    missing,
    faults,
  };
  return { ...about, ...scoreChaos(ended, world), stuckRows: await stuckRows(postgres.url), deaths, refusedStarts: refusedStarts.length };
}

try {
  process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`);
} finally {
  await Promise.all(replicas.map((one) => one.end()));
  await pooler?.stop();
  await postgres.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
process.exit(0);
