/**
 * How long is a site bad for everybody until it is put back? Starts a real server, switches sites over HTTP to a release that answers 500 to everybody,
 * that hangs, or that never starts, with the steps and the rule files of the examples, and prints the seconds from the restart to the first good answer.
 * A good release that needs ten seconds to start must not be rolled back. The runs begin at different places of a tick.
 *
 *   node bench/outage.ts [--runs 4] [--rules probe-only,django-vm,fastapi-vm]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type OutageRules, rulesFor } from './outage/rules.ts';
import { createSites, type Sites, type SiteTrouble } from './outage/site.ts';
import { summary } from './world.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '4' }, rules: { type: 'string', default: 'probe-only,django-vm,fastapi-vm' } },
});
const runs = Number(values.runs);
const sets = values.rules.split(',');
const bad: readonly SiteTrouble[] = ['answers 500', 'hangs', 'never starts'];
const main = join(import.meta.dirname, '..', 'src', 'main.ts');
/** A site that is not back by then is counted with this time. */
const giveUpMs = 180_000;
/** How long a slow release is watched: longer than any verdict on it would take. */
const slowMs = 45_000;

type Run = { readonly set: string; readonly trouble: SiteTrouble; readonly service: string; readonly rules: OutageRules };
type Outage = { readonly set: string; readonly trouble: SiteTrouble; readonly seconds: number; readonly state: string };

async function measure(folder: string): Promise<readonly Outage[]> {
  const sites = await createSites();
  const port = await freePort();
  const list = sets.flatMap((set) =>
    [...bad, 'starts slowly' as const].flatMap((trouble) =>
      Array.from({ length: runs }, (_, i) => prepare(sites, { folder, set, trouble, service: `${set}-${trouble.replace(' ', '-')}-${i}` })),
    ),
  );
  writeFileSync(join(folder, 'bakewatch.yaml'), configOf({ sites, folder, port }, list));
  const server = spawn(process.execPath, [main, 'serve', '--config', join(folder, 'bakewatch.yaml')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const call = caller(`http://127.0.0.1:${port}`, server);
    await ready(call);
    // One trouble after the other: programs that start at once on a small machine would slow each other down.
    const outages: Outage[] = [];
    for (const trouble of [...bad, 'starts slowly'])
      outages.push(
        ...(await Promise.all(list.filter((run) => run.trouble === trouble).map((run, i) => play({ sites, call, folder }, run, i)))),
      );
    return outages;
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

function prepare(sites: Sites, { folder, set, trouble, service }: Omit<Run, 'rules'> & { readonly folder: string }): Run {
  sites.add(service, trouble);
  const rules = rulesFor(set, { service, url: sites.url(service) });
  mkdirSync(join(folder, service));
  for (const [name, text] of Object.entries(rules.files)) writeFileSync(join(folder, service, name), text);
  return { set, trouble, service, rules };
}

type Machine = { readonly sites: Sites; readonly folder: string; readonly port: number };

function configOf({ sites, folder, port }: Machine, list: readonly Run[]): string {
  const script = '(method, url) => fetch(url, { method }).then((r) => r.text()).then(console.log)';
  const argv = (method: string, path: string) => [process.execPath, '--eval', `(${script})("${method}", process.argv[1])`, sites.url(path)];
  const hook = {
    type: 'command',
    rollback: argv('POST', '{service}/switch/{version}'),
    current: argv('GET', '{service}/current'),
    timeout: '20s',
  };
  return JSON.stringify({
    config: 1,
    server: { listen: `127.0.0.1:${port}` },
    data_dir: join(folder, 'data'),
    providers: { probe: { type: 'probe', commands: true } },
    hooks: Object.fromEntries(list.map(({ rules }) => [rules.hook, hook])),
    notifiers: { team: { type: 'webhook', url: sites.url('team'), secret: 'a secret of this bench' } },
    rules: list.map(({ service, rules }) => `${service}/${rules.main}`),
    // All sites turn bad at once here.
    policy: { shared_cause: false },
  });
}

type Call = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<{ readonly id: string; readonly state: string }>;

/** Calls the server. Throws where it has ended, or does not answer 2xx. */
function caller(url: string, server: ChildProcess): Call {
  return async (method, path, body) => {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    const options = { method, headers: { 'content-type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    // The parts that are used here.
    return (await response.json()) as { id: string; state: string };
  };
}

async function ready(call: Call): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await call('GET', '/health/ready').catch(() => null);
    if (answer !== null) return;
    await wait(200);
  }
  throw new Error('the server does not become ready');
}

type Stage = { readonly sites: Sites; readonly call: Call; readonly folder: string };

/** The steps of a pipeline, from "registered as started" to the end of the outage. */
async function play({ sites, call, folder }: Stage, { set, trouble, service, rules }: Run, i: number): Promise<Outage> {
  const place = { service, environment: 'production' };
  await call('POST', '/v1/adopt', { ...place, version: 'good' });
  await wait(i * 1_300);
  const { id } = await call('POST', '/v1/deploys', { ...place, version: 'bad', phase: 'started' });
  const startedAt = performance.now();
  const isGood = trouble === 'starts slowly' ? wait(slowMs) : goodAgain(sites.url(service), 'good');
  await sites.switchTo(service, 'bad');
  if (rules.gate !== null) await runGate(join(folder, service, rules.gate.file), rules.gate.wait);
  await call('POST', `/v1/deploys/${id}/finished`);
  await isGood;
  const seconds = (performance.now() - startedAt) / 1000;
  const { state } = await call('GET', `/v1/deploys/${id}`);
  return { set, trouble, seconds, state };
}

/** Resolves when the site answers well, with the release that is good. */
async function goodAgain(url: string, version: string): Promise<void> {
  const until = performance.now() + giveUpMs;
  while (performance.now() < until) {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(500) }).catch(() => null);
    if (response?.ok && (await response.text()).includes(`"release":"${version}"`)) return;
    await wait(50);
  }
}

async function runGate(file: string, waitFor: string): Promise<void> {
  const gate = spawn(process.execPath, [main, 'gate', file, '--wait', waitFor], { stdio: 'ignore' });
  await once(gate, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function resultOf(all: readonly Outage[], set: string): Record<string, unknown> {
  const of = (trouble: SiteTrouble) => all.filter((one) => one.set === set && one.trouble === trouble);
  const seconds = bad.map((trouble) => [
    trouble,
    summary(
      of(trouble).map((one) => one.seconds),
      1,
    ),
  ]);
  const slow = of('starts slowly');
  return {
    ...Object.fromEntries(seconds),
    'starts slowly': { n: slow.length, baking: slow.filter(({ state }) => state === 'baking').length },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'bakewatch-outage-'));
try {
  const all = await measure(folder);
  const results = Object.fromEntries(sets.map((set) => [set, resultOf(all, set)]));
  // A busy machine needs seconds to start the command line: the figures hold where the load is below the number of cores.
  const machine = { cores: availableParallelism(), load: Math.round(loadavg()[1] ?? 0) };
  process.stdout.write(`${JSON.stringify({ bench: 'outage', unit: 's', machine, ...results }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
