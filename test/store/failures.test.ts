import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPool, type Pool, type PoolOptions } from '../../src/store/database.ts';
import { sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { onDatabase } from '../../src/store/failures.ts';
import { whyUnreachable } from '../../src/store/why-unreachable.ts';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
const pools: Pool[] = [];
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
  await database.close();
});

function aPool(options: PoolOptions, change: Readonly<Record<string, string>> = {}): Pool {
  const pool = openPool({ ...parseDatabaseUrl(database.url), ...change }, options);
  pools.push(pool);
  return pool;
}

const failing = (work: Promise<unknown>) => onDatabase('try', async () => await work).catch((error: unknown) => error);
const unavailable = (problem: string) => ({ name: 'AppError', code: 'unavailable', message: `the database ${problem}` });

test('a statement that takes too long is canceled, and the connection goes on', async () => {
  const { db } = aPool({ max: 1, statementMs: 30 });
  expect(await failing(db.execute(sql`select pg_sleep(60)`))).toMatchObject(
    unavailable('is too slow (try): it canceled a statement that took too long'),
  );
  expect((await db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
});

test('where all connections are in use, a query waits for a limited time', async () => {
  const { db, transaction } = aPool({ max: 1, connectMs: 500 });
  // The same limit holds while the only connection is opened: a busy machine may need several attempts.
  await vi.waitFor(async () => await db.execute(sql`select 1`), { timeout: 30_000, interval: 100 });
  await transaction(async () => {
    expect(await failing(db.execute(sql`select 1`))).toMatchObject(unavailable('cannot be reached (try): no connection in time'));
  });
});

test('a connection that is lost within a transaction fails it, and the pool goes on with another', async () => {
  const { db, transaction } = aPool({ max: 1 });
  const lost = transaction(async (tx) => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await administer(database.url, `select pg_terminate_backend(${rows[0]?.pid}, 60000)`);
    // Twice: the first statement fails with what PostgreSQL said, those after it on a closed connection.
    await tx.execute(sql`select 1`).catch(() => {});
    await tx.execute(sql`select 1`);
  });
  expect(await failing(lost)).toMatchObject(unavailable('cannot be reached (try): the connection was lost'));
  for (let i = 0; i < 3; i++) expect((await db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
});

test('a transaction that PostgreSQL has aborted is no commit', async () => {
  const { transaction } = aPool({ max: 1 });
  const work = transaction(async (tx) => void (await tx.execute(sql`select 1/0`).catch(() => {})));
  await expect(work).rejects.toThrow('a transaction could not be committed: PostgreSQL answered ROLLBACK');
});

test('a database that does not exist is named', async () => {
  const { db } = aPool({ max: 1 }, { database: 'nowhere' });
  expect(await failing(db.execute(sql`select 1`))).toMatchObject(unavailable('cannot be reached (try): database "nowhere" does not exist'));
});

test.each([
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'it asks for a client certificate (sslcert, sslkey)'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it does not accept the client certificate (sslcert)'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'it does not accept the client certificate (sslcert)'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['53300', 'what PostgreSQL said'],
  ['57P03', 'what PostgreSQL said'],
  ['42703', null],
])('the code %s means: %s', (code, why) => {
  expect(whyUnreachable(Object.assign(new Error('what PostgreSQL said'), { code }))).toBe(why);
});
