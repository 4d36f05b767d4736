import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { run } from '../../src/store/run-postgres.ts';
import { freePort } from './free-port.ts';

/** A real PgBouncer on a free loopback port. `url` leads through it to the database `bakewatch`. */
export type PgBouncer = {
  readonly url: string;
  /** Leads to another PostgreSQL from now on: a new config, and RELOAD. */
  pointTo(socketDir: string): void;
  stop(): Promise<void>;
};

const binary = '/usr/sbin/pgbouncer';

/** Whether tests with a real PgBouncer can run here. */
export function hasPgBouncer(): boolean {
  return existsSync(binary);
}

/** Starts PgBouncer with its default settings and the given ones, in front of the PostgreSQL on a Unix socket. */
export async function startPgBouncer(socketDir: string, settings: Readonly<Record<string, string>>): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const port = await freePort();
  const own = { listen_addr: '127.0.0.1', listen_port: String(port), unix_socket_dir: '', auth_type: 'any', ...settings };
  const lines = Object.entries(own).map(([name, value]) => `${name} = ${value}`);
  const configure = (host: string) =>
    writeFileSync(file, ['[databases]', `* = host=${host} port=5432 user=bakewatch`, '[pgbouncer]', ...lines, ''].join('\n'));
  configure(socketDir);
  // As PostgreSQL, it refuses to run as root.
  const server = run(binary, [file], { dies: true, path: process.env.PATH ?? '' });
  const isUp = () => server.output().includes('process up');
  for (let waited = 0; waited < 30_000 && !isUp() && server.child.exitCode === null; waited += 20) await setTimeout(20);
  const stop = async () => {
    server.child.kill('SIGTERM');
    await server.ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!isUp()) {
    await stop();
    throw new Error(`PgBouncer did not start: ${server.output()}`);
  }
  const pointTo = (host: string) => {
    configure(host);
    server.child.kill('SIGHUP');
  };
  return { url: `postgres://anyone@127.0.0.1:${port}/bakewatch`, pointTo, stop };
}
