import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/base/secret.ts';
import { createTokenCache, type TokenSource } from '../../../src/net/login/token-cache.ts';

const never = new AbortController().signal;

/** A cache on a clock that the test sets, with a source that numbers its tokens, each good for an hour. */
function aCache({ lifetimeMs = 3_600_000 } = {}) {
  const state = { now: 1_000_000, made: 0, broken: false };
  const source: TokenSource = async () => {
    state.made += 1;
    await Promise.resolve();
    if (state.broken) throw new Error('away');
    return { secret: new Secret(`token ${state.made}`), expiresAt: state.now + lifetimeMs };
  };
  const cache = createTokenCache(source, { now: () => state.now, timeoutMs: 1_000 });
  const current = async () => (await cache.current(never)).reveal();
  return { state, cache, current };
}

describe('a token', () => {
  test('is one for all callers, and is kept', async () => {
    const { state, current } = aCache();
    expect(await Promise.all([current(), current(), current()])).toEqual(['token 1', 'token 1', 'token 1']);
    state.now += 3_539_000;
    expect(await current()).toBe('token 1');
    expect(state.made).toBe(1);
  });

  test('is replaced before it expires, while the old one still serves', async () => {
    const { state, current } = aCache();
    await current();
    state.now += 3_541_000;
    expect(await current()).toBe('token 1');
    await expect.poll(current).toBe('token 2');
    expect(state.made).toBe(2);
  });

  test('a short one is replaced in its last fifth', async () => {
    const { state, current } = aCache({ lifetimeMs: 10_000 });
    await current();
    state.now += 7_900;
    expect(await current()).toBe('token 1');
    expect(state.made).toBe(1);
    state.now += 200;
    await expect.poll(current).toBe('token 2');
  });

  test('that has expired is not sent', async () => {
    const { state, current } = aCache();
    await current();
    state.now += 3_600_000;
    expect(await current()).toBe('token 2');
  });

  test('an error is the answer to all for five seconds, and the old token serves as long as it is good', async () => {
    const { state, current } = aCache();
    await current();
    state.broken = true;
    state.now += 3_550_000;
    expect(await current()).toBe('token 1');
    await expect.poll(() => state.made).toBe(2);
    await Promise.resolve();
    expect([await current(), await current()]).toEqual(['token 1', 'token 1']);
    state.now += 50_000;
    await expect(current()).rejects.toThrow('away');
    const { made } = state;
    await expect(current()).rejects.toThrow('away');
    expect(state.made).toBe(made);
    state.broken = false;
    state.now += 5_000;
    expect(await current()).toBe(`token ${made + 1}`);
  });

  test('that is refused is replaced once a minute, not for every refusal', async () => {
    const { state, cache, current } = aCache();
    const first = await cache.current(never);
    expect([cache.refuse(first), cache.refuse(first)]).toEqual([true, true]);
    expect(await current()).toBe('token 2');
    // A late refusal of the old one: the new one is already there.
    expect(cache.refuse(first)).toBe(true);
    const second = await cache.current(never);
    expect(cache.refuse(second)).toBe(false);
    expect(await current()).toBe('token 2');
    state.now += 60_000;
    expect(cache.refuse(second)).toBe(true);
    expect(await current()).toBe('token 3');
    expect(cache.secrets().map((secret) => secret.reveal())).toEqual(['token 3', 'token 2']);
  });

  test('that has already expired when it comes is an error', async () => {
    await expect(aCache({ lifetimeMs: 0 }).current()).rejects.toThrow(/already expired: is the clock of this machine right/);
  });

  test('a caller that has no time left does not wait, and ends nothing for the others', async () => {
    const { promise, resolve } = Promise.withResolvers<{ secret: Secret; expiresAt: number }>();
    const cache = createTokenCache(() => promise, { now: () => 0, timeoutMs: 1_000 });
    const stop = new AbortController();
    const [hurried, patient] = [cache.current(stop.signal), cache.current(never)];
    stop.abort();
    await expect(hurried).rejects.toMatchObject({ name: 'LoginError', kind: 'timeout' });
    resolve({ secret: new Secret('late'), expiresAt: 60_000 });
    expect((await patient).reveal()).toBe('late');
  });
});
