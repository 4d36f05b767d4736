/** A PostgreSQL and a standby that streams from it. When the first is killed, the second becomes the primary, and gets a standby of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clusterUser, prepareCluster } from '../../src/store/cluster.ts';
import { openPool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import type { Endpoint } from '../../src/store/endpoint.ts';
import { clearLeftovers, launch } from '../../src/store/postmaster.ts';
import { type PostgresProcess, run } from '../../src/store/run-postgres.ts';
import { createForwarder, type Forwarder } from './forwarder.ts';

/** Every method that changes something resolves once it is so. */
export type Pair = {
  /** The directory of the socket of the primary. */
  readonly primary: () => string;
  readonly select: (statement: string) => Promise<readonly Record<string, unknown>[]>;
  /** From now on the standby gets nothing. */
  readonly cutOff: () => void;
  /** Kills all processes of the primary. */
  readonly kill: () => void;
  /** Makes the standby the primary. */
  readonly promote: () => Promise<void>;
  /** Makes a standby of the primary, from a copy of its files. */
  readonly addStandby: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** `forwarder`: the way on which a standby gets the changes of its primary. */
type Node = { readonly directory: string; readonly socketDir: string; readonly server: PostgresProcess; readonly forwarder: Forwarder };

const versions = '/usr/lib/postgresql';
const surroundings = { path: process.env.PATH ?? '' };
const settings = { max_connections: '200', shared_buffers: '32MB', jit: 'off' };

/** Where Debian keeps the programs of its newest PostgreSQL: the embedded one has no `pg_basebackup`. `null`: it is not installed. */
function findPrograms(): string | null {
  const found = existsSync(versions) ? readdirSync(versions).toSorted((a, b) => Number(b) - Number(a)) : [];
  return found.map((version) => join(versions, version, 'bin')).find((bin) => existsSync(join(bin, 'pg_basebackup'))) ?? null;
}

/** Starts a primary with the database `bakewatch`. `isSynchronous`: a commit waits for the standby, wherever there is one. */
export async function startPair(folder: string, { isSynchronous }: { readonly isSynchronous: boolean }): Promise<Pair> {
  const bin = findPrograms();
  if (bin === null) throw new Error('this needs PostgreSQL with pg_basebackup (Debian: postgresql)');
  const program = join(bin, 'postgres');
  let count = 0;
  let primary = await startPrimary();
  let standby: Node | null = null;
  await select('create database bakewatch', 'postgres');

  async function startPrimary(): Promise<Node> {
    const socketDir = join(folder, 'node-0');
    mkdirSync(socketDir);
    const major = Number(bin?.split('/').at(-2));
    const directory = await prepareCluster(socketDir, { postgres: program, initdb: join(bin ?? '', 'initdb'), major }, surroundings);
    const server = await launch({ program, directory, socketDir, settings }, surroundings);
    return { directory, socketDir, server, forwarder: await createForwarder(() => null) };
  }

  async function select(statement: string, database = 'bakewatch', of = primary): Promise<readonly Record<string, unknown>[]> {
    const own = { user: clusterUser, password: '', tls: false, poolMode: 'direct' } as const;
    const endpoint: Endpoint = { ...own, host: of.socketDir, port: 5432, database };
    const pool = openPool(endpoint, { max: 1 });
    try {
      return (await pool.db.execute(sql.raw(statement))).rows;
    } finally {
      await pool.close();
    }
  }

  async function waitFor(statement: string, of: Node): Promise<void> {
    for (const until = performance.now() + 60_000; performance.now() < until; await wait(50)) {
      const rows = await select(statement, 'bakewatch', of).catch(() => []);
      if (rows.length > 0) return;
      if (of.server.child.exitCode !== null) break;
    }
    throw new Error(`PostgreSQL does not come to: ${statement}\n${of.server.output()}`);
  }

  return {
    primary: () => primary.socketDir,
    select,
    cutOff: () => standby?.forwarder.swallow(),
    kill() {
      killTree(primary.server.child.pid);
    },
    async promote() {
      if (standby === null) throw new Error('there is no standby');
      // It must not wait for a standby that it does not have yet.
      await select('alter system reset synchronous_standby_names', 'bakewatch', standby);
      await select('select pg_reload_conf(), pg_promote(true, 60)', 'bakewatch', standby);
      await primary.server.ended;
      await primary.forwarder.close();
      rmSync(primary.socketDir, { recursive: true, force: true });
      primary = standby;
      standby = null;
    },
    async addStandby() {
      count += 1;
      const socketDir = join(folder, `node-${count}`);
      const directory = join(socketDir, 'postgres');
      mkdirSync(socketDir);
      const source = primary.socketDir;
      const forwarder = await createForwarder(() => join(source, '.s.PGSQL.5432'));
      const from = `host=127.0.0.1 port=${forwarder.port} user=${clusterUser}`;
      const copy = run(join(bin, 'pg_basebackup'), ['-D', directory, '-d', from, '-R', '-X', 'stream', '--checkpoint=fast'], {
        ...{ dies: true, ...surroundings },
      });
      const outcome = await copy.ended;
      if (outcome !== 'exit code 0') throw new Error(`no copy of the primary: ${copy.output()}`);
      await clearLeftovers(directory);
      const named = Object.entries({ ...settings, listen_addresses: '', unix_socket_directories: socketDir });
      const server = run(program, ['-D', directory, ...named.flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
        ...{ dies: true, ...surroundings },
      });
      standby = { directory, socketDir, server, forwarder };
      await waitFor('select 1', standby);
      await waitFor("select 1 from pg_stat_replication where state = 'streaming'", primary);
      if (!isSynchronous) return;
      await select("alter system set synchronous_standby_names = '*'");
      await select('select pg_reload_conf()');
      await waitFor("select 1 from pg_stat_replication where sync_state = 'sync'", primary);
    },
    async stop() {
      for (const node of [standby, primary]) {
        if (node === null) continue;
        killTree(node.server.child.pid);
        await node.server.ended;
        await node.forwarder.close();
      }
    },
  };
}

/** All at once, as when a machine loses its power: a process that is left over could still commit something. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  for (const one of [pid, ...children.map(Number)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}
