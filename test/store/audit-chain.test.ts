import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/ports/audit-trail.ts';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';
import { start } from './fixtures.ts';

const anEntry = (i: number): AuditEntry => ({
  at: start + i * 1_000,
  actor: { kind: 'token', name: 'ci' },
  verb: 'freeze',
  place: { service: 'shop', environment: null },
  outcome: 'done',
  detail: `number ${i}`,
  requestId: `r-${i}`,
  address: '192.0.2.7',
});

let database: TestDatabase;
beforeEach(async () => {
  database = await aDatabase();
  for (let i = 1; i <= 6; i += 1) await database.store.recordAudit(anEntry(i));
});
afterEach(() => database.close());

/** Does what only somebody with the rights of the owner of the table can do. */
async function tamper(...statements: readonly string[]): Promise<void> {
  const all = ['alter table bakewatch.audit disable trigger user', ...statements, 'alter table bakewatch.audit enable trigger user'];
  await administer(database.url, all.join('; '));
}

test('an empty trail and an untouched one have no fault', async () => {
  const { store, close } = await aDatabase();
  expect(await store.checkAudit()).toEqual({ rows: 0, first: null, head: null, fault: null });
  await close();
  const { head, ...rest } = await database.store.checkAudit();
  expect(rest).toEqual({ rows: 6, first: 1, fault: null });
  expect(head).toEqual({ seq: 6, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

describe('is found', () => {
  const columns = ['at', 'count'].map((column) => [`${column}`, `${column} + 1`] as const);
  const texts = ['actor_kind', 'actor_name', 'verb', 'service', 'outcome', 'detail', 'request_id', 'address', 'hash', 'previous_hash'];
  const changes = [
    ...columns,
    ...texts.map((column) => [column, `'other'`] as const),
    ['service', 'null'],
    ['environment', `''`],
    ['deploy_id', `''`],
  ];
  test.for(changes)('a change of %s to %s', async ([column, value]) => {
    await tamper(`update bakewatch.audit set ${column} = ${value} where seq = 3`);
    expect((await database.store.checkAudit()).fault?.seq).toBe(3);
  });

  test('a change with a new hash, in the row after it', async () => {
    await tamper(`update bakewatch.audit set detail = 'nothing', hash = encode(sha256('x'), 'hex') where seq = 6`);
    expect((await database.store.checkAudit()).fault?.seq).toBe(6);
  });

  test('a row that was deleted from the middle', async () => {
    await tamper('delete from bakewatch.audit where seq in (3, 4)');
    expect((await database.store.checkAudit()).fault).toEqual({ seq: 5, why: 'the rows 3 to 4 are missing' });
  });

  test('rows that were deleted, with all later ones numbered anew', async () => {
    await tamper('delete from bakewatch.audit where seq = 3', 'update bakewatch.audit set seq = seq - 1 where seq > 3');
    expect((await database.store.checkAudit()).fault?.seq).toBe(3);
  });

  test('the first rows missing without a checkpoint', async () => {
    await tamper('delete from bakewatch.audit where seq < 3');
    expect((await database.store.checkAudit()).fault).toMatchObject({ seq: 3, why: expect.stringContaining('no checkpoint') });
  });

  test('a row that was put in', async () => {
    await tamper(
      'update bakewatch.audit set seq = seq + 100 where seq > 3',
      'insert into bakewatch.audit select 4, at, actor_kind, actor_name, verb, service, environment, deploy_id, outcome, count, detail, request_id, address, previous_hash, hash from bakewatch.audit where seq = 3',
      'update bakewatch.audit set seq = seq - 99 where seq > 100',
    );
    expect((await database.store.checkAudit()).fault?.seq).toBe(4);
  });

  test('the newest rows missing, by who has noted one of them', async () => {
    const [noted] = await database.store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'newest', limit: 1 });
    if (noted === undefined) throw new Error('there is no row');
    expect((await database.store.checkAudit(noted)).fault).toBeNull();
    await tamper('delete from bakewatch.audit where seq > 4');
    expect((await database.store.checkAudit()).fault).toBeNull();
    expect((await database.store.checkAudit(noted)).fault?.seq).toBe(6);
    await database.store.recordAudit(anEntry(5));
    await database.store.recordAudit(anEntry(7));
    expect((await database.store.checkAudit(noted)).fault).toEqual({ seq: 6, why: 'it is not the row that was noted' });
  });
});

describe('the database refuses', () => {
  test.for([
    `update bakewatch.audit set detail = 'other' where seq = 3`,
    'delete from bakewatch.audit where seq = 3',
    'delete from bakewatch.audit',
    'truncate bakewatch.audit',
  ])('%s', async (statement) => {
    const failure = await administer(database.url, statement).catch((error: unknown) => error);
    expect(failure).toMatchObject({ cause: { message: expect.stringMatching(/^rows of bakewatch.audit are /) } });
    expect(await database.store.checkAudit()).toMatchObject({ rows: 6, fault: null });
  });
});

describe('the retention', () => {
  const cut = (i: number, limit = 100) => database.store.cutAudit({ before: start + i * 1_000, at: start + 60_000, limit });

  test('deletes the oldest rows and leaves a checkpoint that proves the rest', async () => {
    expect(await cut(4)).toBe(3);
    expect(await database.store.checkAudit()).toMatchObject({ rows: 4, first: 4, head: { seq: 7 }, fault: null });
    expect(await cut(4)).toBe(0);
    expect(await cut(60)).toBe(3);
    expect(await database.store.checkAudit()).toMatchObject({ rows: 2, first: 7, head: { seq: 8 }, fault: null });
    await database.store.recordAudit(anEntry(61));
    expect(await database.store.checkAudit()).toMatchObject({ rows: 3, fault: null });
  });

  test('deletes in batches', async () => {
    expect(await cut(6, 2)).toBe(2);
    expect(await cut(6, 2)).toBe(2);
    expect(await cut(6, 2)).toBe(1);
    expect(await cut(6, 2)).toBe(0);
    expect(await database.store.checkAudit()).toMatchObject({ first: 6, fault: null });
  });

  test('keeps a row that follows one of a later instant', async () => {
    await database.store.recordAudit(anEntry(2));
    expect(await cut(6)).toBe(5);
    expect(await database.store.checkAudit()).toMatchObject({ first: 6, fault: null });
  });

  test('does not allow to delete more than its checkpoint says', async () => {
    await cut(4);
    await expect(administer(database.url, 'delete from bakewatch.audit where seq <= 4')).rejects.toThrow();
    await tamper('delete from bakewatch.audit where seq = 4');
    expect((await database.store.checkAudit()).fault?.seq).toBe(5);
  });

  test('a checkpoint that was changed proves nothing', async () => {
    await cut(4);
    await tamper(
      `update bakewatch.audit set detail = replace(detail, '"through":3', '"through":4') where seq = 7`,
      'delete from bakewatch.audit where seq = 4',
    );
    expect((await database.store.checkAudit()).fault?.seq).toBe(7);
  });
});
