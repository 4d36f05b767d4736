import { expect, test } from 'vitest';
import { describeTimeLeft } from '../../../src/core/bake/time-left.ts';

const endsAt = Date.parse('2026-11-21T14:00:00Z');
const limitAt = endsAt + 900_000;

test.for([
  ['long before the end', -3_600_000, '1h left'],
  ['shortly before the end', -485_000, '8m5s left'],
  ['while the last pass is under way', 10_000, 'about to end'],
  ['in the extension', 60_000, 'extended until 14:15:00 UTC'],
  ['after the last possible end', 900_000, 'about to end'],
] as const)('%s', ([, after, text]) => {
  expect(describeTimeLeft({ endsAt, limitAt }, endsAt + after)).toBe(text);
});

test('a bake without an extension is never called extended', () => {
  expect(describeTimeLeft({ endsAt, limitAt: endsAt }, endsAt + 60_000)).toBe('about to end');
});
