import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** An alert as Alertmanager shows or forwards it. */
export type ShownAlert = { readonly labels: Readonly<Record<string, string>>; readonly startsAt: string; readonly endsAt: string };

/** A real Alertmanager on a free loopback port. */
export type Alertmanager = {
  readonly url: string;
  /** The firing alerts. */
  firing(): Promise<readonly ShownAlert[]>;
  stop(): Promise<void>;
};

/** The name of the program in Debian. */
const program = ['prometheus-alertmanager', 'alertmanager'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Whether tests with a real Alertmanager can run here. With `CI=true` a missing one is a failure. */
export function hasAlertmanager(): boolean {
  if (program === undefined && process.env.CI === 'true')
    throw new Error('alertmanager is missing: apt-get install prometheus-alertmanager');
  return program !== undefined;
}

/** Starts an Alertmanager that forwards every alert to `receiver`, and waits until it answers. */
export async function startAlertmanager(receiver: string): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-alertmanager-'));
  const route = { receiver: 'test', group_by: ['alertname'], group_wait: '100ms', group_interval: '200ms' };
  const config = { route, receivers: [{ name: 'test', webhook_configs: [{ url: receiver, send_resolved: true }] }] };
  writeFileSync(join(folder, 'am.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    program ?? 'alertmanager',
    [
      `--config.file=${join(folder, 'am.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      // Empty, because otherwise it would listen for cluster members on all addresses.
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-10_000);
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = `http://${address}`;
  const giveUpAt = performance.now() + 30_000;
  while (!(await fetch(`${url}/-/ready`).catch(() => null))?.ok) {
    if (server.exitCode !== null || performance.now() > giveUpAt) throw new Error(`alertmanager did not become ready: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    firing: async () => (await (await fetch(`${url}/api/v2/alerts?active=true`)).json()) as readonly ShownAlert[],
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
