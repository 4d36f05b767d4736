/**
 * How fast are the pages of 500 services, and how soon do 200 people who look see what happens? Starts the server on its embedded PostgreSQL, writes
 * 10,000 finished deploys and 100 live bakes, asks the pages over HTTP, and then moves every bake while viewers in another process follow `/events`. One
 * of the viewers reads nothing. Prints JSON: milliseconds, megabytes and bytes.
 *
 *   node --expose-gc bench/pages.ts [--requests 100] [--rounds 60]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startApp } from '../src/app/app.ts';
import { systemClock } from '../src/app/clock.ts';
import { plugins } from '../src/app/plugins.ts';
import { loadConfig } from '../src/rules/load-config.ts';
import { openPool } from '../src/store/database.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { openStore } from '../src/store/open-store.ts';
import { createLog } from '../src/telemetry/log.ts';
import { fillHistory } from './history/fill.ts';
import { withMeasurements } from './history/template.ts';
import { createMover, type Move, startLiveBakes } from './pages/live-bakes.ts';
import type { ViewerReport } from './pages/viewers.ts';
import { log } from './world.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '100' }, rounds: { type: 'string', default: '60' } } });
const [requests, rounds] = [Number(values.requests), Number(values.rounds)];
const [services, deploys, bakes, viewers] = [500, 10_000, 100, 200];
const now = Date.now();

const dataDir = mkdtempSync(join(tmpdir(), 'bakewatch-pages-'));
const server = await startEmbeddedPostgres({ dataDir, log, path: process.env.PATH ?? '' });
const storage = await openStore({ databaseUrl: server.url, dataDir, log, clock: systemClock });
const pool = openPool(server.endpoint, { max: 1, statementMs: null });
const template = await withMeasurements(storage.store, now - 400 * 86_400_000);
await fillHistory(pool.db, template, { from: 0, to: deploys, total: deploys, now, services });
const live = await startLiveBakes(storage.store, bakes);
const text = `config: 1\nserver: { listen: '127.0.0.1:0' }\nproviders: { prom: { type: prometheus, url: 'http://127.0.0.1:9' } }\n`;
const { config, ruleSets } = loadConfig({ file: 'bakewatch.yaml', env: {}, readFile: () => text, listFiles: () => [], plugins });
const app = await startApp({ config, ruleSets, databaseUrl: server.url, log: createLog('fatal'), environment: {} });

const rounded = (value: number) => Number(value.toFixed(1));
const quantile = (times: readonly number[], q: number) =>
  rounded(times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))] ?? Number.NaN);

async function timePage(path: string) {
  const times: number[] = [];
  let bytes = 0;
  for (let i = -5; i < requests; i++) {
    const startedAt = performance.now();
    const answer = await fetch(`${app.url}${path}`);
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body.slice(0, 300)}`);
    if (i >= 0) times.push(performance.now() - startedAt);
    bytes = body.length;
  }
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), kb: rounded(bytes / 1_000) };
}

/** What the scripts of a page weigh, gzipped. */
async function scriptBytes(): Promise<number> {
  const answer = await fetch(`${app.url}/`);
  if (answer.status !== 200) throw new Error(`the overview answered ${answer.status}`);
  const page = await answer.text();
  const paths = [...page.matchAll(/<script src="([^"]+)"/g)].map(([, path = '']) => path);
  const bodies = await Promise.all(paths.map(async (path) => await (await fetch(`${app.url}${path}`)).arrayBuffer()));
  return bodies.reduce((sum, body) => sum + gzipSync(new Uint8Array(body)).length, 0);
}

function memory() {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMb: rounded(rss / 1e6), heapMb: rounded(heapUsed / 1e6) };
}

/** A viewer that never reads. Resolves with whether the server has dropped it, once it reads at last. */
function openDeafViewer(): () => Promise<boolean> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.pause();
  socket.write(`GET /events HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
  return async () => {
    const closed = once(socket, 'close').then(() => true);
    socket.resume();
    const isDropped = await Promise.race([closed, wait(5_000, false)]);
    socket.destroy();
    return isDropped;
  };
}

// Before the limit of requests a minute is used up.
const scripts = { gzipBytes: await scriptBytes() };
const pages: Record<string, Awaited<ReturnType<typeof timePage>>> = {};
const paths = {
  overview: '/',
  'overview, searched': '/?q=service-4',
  deploys: '/deploys',
  'deploys of a service': '/deploys?service=shop',
  'service, large': '/services/shop',
  'service, small': '/services/service-7',
  'deploy, live': `/deploys/${live[0]}`,
  reference: '/docs',
};
for (const [name, path] of Object.entries(paths)) pages[name] = await timePage(path);

/** All viewers ask for the overview at once, as after an event: until the last one has it. */
async function burst(): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: viewers }, async () => await (await fetch(`${app.url}/`)).text()));
  return rounded(performance.now() - startedAt);
}

const bursts = [await burst(), await burst(), await burst()];
const before = memory();
const child = fork(join(import.meta.dirname, 'pages', 'viewers.ts'), [app.url, String(viewers - 1)], { stdio: 'inherit' });
await once(child, 'message');
const finishDeaf = openDeafViewer();
await wait(1_000);
const watched = memory();
const move = createMover(storage.store);
const moves: Move[] = [];
for (let round = 0; round < rounds; round++) {
  for (const id of live) moves.push(await move(id));
  // Bakes move now and then, and not all the time.
  if (round % 10 === 9) await wait(1_000);
}
await wait(2_000);
const after = memory();
child.send(moves);
const [report]: ViewerReport[] = await once(child, 'message');
const isDeafDropped = await finishDeaf();

const events = { viewers, bakes, moves: moves.length, ...report, isDeafDropped, memory: { before, watched, after } };
process.stdout.write(
  `${JSON.stringify({ bench: 'pages', unit: 'ms', services, deploys, requests, pages, bursts, events, scripts }, null, 2)}\n`,
);
child.kill();
await app.stop();
await pool.close();
await storage.close();
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
process.exit(0);
