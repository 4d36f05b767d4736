import { expect, test } from 'vitest';
import { createRecentMaximum } from '../../src/scheduler/recent-maximum.ts';

test('the largest number is remembered for half a minute to a minute', () => {
  const late = createRecentMaximum();
  expect(late.at(0)).toBe(0);
  late.note(20, 31_000);
  late.note(50, 32_000);
  late.note(-1, 33_000);
  expect(late.at(59_999)).toBe(50);
  late.note(7, 61_000);
  expect(late.at(89_999)).toBe(50);
  expect(late.at(90_000)).toBe(7);
  expect(late.at(120_000)).toBe(0);
  expect(late.at(1_000_000)).toBe(0);
});
