import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import type { Target } from './prometheus.ts';

/** A real VictoriaMetrics on a free loopback port that scrapes its targets every second, and vmauth before it. */
export type VictoriaMetrics = {
  /** The address of vmauth. */
  readonly url: string;
  setTargets(targets: readonly Target[]): void;
  /** From now on, vmauth takes only this token. */
  setToken(token: string): Promise<void>;
  stop(): Promise<void>;
};

/** Whether tests with a real VictoriaMetrics can run here. With `CI=true` a missing one is a failure on the system that has a package of it. */
export function hasVictoriaMetrics(): boolean {
  const missing = ['victoria-metrics', 'vmauth'].filter((program) => spawnSync(program, ['-version']).error !== undefined);
  if (missing.length === 0) return true;
  if (process.env.CI === 'true') throw new Error(`${missing.join(' and ')} are missing: apt-get install victoria-metrics`);
  return false;
}

/** Starts both, and waits until they answer. The first token is `first-token`. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-victoria-'));
  const file = (name: string) => join(folder, name);
  const write = (name: string, text: string): void => {
    writeFileSync(file('new'), text);
    renameSync(file('new'), file(name));
  };
  const setTargets = (targets: readonly Target[]): void =>
    write('targets.json', JSON.stringify(targets.map(({ address, labels = {} }) => ({ targets: [address], labels }))));
  const [port, authPort] = [await freePort(), await freePort()];
  const writeToken = (token: string): void =>
    write('auth.yml', JSON.stringify({ users: [{ bearer_token: token, url_prefix: `http://127.0.0.1:${port}` }] }));
  setTargets([]);
  writeToken('first-token');
  write(
    'scrape.yml',
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '900ms' },
      scrape_configs: [{ job_name: 'shop', file_sd_configs: [{ files: [file('targets.json')] }] }],
    }),
  );
  const programs = [
    start('victoria-metrics', [
      `-storageDataPath=${file('data')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      `-promscrape.config=${file('scrape.yml')}`,
      '-promscrape.fileSDCheckInterval=1s',
    ]),
    start('vmauth', [`-auth.config=${file('auth.yml')}`, `-httpListenAddr=127.0.0.1:${authPort}`]),
  ] as const;
  const url = `http://127.0.0.1:${authPort}`;
  const untilTaken = (token: string): Promise<void> =>
    until(
      async () => (await fetch(`${url}/api/v1/query?query=1`, { headers: { authorization: `Bearer ${token}` } })).ok,
      () => programs.forEach(({ check }) => void check()),
    );
  await untilTaken('first-token');
  return {
    url,
    setTargets,
    setToken: async (token) => {
      writeToken(token);
      programs[1].child.kill('SIGHUP');
      await untilTaken(token);
    },
    stop: async () => {
      await Promise.all(programs.map(({ stop }) => stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type StartedProgram = { readonly child: ChildProcess; check(): void; stop(): Promise<void> };

function start(program: string, args: readonly string[]): StartedProgram {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-10_000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    check: () => {
      if (child.exitCode !== null) throw new Error(`${program} ended: ${log}`);
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

async function until(isDone: () => Promise<boolean>, check: () => void): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (performance.now() < giveUpAt) {
    check();
    if (await isDone().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('VictoriaMetrics or vmauth did not become ready');
}
