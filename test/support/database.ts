import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Log } from '../../src/core/base/log.ts';
import type { EffectQueue } from '../../src/ports/effect-queue.ts';
import type { Store } from '../../src/ports/store.ts';
import { openPool, type Pool } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { openStore } from '../../src/store/open-store.ts';
import { silentLog, systemClock } from './test-cluster.ts';

export { copyCluster, scratch, silentLog, systemClock } from './test-cluster.ts';

/** A store on a database of its own. `url` opens further pools or a second store, as another replica would. */
export type TestDatabase = {
  readonly store: Store;
  readonly queue: EffectQueue;
  readonly url: string;
  readonly close: () => Promise<void>;
};

/** The pools of `administer` on the shared server, by the address of their database: a connection costs more than most statements. */
const pools = new Map<string, Pool>();

/** Opens a migrated, empty database and a store on it. All test files share one server (`shared-server.ts`). `close` drops the database. */
export async function aDatabase(): Promise<TestDatabase> {
  const server = await sharedServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name} template bakewatch strategy file_copy`);
  const url = server.replace('/bakewatch?', `/${name}?`);
  const opened = await openStore({ databaseUrl: url, isCompact: true, dataDir: '', log: silentLog, clock: systemClock });
  pools.set(url, openPool(parseDatabaseUrl(url), { max: 1 }));
  const close = async () => {
    await opened.close();
    await pools.get(url)?.close();
    pools.delete(url);
    await administer(server, `drop database ${name} with (force)`);
  };
  return { ...opened, url, close };
}

/** Opens a second store on the same database, as another replica would. */
export async function anotherReplica({ url }: { readonly url: string }, log: Log = silentLog): Promise<TestDatabase> {
  return { ...(await openStore({ databaseUrl: url, isCompact: true, dataDir: '', log, clock: systemClock })), url };
}

/** The address of a database without any table, on the same server. */
export async function anEmptyDatabase(): Promise<string> {
  const server = await sharedServer();
  const name = `empty_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name} template template0`);
  return server.replace('/bakewatch?', `/${name}?`);
}

async function sharedServer(): Promise<string> {
  const answer = await text(connect(inject('postgresSocket')));
  if (!answer.startsWith('postgres://')) throw new Error(`the test server did not start: ${answer}`);
  // Not to the template: a connection would keep others from copying it.
  const maintenance = answer.replace('/bakewatch?', '/postgres?');
  if (!pools.has(answer)) pools.set(answer, openPool(parseDatabaseUrl(maintenance), { max: 1 }));
  return answer;
}

/** Runs one statement without a store. */
export async function administer(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const shared = pools.get(url);
  const { db, close } = shared ?? openPool(parseDatabaseUrl(url), { max: 1 });
  try {
    return (await db.execute(sql.raw(statement))).rows;
  } finally {
    if (shared === undefined) await close();
  }
}
