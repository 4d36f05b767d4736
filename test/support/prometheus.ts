import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** What is scraped, and the labels that its target gets beside `job="shop"`. */
export type Target = { readonly address: string; readonly labels?: Readonly<Record<string, string>> };

/** A real Prometheus on a free loopback port that scrapes its targets every second. */
export type Prometheus = {
  readonly url: string;
  /** Replaces what is scraped; Prometheus takes up to five seconds to notice. */
  setTargets(targets: readonly Target[]): void;
  /** Stops the process where it is (SIGSTOP), and lets it go on. */
  pause(): void;
  resume(): void;
  /** Ends it without a warning (SIGKILL). */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** The user that `startPrometheus({ auth: true })` lets in, and nobody else. */
export const account = { user: 'watcher', password: 'let-me-in' };
const passwordHash = '$2y$05$abcdefghijklmnopqrstuu3Jd./u/rH1RxB6auX5v7gLP6uWhKCgG';

/** Whether tests with a real Prometheus can run here. With `CI=true` a missing one is a failure. */
export function hasPrometheus(): boolean {
  if (spawnSync('prometheus', ['--version']).status === 0) return true;
  if (process.env.CI === 'true') throw new Error('prometheus is missing: apt-get install prometheus');
  return false;
}

/**
 * `past`: OpenMetrics text with timestamps that is there already. `blocks`: the same, as a folder of `writeBlocks`. `receives`: it takes remote writes.
 * `maxSamples`: it refuses a query that loads more. `rules`: groups of rules, evaluated every second. `alertmanager`: where its alerts are sent.
 */
export type PrometheusOptions = {
  readonly auth?: boolean;
  readonly past?: Iterable<string>;
  readonly blocks?: string;
  readonly receives?: boolean;
  readonly maxSamples?: number;
  readonly rules?: readonly object[];
  readonly alertmanager?: string;
  /** A feature that is off by default, such as `native-histograms`. */
  readonly feature?: string;
};

/** Starts a server with a database of its own and waits until it answers. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-prometheus-'));
  const file = (name: string) => join(folder, name);
  const setTargets = (targets: readonly Target[]): void => {
    const groups = targets.map(({ address, labels = {} }) => ({ targets: [address], labels }));
    writeFileSync(file('targets.tmp'), JSON.stringify(groups));
    renameSync(file('targets.tmp'), file('targets.json'));
  };
  setTargets([]);
  const { rules = [], alertmanager } = options;
  writeFileSync(file('rules.yml'), JSON.stringify({ groups: [{ name: 'test', interval: '1s', rules }] }));
  writeFileSync(file('prometheus.yml'), configOf(file('targets.json'), { rulesFile: file('rules.yml'), alertmanager }));
  if (options.auth) writeFileSync(file('web.yml'), `basic_auth_users: { ${account.user}: "${passwordHash}" }\n`);
  if (options.past) writePast(options.past, { text: file('past.txt'), data: file('data') });
  if (options.blocks) cpSync(options.blocks, file('data'), { recursive: true });
  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      `--config.file=${file('prometheus.yml')}`,
      `--storage.tsdb.path=${file('data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.auth ? [`--web.config.file=${file('web.yml')}`] : []),
      ...(options.maxSamples ? [`--query.max-samples=${options.maxSamples}`] : []),
      ...(options.feature ? [`--enable-feature=${options.feature}`] : []),
      // What is sent before it has found the Alertmanager is lost, and by default repeated after a minute.
      ...(alertmanager === undefined ? [] : ['--rules.alert.resend-delay=1s']),
      ...(options.receives ? ['--web.enable-remote-write-receiver'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-10_000);
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) server.kill(signal);
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, () => {
    if (server.exitCode !== null) throw new Error(`prometheus ended: ${log}`);
  });
  return {
    url,
    setTargets,
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: async () => {
      server.kill('SIGCONT');
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a folder with the data of a past, to be copied by many servers: making it takes longer than a start. */
export function writeBlocks(past: Iterable<string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-blocks-'));
  writePast(past, { text: join(folder, 'past.txt'), data: folder, blockHours: 1_000 });
  return folder;
}

type PastFiles = { readonly text: string; readonly data: string; readonly blockHours?: number };

function writePast(past: Iterable<string>, { text, data, blockHours = 24 }: PastFiles): void {
  writeFileSync(text, '');
  for (const part of past) appendFileSync(text, part);
  const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', `--max-block-duration=${blockHours}h`, text, data], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`promtool could not write the past: ${made.stderr}`);
  rmSync(text);
}

type RuleWiring = { readonly rulesFile: string; readonly alertmanager: string | undefined };

function configOf(targetsFile: string, { rulesFile, alertmanager }: RuleWiring): string {
  const targets = alertmanager === undefined ? [] : [new URL(alertmanager).host];
  return JSON.stringify({
    rule_files: [rulesFile],
    alerting: { alertmanagers: [{ static_configs: [{ targets }] }] },
    global: { scrape_interval: '1s', scrape_timeout: '900ms' },
    scrape_configs: [{ job_name: 'shop', file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }] }],
  });
}

async function untilReady(url: string, check: () => void): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  const headers = { authorization: `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}` };
  while (performance.now() < giveUpAt) {
    check();
    const response = await fetch(`${url}/-/ready`, { headers }).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('prometheus did not become ready');
}
