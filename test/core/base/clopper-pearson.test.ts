import { expect, test } from 'vitest';
import { clopperPearson } from '../../../src/core/base/clopper-pearson.ts';

test.each([
  [0, 20, [0, 0.1684]],
  [1, 20, [0.0013, 0.2487]],
  [20, 20, [0.8316, 1]],
])('%s of %s is between %j with 95 %%', (hits, of, expected) => {
  const [low, high] = clopperPearson(hits, of, 0.025);
  expect([low, high]).toEqual(expected.map((bound) => expect.closeTo(bound, 4)));
});

test.each([
  [0.0073, 3],
  [0.00083, 28],
  [1e-9, 1e9],
])('a small part of one hit, %s of %s, has an interval as well', (hits, of) => {
  const [low, high] = clopperPearson(hits, of, 1e-4);
  expect(low).toBeGreaterThanOrEqual(0);
  expect(low).toBeLessThanOrEqual(hits / of);
  expect(high).toBeGreaterThan(hits / of);
  expect(high).toBeLessThanOrEqual(1);
});
