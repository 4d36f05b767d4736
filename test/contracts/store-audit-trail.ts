import { expect, test } from 'vitest';
import type { AuditEntry, AuditQuestion } from '../../src/ports/audit-trail.ts';
import { commitOf, register, start, warming } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

const all = { services: [], environments: [] };

/** What `AuditTrail` must do. */
export function auditTrail(both: Both): void {
  const anEntry = (rest: Partial<AuditEntry> = {}): AuditEntry => ({
    at: start,
    actor: { kind: 'token', name: 'ci' },
    verb: 'freeze',
    place: { service: 'shop', environment: null },
    outcome: 'done',
    detail: 'a sale',
    requestId: 'r-1',
    address: '192.0.2.7',
    ...rest,
  });
  const ask = (rest: Partial<AuditQuestion>) => both().rival.auditRows({ scopes: [all], order: 'newest', limit: 100, ...rest });
  const isClean = async () => (await both().rival.checkAudit()).fault;

  test('a row comes back as it was recorded, and follows the row before it', async () => {
    const [first, second] = [fresh(), fresh()];
    await both().store.recordAudit(
      anEntry({ actor: { kind: 'chat', name: first }, place: null, requestId: null, address: null, count: 7 }),
    );
    const place = { service: 'shop', environment: 'production' };
    await both().store.recordAudit(anEntry({ actor: { kind: 'person', name: second }, deployId: 'd1', place, outcome: 'failed' }));
    const [before] = await ask({ actor: first });
    const [row] = await ask({ actor: second });
    expect(before).toMatchObject({ place: { service: null, environment: null }, requestId: null, address: null, deployId: null, count: 7 });
    expect(row).toEqual({
      seq: (before?.seq ?? 0) + 1,
      previousHash: before?.hash,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: start,
      actor: { kind: 'person', name: second },
      verb: 'freeze',
      place,
      deployId: 'd1',
      outcome: 'failed',
      count: 1,
      detail: 'a sale',
      requestId: 'r-1',
      address: '192.0.2.7',
    });
    expect(await isClean()).toBeNull();
  });

  test('texts that PostgreSQL refuses, and long ones, are stored in a form whose hash is right', async () => {
    const name = `${fresh()}\u0000\ud800`;
    await both().store.recordAudit(anEntry({ actor: { kind: 'token', name }, detail: '🙂'.repeat(2_000) }));
    const [row] = await ask({ actor: name.replace('\u0000', '\ufffd').toWellFormed() });
    expect(row?.detail).toHaveLength(2_000);
    expect(await isClean()).toBeNull();
  });

  test('many writers on two replicas do not fork the chain', async () => {
    const { store, rival } = both();
    const name = fresh();
    const records = await Promise.all(Array.from({ length: 10 }, () => register(store, { service: fresh() })));
    const entries = (i: number) => anEntry({ actor: { kind: 'token', name }, detail: `${i}` });
    const alone = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? store : rival).recordAudit(entries(i)));
    const inCommits = records.flatMap((record, i) =>
      [store, rival].map((one) =>
        one.update(record.deploy.id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { audit: entries(i) }) })),
      ),
    );
    const inFreezes = records.map(({ deploy: { service } }, i) =>
      rival.setFreeze({ service, by: 'x', why: 'y', since: start }, { audit: entries(i) }),
    );
    await Promise.all([...alone, ...inCommits, ...inFreezes]);
    const rows = await ask({ actor: name, order: 'oldest' });
    expect(rows).toHaveLength(70);
    expect(await isClean()).toBeNull();
    for (const { deploy } of records) await store.liftFreeze(deploy.service, start);
  });

  test('a decision and its row are written together, or not at all', async () => {
    const { store } = both();
    const audit = anEntry({ actor: { kind: 'token', name: fresh() } });
    const rows = () => ask({ actor: audit.actor.name });
    const { deploy } = await register(store, { service: fresh() });
    await store.update(deploy.id, null, () => ({ ok: false, refusal: 'no' }));
    const failing = store.update(deploy.id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { audit, effects: [impossible] }) }));
    await expect(failing).rejects.toThrow();
    expect(await rows()).toEqual([]);
    await store.update(deploy.id, null, () => ({ ok: true, ...commitOf(warming(deploy), { audit }) }));
    expect(await rows()).toHaveLength(1);
  });

  test('a lift that finds no freeze writes no row', async () => {
    const service = fresh();
    const audit = anEntry({ actor: { kind: 'token', name: service }, place: { service, environment: null } });
    expect(await both().store.liftFreeze(service, start, { audit })).toBe(false);
    expect(await ask({ actor: service })).toEqual([]);
    await both().store.setFreeze({ service, by: 'ann', why: 'a sale', since: start }, { audit });
    expect(await both().store.liftFreeze(service, start, { audit: { ...audit, verb: 'lift' } })).toBe(true);
    expect((await ask({ actor: service })).map(({ verb }) => verb)).toEqual(['lift', 'freeze']);
  });

  test('a scoped reader sees the rows of its places, and none that belong to no service', async () => {
    const name = fresh();
    const [mine, other] = [fresh(), fresh()];
    const places = [
      null,
      { service: null, environment: 'production' },
      { service: mine, environment: null },
      { service: mine, environment: 'production' },
      { service: mine, environment: 'staging' },
      { service: other, environment: 'production' },
    ];
    for (const [at, place] of places.entries()) await both().store.recordAudit(anEntry({ at, place, actor: { kind: 'token', name } }));
    const seen = async (services: readonly string[], environments: readonly string[]) =>
      (await ask({ actor: name, scopes: [{ services, environments }], order: 'oldest' })).map(({ at }) => at);
    expect(await seen([], [])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await seen([mine], [])).toEqual([2, 3, 4]);
    expect(await seen([mine], ['staging'])).toEqual([2, 4]);
    expect(await seen([], ['production'])).toEqual([2, 3, 5]);
    expect(await seen([fresh()], [])).toEqual([]);
    const scopes = [
      { services: [mine], environments: ['staging'] },
      { services: [other], environments: [] },
    ];
    expect((await ask({ actor: name, scopes })).map(({ at }) => at)).toEqual([5, 4, 2]);
    expect(await ask({ actor: name, scopes: [] })).toEqual([]);
  });

  test('filters and pages', async () => {
    const name = fresh();
    const actor = { kind: 'token', name } as const;
    for (let i = 0; i < 5; i += 1) await both().store.recordAudit(anEntry({ actor, at: start + i, verb: i % 2 === 0 ? 'freeze' : 'lift' }));
    const ats = async (rest: Partial<AuditQuestion>) => (await ask({ actor: name, ...rest })).map(({ at }) => at - start);
    expect(await ats({ verb: 'lift' })).toEqual([3, 1]);
    expect(await ats({ since: start + 1, until: start + 3 })).toEqual([2, 1]);
    expect(await ats({ service: 'shop', environment: 'production' })).toEqual([]);
    const page = await ask({ actor: name, limit: 2 });
    expect(page.map(({ at }) => at - start)).toEqual([4, 3]);
    expect(await ats({ limit: 2, after: page.at(-1)?.seq })).toEqual([2, 1]);
    expect(await ats({ order: 'oldest', after: page.at(-1)?.seq })).toEqual([4]);
  });
}

/** An effect that the queue cannot take. */
const impossible = { id: 'x', bakeId: 'x', kind: 'digest', notifier: '', at: Number.NaN } as const;
