import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { NewToken } from '../../src/ports/token-store.ts';
import { start } from '../store/fixtures.ts';
import type { Both } from './store-replicas.ts';

const day = 86_400_000;

/** A token that nobody else has. */
export function aToken(rest: Partial<NewToken> = {}): NewToken {
  return {
    id: randomUUID(),
    name: `token-${randomUUID()}`,
    grant: { verbs: ['register', 'read'], services: ['shop'], environments: [] },
    lifeMs: 90 * day,
    createdAt: start,
    createdBy: 'ann',
    secret: aDigest(),
    mustBeFirst: false,
    ...rest,
  };
}

function aDigest() {
  return { id: randomUUID(), salt: 'ab', hash: 'cd' };
}

/** What `TokenStore` must do. */
export function tokenStore(both: Both): void {
  const named = async (name: string) => (await both().rival.tokens()).filter((token) => token.name === name);

  test('a token is found by the id of its secret on every replica, and a later creator is not the first', async () => {
    const token = aToken();
    const { secret, mustBeFirst: _, ...rest } = token;
    const secrets = [{ id: secret.id, createdAt: start, expiresAt: start + 90 * day, lastUsedAt: null }];
    const created = { ...rest, revokedAt: null, revokedBy: null, secrets };
    expect(await both().store.createToken(token)).toEqual(created);
    expect(await named(token.name)).toEqual([created]);
    const { name, grant } = token;
    const known = { ...secret, name, grant, expiresAt: start + 90 * day, lastUsedAt: null, revokedAt: null, isReplaced: false };
    expect(await both().rival.findSecret(secret.id)).toEqual(known);
    expect(await both().rival.findSecret('none')).toBeNull();
    expect(await both().rival.hasTokens()).toBe(true);
    await expect(both().rival.createToken(aToken({ mustBeFirst: true }))).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a name belongs to one token that is not revoked, also when two replicas create it at the same time', async () => {
    const name = `token-${randomUUID()}`;
    const results = await Promise.allSettled([both().store, both().rival].map((store) => store.createToken(aToken({ name }))));
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [first] = await named(name);
    expect(await both().store.revokeToken(first?.id ?? '', { at: start + 1, by: 'bob' })).toBe(true);
    await both().store.createToken(aToken({ name, createdAt: start + 2 }));
    expect((await named(name)).map(({ revokedAt, revokedBy }) => ({ revokedAt, revokedBy }))).toEqual([
      { revokedAt: null, revokedBy: null },
      { revokedAt: start + 1, revokedBy: 'bob' },
    ]);
  });

  test('a rotation gives a new secret, and the one before works until the overlap ends, but never longer than it would have', async () => {
    const token = aToken({ lifeMs: day });
    await both().store.createToken(token);
    const [second, third] = [aDigest(), aDigest()];
    await both().store.rotateToken({ id: token.id, lifeMs: day, secret: second, at: start + 10, overlapMs: 1_000 });
    expect(await both().rival.findSecret(token.secret.id)).toMatchObject({ expiresAt: start + 1_010, isReplaced: true });
    expect(await both().rival.findSecret(second.id)).toMatchObject({ expiresAt: start + 10 + day, isReplaced: false });
    const rotated = await both().store.rotateToken({ id: token.id, lifeMs: null, secret: third, at: start + 20, overlapMs: 7 * day });
    // Two secrets at most: the first one is gone, and the second one keeps its own end.
    expect(rotated?.secrets.map(({ id, expiresAt }) => ({ id, expiresAt }))).toEqual([
      { id: third.id, expiresAt: null },
      { id: second.id, expiresAt: start + 10 + day },
    ]);
    expect(await both().rival.findSecret(token.secret.id)).toBeNull();
    expect(await both().store.rotateToken({ id: 'none', lifeMs: null, secret: aDigest(), at: start, overlapMs: 0 })).toBeNull();
  });

  test('a revoked token is known as such, and is neither rotated nor revoked again', async () => {
    const token = aToken();
    await both().store.createToken(token);
    expect(await both().rival.revokeToken(token.id, { at: start + 5, by: 'bob' })).toBe(true);
    expect(await both().store.findSecret(token.secret.id)).toMatchObject({ revokedAt: start + 5 });
    expect(await both().store.revokeToken(token.id, { at: start + 6, by: 'eve' })).toBe(false);
    expect(await both().store.rotateToken({ id: token.id, lifeMs: null, secret: aDigest(), at: start, overlapMs: 0 })).toBeNull();
    expect(await both().store.revokeToken('none', { at: start, by: 'bob' })).toBe(false);
  });

  test('the last use moves forward only', async () => {
    const token = aToken();
    await both().store.createToken(token);
    for (const at of [start + 60_000, start + 30_000]) await both().store.noteSecretUse(token.secret.id, at);
    expect(await both().rival.findSecret(token.secret.id)).toMatchObject({ lastUsedAt: start + 60_000 });
    await both().store.noteSecretUse('none', start);
  });

  test('what ended 400 days ago is forgotten when a token is created', async () => {
    const [expired, revoked, endless] = [aToken({ lifeMs: day }), aToken({ lifeMs: null }), aToken({ lifeMs: null })];
    for (const token of [expired, revoked, endless]) await both().store.createToken(token);
    await both().store.revokeToken(revoked.id, { at: start + day, by: 'bob' });
    const at = (days: number) => aToken({ createdAt: start + days * day, lifeMs: day });
    const found = async () =>
      await Promise.all([expired, revoked, endless].map(async ({ secret }) => (await both().store.findSecret(secret.id)) !== null));
    await both().store.createToken(at(401));
    expect(await found()).toEqual([true, true, true]);
    await both().store.createToken(at(402));
    expect(await found()).toEqual([false, false, true]);
  });
}
