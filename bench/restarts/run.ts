/**
 * Does a server survive the restarts of its database? Three servers share a PostgreSQL, which is stopped and started again and again while they work:
 * shut down fast, at once, or killed. Prints how many servers ended, and how long after each return every live bake had got a pass.
 *
 *   node bench/restarts/run.ts [--restarts 100] [--bakes 60] [--replicas 3] [--seed 1]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clusterUser, prepareCluster } from '../../src/store/cluster.ts';
import { openPool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import type { Endpoint } from '../../src/store/endpoint.ts';
import { findPostgres } from '../../src/store/postgres-binaries.ts';
import { clearLeftovers, launch } from '../../src/store/postmaster.ts';
import { createRandom } from '../accuracy/random.ts';
import { summary } from '../world.ts';

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '100' },
    bakes: { type: 'string', default: '60' },
    replicas: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const [restarts, bakes, replicas] = [Number(values.restarts), Number(values.bakes), Number(values.replicas)];
const random = createRandom(Number(values.seed)).uniform;
const maxReturnMs = 60_000;

/** Answers every question about a range with a healthy value at each step. */
const metrics = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const params = new URLSearchParams(body || (request.url ?? '').split('?')[1]);
    const [start, end, step] = [Number(params.get('start')), Number(params.get('end')), Number(params.get('step'))];
    const count = step > 0 ? Math.floor((end - start) / step) + 1 : 0;
    const samples = Array.from({ length: count }, (_, i) => [start + i * step, '0.1']);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values: samples }] } }));
  });
});
await once(metrics.listen(0, '127.0.0.1'), 'listening');
// A server that listens on TCP has an AddressInfo, never a pipe's name.
const metricsUrl = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}`;

const dataDir = mkdtempSync(join(tmpdir(), 'bw-r-'));
const surroundings = { path: process.env.PATH ?? '' };
const binaries = findPostgres();
const directory = await prepareCluster(dataDir, binaries, surroundings);
const cluster = { program: binaries.postgres, directory, socketDir: dataDir, settings: { shared_buffers: '32MB', io_method: 'sync' } };
let server = await launch(cluster, surroundings);
const endpoint: Endpoint = {
  host: dataDir,
  port: 5432,
  user: clusterUser,
  password: '',
  database: 'postgres',
  tls: false,
  poolMode: 'direct',
};
const databaseUrl = `postgres://${clusterUser}@localhost/postgres?host=${encodeURIComponent(dataDir)}`;

type Replica = { readonly child: ChildProcess; readonly url: string };
const ends: string[] = [];
let isOver = false;

async function startReplica(): Promise<Replica> {
  const file = fileURLToPath(new URL('replica.ts', import.meta.url));
  const child = spawn(process.execPath, [file, databaseUrl, metricsUrl, String(bakes)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2_000);
  });
  child.once('exit', (code, signal) => {
    if (!isOver) ends.push(`${signal ?? code}: ${said}`);
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')]);
  if (!String(line).startsWith('http')) throw new Error(`a server did not start: ${said}`);
  return { child, url: String(line) };
}

async function register(url: string): Promise<void> {
  for (let i = 0; i < bakes; i++) {
    const deploy = { service: `s${i}`, environment: 'production', version: 'v1', phase: 'finished' };
    const headers = { 'content-type': 'application/json', 'idempotency-key': `restarts-${i}` };
    const answer = await fetch(`${url}/v1/deploys`, { method: 'POST', headers, body: JSON.stringify(deploy) });
    if (answer.status !== 201) throw new Error(`not registered: ${answer.status} ${await answer.text()}`);
  }
}

async function versions(): Promise<ReadonlyMap<string, number>> {
  const pool = openPool(endpoint, { max: 1 });
  try {
    const { rows } = await pool.db.execute<{ id: string; version: number }>(
      sql`select deploy_id as id, version from bakewatch.bakes where next_at is not null`,
    );
    return new Map(rows.map(({ id, version }) => [id, version]));
  } finally {
    await pool.close();
  }
}

const ways = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

async function restart(way: (typeof ways)[number]): Promise<void> {
  server.child.kill(way);
  await server.ended;
  await wait(100 + random() * 1_400);
  await clearLeftovers(directory);
  server = await launch(cluster, surroundings);
}

/** How long it takes until every live bake has got a pass. */
async function untilAllSeen(): Promise<number> {
  const before = await versions();
  const startedAt = performance.now();
  for (;;) {
    await wait(100);
    const now = await versions();
    const ms = performance.now() - startedAt;
    if ([...before].every(([id, version]) => (now.get(id) ?? Number.POSITIVE_INFINITY) > version) || ms > maxReturnMs) return ms / 1_000;
  }
}

const servers = await Promise.all(Array.from({ length: replicas }, startReplica));
await register(servers[0]?.url ?? '');
const undisturbed = [];
for (let i = 0; i < 5; i++) undisturbed.push(await untilAllSeen());
const returned: number[] = [];
for (let i = 0; i < restarts; i++) {
  await wait(random() * 1_000);
  await restart(ways[i % ways.length] ?? 'SIGINT');
  // In between, the next restart comes before everything is well again.
  if (i % 4 === 3) returned.push(await untilAllSeen());
}
await untilAllSeen();
const answers = await Promise.all(servers.map(({ url }) => fetch(`${url}/health/ready`).then(({ status }) => status, String)));
isOver = true;
for (const { child } of servers) child.kill('SIGTERM');
await Promise.all(servers.map(({ child }) => child.exitCode ?? Promise.race([once(child, 'exit'), wait(30_000)])));
server.child.kill('SIGINT');
await server.ended;
rmSync(dataDir, { recursive: true, force: true });
const result = {
  bench: 'restarts',
  ...{ restarts, bakes, replicas },
  deaths: ends.length,
  ends,
  ready: answers,
  everySeconds: 2,
  secondsUntilEveryBakeHasAPass: { undisturbed: summary(undisturbed, 2), afterTheReturn: summary(returned, 2) },
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
