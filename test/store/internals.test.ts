import { expect, test } from 'vitest';
import { bossJobs } from '../../src/store/boss-jobs.ts';
import { claimDue } from '../../src/store/claim.ts';
import { openPool } from '../../src/store/database.ts';
import { drizzle, eq, getTableColumns, PgDialect, Placeholder, sql } from '../../src/store/drizzle.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { gaveUpQueue } from '../../src/store/queues.ts';
import { deploys } from '../../src/store/schema.ts';
import { build, compile, executorOf, slot } from '../../src/store/statement.ts';
import { sourcesBelow } from '../meta/tree.ts';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';

// What the store uses of pg-boss, drizzle and pg below their documented API. An upgrade that changes it must fail here.

const withDatabase = async (work: (database: TestDatabase) => Promise<void>) => {
  const database = await aDatabase();
  try {
    await work(database);
  } finally {
    await database.close();
  }
};

test('only three files reach below the API of drizzle and pg-boss', () => {
  const own = sourcesBelow('src', 'providers', 'analyzers').filter(({ path }) => path !== 'src/store/drizzle.ts');
  const using = (word: RegExp) => own.filter(({ code }) => word.test(code)).map(({ path }) => path);
  expect(using(/\bPgDialect\b|\bPlaceholder\b|\bParam\b/)).toEqual(['src/store/statement.ts']);
  expect(using(/\bqueueSchema\b/)).toEqual(['src/store/boss-jobs.ts', 'src/store/effect-queue.ts', 'src/store/queues.ts']);
  expect(own.filter(({ text }) => /\b(?:retry_delay|bakewatch_queue)\b/.test(text)).map(({ path }) => path)).toEqual([
    'src/store/boss-jobs.ts',
    'src/store/queues.ts',
  ]);
});

test('pg-boss: the columns of the job table', () =>
  withDatabase(async ({ url }) => {
    const types = await administer(
      url,
      "select column_name, udt_name from information_schema.columns where table_schema = 'bakewatch_queue' and table_name = 'job'",
    );
    const typeOf = new Map(types.map(({ column_name, udt_name }) => [column_name, udt_name]));
    expect(Object.fromEntries(Object.values(getTableColumns(bossJobs)).map(({ name }) => [name, typeOf.get(name)]))).toEqual({
      id: 'uuid',
      name: 'text',
      state: 'job_state',
      data: 'jsonb',
      retry_delay: 'int4',
      retry_backoff: 'bool',
      created_on: 'timestamptz',
      source_created_on: 'timestamptz',
      start_after: 'timestamptz',
    });
  }));

test('pg-boss: the states of a job, in the order of its life', () =>
  withDatabase(async ({ url }) => {
    const states = await administer(
      url,
      "select enumlabel from pg_enum join pg_type on pg_type.oid = enumtypid where typname = 'job_state' order by enumsortorder",
    );
    expect(states.map(({ enumlabel }) => enumlabel)).toEqual(['created', 'retry', 'active', 'completed', 'cancelled', 'failed']);
  }));

test('pg-boss: every queue of effects hands its failed jobs to the gave-up queue', () =>
  withDatabase(async ({ url }) => {
    const queues = await administer(url, `select name from bakewatch_queue.queue where dead_letter = '${gaveUpQueue}' order by name`);
    expect(queues.map(({ name }) => name)).toEqual([
      'announce',
      'digest',
      'look_around',
      'notify',
      'remember_running',
      'roll_back',
      'shift',
    ]);
  }));

test('pg: an error on a connection that nobody listens to any more does not end the process', async () => {
  const { default: ofBoss } = await import('pg');
  const client = new ofBoss.Client();
  expect(client.emit('error', new Error('server conn crashed?'))).toBe(false);
  const heard: unknown[] = [];
  client.on('error', (error) => heard.push(error.message));
  client.emit('error', new Error('again'));
  expect(heard).toEqual(['again']);
});

test('drizzle: the client of a transaction is its connection', () =>
  withDatabase(async ({ url }) => {
    const { transaction, close } = openPool(parseDatabaseUrl(url), { max: 1 });
    await transaction(async (tx) => {
      // Both statements run in the transaction, or the lock would be free again.
      await executorOf(tx).executeSql('select pg_advisory_xact_lock($1)', [7]);
      const { rows } = await executorOf(tx).executeSql(
        "select count(*)::int as held from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
      );
      expect(rows).toEqual([{ held: 1 }]);
    });
    await close();
  }));

test('drizzle: placeholders and constants of a query stay in order', () => {
  const template = new PgDialect().sqlToQuery(sql`select ${slot('a')}, ${1}, ${slot('b')}`);
  expect(template).toMatchObject({ sql: 'select $1, $2, $3', params: [new Placeholder('a'), 1, new Placeholder('b')] });
  const built = build.select({ id: deploys.id }).from(deploys).where(eq(deploys.service, 'x')).limit(sql.placeholder('limit')).toSQL();
  expect(built.params).toEqual(['x', new Placeholder('limit')]);
});

test('drizzle: a builder without a connection builds', () => {
  expect(drizzle.mock().select({ one: sql`1` }).from(deploys).toSQL().sql).toBe('select 1 from "bakewatch"."deploys"');
});

test('drizzle and pg: a compiled statement is prepared, and its rows come by column names', () =>
  withDatabase(async ({ url }) => {
    const { db, close } = openPool(parseDatabaseUrl(url), { max: 1 });
    await claimDue(db, { now: 1, leaseMs: 1, limit: 1, worker: 'w' });
    const rows = await compile(sql`select ${slot('text')}::text as word, 9007199254740993::bigint as big, '{"a": 1}'::jsonb as json`)(db, {
      text: 'a\u0000b',
    });
    expect(rows).toEqual([{ word: 'a�b', big: '9007199254740993', json: { a: 1 } }]);
    const { rows: prepared } = await db.execute<{ statement: string }>(sql`select statement from pg_prepared_statements`);
    const texts = prepared.map(({ statement }) => statement);
    expect(texts).toContainEqual(expect.stringContaining('for update skip locked'));
    expect(texts).toContainEqual(expect.stringContaining('as word'));
    await close();
  }));

test('a statement without a value for a slot says so', () =>
  withDatabase(async ({ url }) => {
    const { db, close } = openPool(parseDatabaseUrl(url), { max: 1 });
    await expect(compile(sql`select ${slot('missing')}`)(db, {})).rejects.toThrow('a statement has no value for missing');
    await close();
  }));
