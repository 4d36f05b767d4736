import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPrompt, createPromptStore } from '../../src/app/prompt-store.ts';
import { AppError } from '../../src/core/base/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('work that takes long is waited for while the database answers', async () => {
  let pings = 0;
  const prompt = createPrompt({
    ping: async () => {
      pings += 1;
    },
  });
  const slow = Promise.withResolvers<string>();
  const answer = prompt(slow.promise);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pings).toBeGreaterThan(10);
  slow.resolve('late');
  expect(await answer).toBe('late');
});

test('work is given up when the database does not answer, with the reason', async () => {
  const prompt = createPrompt({ ping: () => Promise.reject(new AppError('unavailable', 'no answer')) });
  const answer = expect(prompt(new Promise(() => {}))).rejects.toThrow('no answer');
  await vi.advanceTimersByTimeAsync(2_000);
  await answer;
});

test('quick work needs no ping, and its error stays', async () => {
  const prompt = createPrompt({ ping: () => Promise.reject(new Error('not asked')) });
  const store = createPromptStore(
    { size: 3, find: async (id: string) => `found ${id}`, list: () => Promise.reject(new Error('no')) },
    prompt,
  );
  expect(store.size).toBe(3);
  expect(await store.find('a')).toBe('found a');
  await expect(store.list()).rejects.toThrow('no');
});
