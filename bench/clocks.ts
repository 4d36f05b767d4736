// Three replicas whose clocks disagree and jump, one PostgreSQL, a metrics server and a platform of known truth: how many verdicts are right?
//   node bench/clocks.ts [--provider=SECONDS] [folder of another checkout]
// --provider: how far the clock of the metrics server is ahead of the database's (negative: behind).
// Needs libfaketime (Debian: `libfaketime`; LIBFAKETIME names another path of the library). Takes about three minutes. Prints JSON.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { log } from './world.ts';

const { values, positionals } = parseArgs({ options: { provider: { type: 'string', default: '0' } }, allowPositionals: true });
const root = resolve(positionals[0] ?? join(import.meta.dirname, '..'));
const serverNow = () => Date.now() + Number(values.provider) * 1_000;
const library = process.env.LIBFAKETIME ?? '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const folder = mkdtempSync(join(tmpdir(), 'bakewatch-clocks-'));

/** How far each replica is off at its start, and from the middle of the bakes on, in seconds. */
const replicas = [
  { name: 'right', start: 0, later: 0 },
  { name: 'ahead', start: 20, later: 3_600 },
  { name: 'behind', start: -40, later: -3_640 },
];
const services = Array.from({ length: 80 }, (_, i) => ({ name: `service-${i}`, isBad: i % 8 < 5 }));
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

type Shop = { version: string; orders: number; readonly switches: { readonly at: number; readonly version: string }[] };
const shops = new Map<string, Shop>(services.map(({ name }) => [name, { version: 'v1', orders: 0, switches: [{ at: 0, version: 'v1' }] }]));
const isBad = new Map(services.map((one) => [one.name, one.isBad]));

function deploy(name: string, version: string): void {
  const shop = shops.get(name);
  if (shop === undefined) return;
  shop.version = version;
  shop.switches.push({ at: serverNow(), version });
}

/** What Prometheus answers to a range query: nothing about the future for counted events, the last value for a gauge. */
function valuesOf(query: string, { start, end, step }: { readonly start: number; readonly end: number; readonly step: number }) {
  const [, what = '', name = ''] = /^(\w+)\{service="([^"]+)"\}$/.exec(query) ?? [];
  const now = serverNow() / 1_000;
  const samples: [number, string][] = [];
  for (let at = start; at <= end + 1e-6; at += step) {
    if (at > now && what !== 'queue') continue;
    const seen = Math.min(at, now) * 1_000;
    // A second after the switch the new release has all of the traffic.
    const version = shops.get(name)?.switches.findLast((one) => one.at < seen - 1_000)?.version ?? 'v1';
    const isIll = version === 'v2' && isBad.get(name) === true;
    samples.push([at, what === 'total' ? '100' : what === 'bad' ? (isIll ? '40' : '1') : isIll ? '900' : '10']);
  }
  return samples;
}

const world = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', 'http://world');
    response.setHeader('content-type', 'application/json');
    response.setHeader('date', new Date(serverNow()).toUTCString());
    if (url.pathname === '/current')
      return response.end(JSON.stringify({ current: shops.get(url.searchParams.get('service') ?? '')?.version }));
    if (url.pathname === '/roll-back') {
      const { service, target } = JSON.parse(body);
      const shop = shops.get(service);
      if (shop !== undefined) shop.orders += 1;
      deploy(service, target.version);
      return response.end('{}');
    }
    const params = new URLSearchParams(body);
    const number = (name: string) => Number(params.get(name));
    const result = url.pathname.endsWith('/query_range')
      ? [{ metric: {}, values: valuesOf(params.get('query') ?? '', { start: number('start'), end: number('end'), step: number('step') }) }]
      : [];
    return response.end(
      JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: result.filter((one) => one.values.length > 0) } }),
    );
  });
});
await new Promise<void>((done) => world.listen(0, '127.0.0.1', done));
const worldUrl = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;

function rulesOf(service: string): string {
  return `rules: 1
service: ${service}
environment: production
bake: { for: 60s, every: 5s, warmup: 5s, extend: 60s }
checks:
  errors: { provider: prom, ratio: { bad: { query: 'bad{service="${service}"}' }, total: { query: 'total{service="${service}"}' } }, fail_when: { above: 5% } }
  queue: { provider: prom, value: { query: 'queue{service="${service}"}' }, fail_when: { above: 100 } }
on_failure: rollback
rollback: { hook: platform, verify: 40s }
`;
}

mkdirSync(join(folder, 'rules'));
for (const { name } of services) writeFileSync(join(folder, 'rules', `${name}.yaml`), rulesOf(name));

type Replica = { readonly url: string; readonly child: ChildProcess; jump(): void };

async function start({ name, start: offset, later }: (typeof replicas)[number], databaseUrl: string): Promise<Replica> {
  const port = await freePort();
  const file = join(folder, `${name}.time`);
  writeFileSync(file, `${signed(offset)}s`);
  writeFileSync(
    join(folder, `${name}.yaml`),
    `config: 1
server: { listen: '127.0.0.1:${port}' }
rules: [rules/*.yaml]
database: { url: '${databaseUrl}' }
providers: { prom: { type: prometheus, url: '${worldUrl}', settle: 1s, limits: { concurrency: 32 } } }
hooks: { platform: { type: webhook, url: '${worldUrl}/roll-back', secret: a-secret-of-the-benchmark, current_url: '${worldUrl}/current?service={service}' } }
policy: { rollback_budget: { rollbacks: 100, within: 1h, cooldown: 0s }, shared_cause: false }
`,
  );
  const faked = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'serve', '--config', `${name}.yaml`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...faked },
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    if (child.exitCode !== null || tries > 300) throw new Error(`${name} did not start: ${said}`);
    await wait(200);
  }
  return { url, child, jump: () => writeFileSync(file, `${signed(later)}s`) };
}

function signed(seconds: number): string {
  return seconds < 0 ? String(seconds) : `+${seconds}`;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

/** How many verdicts were wrong, by what was expected and what came. */
function countEnds(wrong: readonly { readonly expected: string; readonly state: string }[]): Readonly<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (const { expected, state } of wrong) ends[`${expected} → ${state}`] = (ends[`${expected} → ${state}`] ?? 0) + 1;
  return ends;
}

type Detail = { readonly state: string; readonly reasons?: readonly string[] };

async function post(url: string, body: unknown): Promise<{ readonly id: string }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as { id: string };
}

const postgres = await startEmbeddedPostgres({ dataDir: folder, log, path: process.env.PATH ?? '', settings: { max_connections: '200' } });
const running: Replica[] = [];
try {
  for (const one of replicas) running.push(await start(one, postgres.url));
  const any = (i: number) => running[i % running.length]?.url ?? '';
  for (const [i, { name }] of services.entries())
    await post(`${any(i)}/v1/adopt`, { service: name, environment: 'production', version: 'v1' });
  const ids: string[] = [];
  for (const [i, { name }] of services.entries()) {
    const { id } = await post(`${any(i + 1)}/v1/deploys`, { service: name, environment: 'production', version: 'v2' });
    deploy(name, 'v2');
    ids.push(id);
  }
  await wait(8_000);
  for (const one of running) one.jump();
  const until = performance.now() + 240_000;
  const details: Detail[] = [];
  const final = ['passed', 'rolled_back', 'failed', 'inconclusive'];
  for (const id of ids) {
    for (;;) {
      const detail = (await (await fetch(`${any(0)}/v1/deploys/${id}`)).json()) as Detail;
      if (final.includes(detail.state) || performance.now() > until) {
        details.push(detail);
        break;
      }
      await wait(250);
    }
  }
  const wrong = details.flatMap(({ state, reasons }, i) => {
    const expected = services[i]?.isBad ? 'rolled_back' : 'passed';
    return state === expected ? [] : [{ service: services[i]?.name, expected, state, reason: reasons?.[0] }];
  });
  const ready = await Promise.all(running.map(async ({ url }) => await (await fetch(`${url}/health/ready`)).json()));
  const orders = [...shops.values()].map((shop) => shop.orders);
  const counts = { verdicts: details.length, right: details.length - wrong.length, rollbacks: orders.filter((n) => n > 0).length };
  process.stdout.write(
    `${JSON.stringify({ root, provider: Number(values.provider), ...counts, doubled: orders.filter((n) => n > 1).length, byEnd: countEnds(wrong), wrong: wrong.slice(0, 5), ready }, null, 2)}\n`,
  );
} finally {
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(running.map(({ child }) => new Promise((done) => (child.exitCode !== null ? done(null) : child.once('exit', done)))));
  world.close();
  world.closeAllConnections();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
