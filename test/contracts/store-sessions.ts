import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SignedInPerson } from '../../src/ports/session-store.ts';
import { start } from '../store/fixtures.ts';
import type { Both } from './store-replicas.ts';

/** What `SessionStore` must do. */
export function sessions(both: Both): void {
  const aPerson = (rest: Partial<SignedInPerson> = {}): SignedInPerson => ({
    kind: 'provider',
    issuer: 'https://login.example.com',
    subject: randomUUID(),
    name: 'anna@example.com',
    email: 'anna@example.com',
    groups: ['sre'],
    ...rest,
  });
  const begin = async (person = aPerson(), at = start, max = 10) => {
    const session = { id: randomUUID(), sha256: randomUUID(), csrfSecret: randomUUID(), person, at, max };
    await both().store.addSession(session);
    return session;
  };
  const find = (sha256: string, at = start) => both().rival.findSession(sha256, at);

  test('a session is found by the hash of its secret, on every replica at once', async () => {
    const { id, sha256, csrfSecret, person } = await begin();
    expect(await find(sha256)).toEqual({ ...person, id, csrfSecret, createdAt: start, seenAt: start, renewedAt: start });
    expect(await find(randomUUID())).toBeNull();
    expect((await both().rival.sessions()).map((one) => one.id)).toContain(id);
  });

  test('a session that was ended is gone on every replica at once, and ends once', async () => {
    const { id, sha256 } = await begin();
    expect(await both().rival.endSession(id)).toMatchObject({ id });
    expect(await both().store.findSession(sha256, start)).toBeNull();
    expect(await both().store.endSession(id)).toBeNull();
  });

  test('a renewed session keeps its former secret for the grace, and of two renewals one wins', async () => {
    const { id, sha256 } = await begin();
    const renewal = { id, from: sha256, at: start + 10, graceUntil: start + 70 };
    const [one, two] = [randomUUID(), randomUUID()];
    const won = await Promise.all([both().store.renewSession({ ...renewal, to: one }), both().rival.renewSession({ ...renewal, to: two })]);
    expect(won.toSorted()).toEqual([false, true]);
    expect(await find(won[0] ? one : two, start + 1_000)).toMatchObject({ id, renewedAt: start + 10 });
    expect(await find(won[0] ? two : one)).toBeNull();
    expect(await find(sha256, start + 69)).toMatchObject({ id });
    expect(await find(sha256, start + 70)).toBeNull();
  });

  test('the time of use never goes back', async () => {
    const { id, sha256 } = await begin();
    await both().store.sawSession(id, start + 500);
    await both().rival.sawSession(id, start + 400);
    expect(await find(sha256)).toMatchObject({ seenAt: start + 500 });
  });

  test('a person has at most the given number of sessions, and the oldest ends', async () => {
    const person = aPerson();
    const [first, second, third] = [await begin(person, start, 2), await begin(person, start + 1, 2), await begin(person, start + 2, 2)];
    const stranger = await begin(aPerson(), start, 2);
    expect(await find(first.sha256)).toBeNull();
    for (const { id, sha256 } of [second, third, stranger]) expect(await find(sha256)).toMatchObject({ id });
  });

  test('a new sign-in renews the groups of all sessions of the person, and of nobody else', async () => {
    const person = aPerson();
    const [older, stranger] = [await begin(person), await begin()];
    await begin({ ...person, groups: [], name: 'anna@example.org', email: null }, start + 1);
    expect(await find(older.sha256)).toMatchObject({ groups: [], name: 'anna@example.org', email: null });
    expect(await find(stranger.sha256)).toMatchObject({ groups: ['sre'] });
  });

  test('sessions that are too old or were not used go, and others stay', async () => {
    const [old, idle, used] = [await begin(aPerson(), 1_000), await begin(aPerson(), 2_000), await begin(aPerson(), 2_000)];
    await both().store.sawSession(old.id, 9_000);
    await both().store.sawSession(used.id, 9_000);
    expect(await both().store.pruneSessions({ createdBefore: 2_000, seenBefore: 9_000, at: 9_000 })).toBeGreaterThanOrEqual(2);
    expect(await find(old.sha256)).toBeNull();
    expect(await find(idle.sha256)).toBeNull();
    expect(await find(used.sha256)).toMatchObject({ id: used.id });
  });

  test('a link works once, also for two requests at once, and not after its time', async () => {
    const link = { sha256: randomUUID(), by: 'root@host', at: start, expiresAt: start + 900 };
    await both().store.addSignInLink(link);
    const used = await Promise.all([
      both().store.useSignInLink(link.sha256, start + 899),
      both().rival.useSignInLink(link.sha256, start + 899),
    ]);
    expect(used.filter((one) => one !== null)).toEqual([{ by: 'root@host' }]);
    const late = { ...link, sha256: randomUUID() };
    await both().store.addSignInLink(late);
    expect(await both().rival.useSignInLink(late.sha256, start + 900)).toBeNull();
  });
}
