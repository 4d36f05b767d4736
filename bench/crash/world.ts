/** A world of known truth for servers that are killed: services whose new release is good or bad, their metrics, a platform, and two receivers of notices. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * A service that gets one new release. The end of its name says how many seconds the last stage of the bake takes: `s1-10`.
 * `hookSeconds`: how long the hook of its platform takes (default 0.3).
 */
export type Shop = { readonly service: string; readonly isBad: boolean; readonly hookSeconds?: number };

/** How long a last stage may be. Each has a rule file, for all services whose name ends with it: a server reads a few files faster than one for each. */
const lastStageSeconds = [3, 10, 30, 90] as const;
export type LastStageSeconds = (typeof lastStageSeconds)[number];

/** What the platform did to a service: how often its hook began, how often it changed the release, and how often two ran at once. */
export type PlatformRecord = { readonly runs: number; readonly switches: number; readonly overlaps: number };

/** A notice that a receiver got. A chat gets a text, and no id. */
export type ReceivedNotice = { readonly to: 'pager' | 'team'; readonly id: string; readonly body: string };

export type CrashWorld = {
  readonly url: string;
  /** Opens a shop, in which the old release runs. */
  open(shop: Shop): void;
  /** Puts the new release of a service on the platform. */
  install(service: string): void;
  /** From now on the metrics are those of the new release. */
  release(service: string): void;
  /** When that was, in epoch milliseconds. */
  releasedAt(service: string): number;
  running(service: string): string;
  weight(service: string): string;
  platform(service: string): PlatformRecord;
  received(): readonly ReceivedNotice[];
  /** From now on the metrics server answers after this time. */
  slow(ms: number): void;
  close(): Promise<void>;
};

const hookScript = `#!/bin/sh
# Puts a release back, and keeps a record of it. It starts few programs: a hundred servers that are killed call it.
# The lock holds the process id of the run. A run that was killed leaves its lock behind, and that is no overlap.
set -C
if ! (echo $$ > "$1.lock") 2>/dev/null; then
  read -r owner < "$1.lock"
  kill -0 "$owner" 2>/dev/null && echo overlap >> "$1.record"
  echo $$ >| "$1.lock"
fi
echo run >> "$1.record"
echo "putting $2 back"
read -r seconds < "$1.seconds"
sleep "$seconds"
read -r running < "$1.running"
[ "$running" = "$2" ] || echo switch >> "$1.record"
echo "$2" > "$1.new" && mv "$1.new" "$1.running"
rm -f "$1.lock"
`;

/** Shifts the traffic of a service: `split SERVICE SHARE`. */
export const shiftScript = 'sleep 0.1; echo "$2" > "$1.share"; mv "$1.share" "$1.weight"';

/** The port of a server, and how long its hooks may take. */
type CrashServer = { readonly port: number; readonly hookTimeoutSeconds?: number; readonly trafficTimeoutSeconds?: number };

/** Makes a world in a folder, with the rule files of its services and without any shop. */
export async function createCrashWorld(folder: string): Promise<CrashWorld> {
  const file = (name: string) => join(folder, name);
  const received: ReceivedNotice[] = [];
  const bad = new Set<string>();
  const releasedAt = new Map<string, number>();
  let slowMs = 0;
  const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8').trim() : '');

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', async () => {
      const path = request.url ?? '/';
      if (path === '/team') received.push({ to: 'team', id: '', body });
      if (path === '/pager') received.push({ to: 'pager', id: JSON.parse(body).id, body });
      if (path === '/team' || path === '/pager') return void response.end('ok');
      if (slowMs > 0) await new Promise((done) => setTimeout(done, slowMs));
      const params = new URLSearchParams(body || path.split('?')[1]);
      const result = path.includes('/query_range') ? [{ metric: {}, values: valuesOf(params) }] : [];
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: result.filter((one) => one.values.length > 0) } }),
      );
    });
  });

  function valuesOf(params: URLSearchParams): [number, string][] {
    const [, what = '', service = ''] = /^(\w+)\{service="([^"]+)"\}$/.exec(params.get('query') ?? '') ?? [];
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
    if (start === undefined || end === undefined || step === undefined || !(step > 0)) return [];
    const from = (releasedAt.get(service) ?? Number.POSITIVE_INFINITY) / 1_000;
    const isBack = text(`${service}.running`) === 'v1';
    const until =
      isBack && existsSync(file(`${service}.running`)) ? statSync(file(`${service}.running`)).mtimeMs / 1_000 : Number.POSITIVE_INFINITY;
    const values: [number, string][] = [];
    for (let at = start; at <= Math.min(end + 1e-6, Date.now() / 1_000); at += step) {
      const isIll = bad.has(service) && at > from && at < until;
      values.push([at, what === 'total' ? '100' : isIll ? '40' : '1']);
    }
    return values;
  }

  mkdirSync(file('rules'), { recursive: true });
  writeFileSync(file('hook.sh'), hookScript, { mode: 0o755 });
  for (const seconds of lastStageSeconds) writeFileSync(file(`rules/${seconds}.yaml`), crashRules(seconds));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    // A server that listens on TCP has an AddressInfo, never a pipe's name.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open({ service, isBad, hookSeconds = 0.3 }) {
      if (isBad) bad.add(service);
      writeFileSync(file(`${service}.seconds`), `${hookSeconds}\n`);
      writeFileSync(file(`${service}.running`), 'v1\n');
      writeFileSync(file(`${service}.weight`), '0\n');
    },
    install(service) {
      writeFileSync(file(`${service}.running`), 'v2\n');
    },
    release(service) {
      releasedAt.set(service, Date.now());
    },
    releasedAt: (service) => releasedAt.get(service) ?? Number.POSITIVE_INFINITY,
    running: (service) => text(`${service}.running`),
    weight: (service) => text(`${service}.weight`),
    platform(service) {
      const lines = text(`${service}.record`).split('\n');
      const count = (what: string) => lines.filter((line) => line === what).length;
      return { runs: count('run'), switches: count('switch'), overlaps: count('overlap') };
    },
    received: () => received,
    slow: (ms) => {
      slowMs = ms;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The config of a server in the folder of the world. An attempt that ended without a trace is waited for until the timeout of its hook, and 30 s more. */
export function crashConfig(
  folder: string,
  world: string,
  { port, hookTimeoutSeconds = 90, trafficTimeoutSeconds = 20 }: CrashServer,
): string {
  // The shell reads by itself: `cat` would be one more program for every question.
  const show = (what: string) => `[sh, -c, 'read -r it < "$1.${what}"; echo "$it"', look, '{service}']`;
  return `config: 1
server: { listen: '127.0.0.1:${port}' }
rules: [rules/*.yaml]
drain: 5s
providers: { prom: { type: prometheus, url: '${world}', settle: 0s, timeout: 10s, limits: { concurrency: 32 } } }
hooks: { platform: { type: command, cwd: '${folder}', rollback: [./hook.sh, '{service}', '{version}'], current: ${show('running')}, timeout: ${hookTimeoutSeconds}s } }
traffic: { splitter: { type: command, cwd: '${folder}', shift: [sh, -c, '${shiftScript}', split, '{service}', '{weight}'], weight: ${show('weight')}, timeout: ${trafficTimeoutSeconds}s } }
notifiers:
  pager: { type: webhook, url: '${world}/pager', secret: a-secret-of-the-benchmark }
  team: { type: slack, url: '${world}/team', digest: { above: 1, within: 5s } }
policy: { rollback_budget: { rollbacks: 1000, within: 1h, cooldown: 0s }, shared_cause: false }
`;
}

function crashRules(seconds: LastStageSeconds): string {
  return `rules: 1
match: { service: '.*-${seconds}' }
environment: production
bake: { stages: [50% 3s, 100% ${seconds}s], every: 1s, warmup: 0s, extend: 10m }
traffic: { hook: splitter }
checks:
  errors:
    provider: prom
    ratio: { bad: { query: 'bad{service="$service"}' }, total: { query: 'total{service="$service"}' } }
    fail_when: [{ above: 10% }]
on_failure: rollback
rollback: { hook: platform, verify: 2m }
notify: [pager, team]
`;
}
