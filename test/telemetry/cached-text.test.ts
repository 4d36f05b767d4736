import { expect, test } from 'vitest';
import { createCachedText } from '../../src/telemetry/cached-text.ts';

function aText(made: () => Promise<string>) {
  let now = 5_000;
  const move = (ms: number) => {
    now += ms;
  };
  return { text: createCachedText(made, { keepMs: 1_000, now: () => now }), move };
}

test('a text is made once a second, also for callers that come together', async () => {
  const made: string[] = [];
  const { text, move } = aText(async () => `${made.push('')}`);
  expect(await Promise.all([text(), text()])).toEqual(['1', '1']);
  move(999);
  expect(await text()).toBe('1');
  move(1);
  expect(await text()).toBe('2');
});

test('a clock that is set back makes a new text', async () => {
  const made: string[] = [];
  const { text, move } = aText(async () => `${made.push('')}`);
  await text();
  move(-1);
  expect(await text()).toBe('2');
});

test('a failure is not kept', async () => {
  let isAway = true;
  const { text } = aText(async () => {
    if (isAway) throw new Error('away');
    return 'here';
  });
  await expect(text()).rejects.toThrow('away');
  isAway = false;
  expect(await text()).toBe('here');
});
