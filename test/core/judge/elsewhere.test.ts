import { describe, expect, test } from 'vitest';
import { onsetOf } from '../../../src/core/judge/onset.ts';
import { turnedBad } from '../../../src/core/judge/turned-bad.ts';
import { unchangedTicks } from '../../../src/core/judge/unchanged-after.ts';

/** `parts`: the number of ticks, and the bad ones of `total` events in each. */
function ratio(...parts: readonly (readonly [ticks: number, bad: number | null, total?: number])[]) {
  const column = (at: (bad: number | null, total: number) => number | null) =>
    parts.flatMap(([ticks, bad, total = 100]) => Array.from({ length: ticks }, () => at(bad, total)));
  return { kind: 'ratio', bad: column((bad) => bad), total: column((bad, total) => (bad === null ? null : total)) } as const;
}

describe('a neighbor turned bad', () => {
  test.for([
    { name: 'with a share that jumps', ticks: ratio([240, 1], [12, 20]), is: true },
    { name: 'not without a change', ticks: ratio([252, 1]), is: false },
    { name: 'not with a share that less than doubles', ticks: ratio([240, 10], [12, 18]), is: false },
    { name: 'not with less than one point more', ticks: ratio([240, 1, 1000], [12, 10, 1000]), is: false },
    { name: 'not where it was as bad within the hour', ticks: ratio([100, 0], [12, 20], [128, 0], [12, 20]), is: false },
    { name: 'not with a single error of few requests', ticks: ratio([240, 0, 1], [11, 0, 1], [1, 1, 1]), is: false },
    { name: 'not without data in the newest minutes', ticks: ratio([240, 1], [12, null]), is: false },
    { name: 'not without a past', ticks: ratio([240, null], [12, 50]), is: false },
  ])('$name', ({ ticks, is }) => {
    expect(turnedBad(ticks, 12) !== null).toBe(is);
  });
});

describe('the onset', () => {
  test.for([
    { name: 'is the tick at which the share jumps', ticks: ratio([30, 1], [10, 40]), at: 30 },
    { name: 'is the first tick where everything is bad', ticks: ratio([10, 40]), at: 0 },
    { name: 'does not exist without a bad event', ticks: ratio([10, 0]), at: null },
  ])('$name', ({ ticks, at }) => {
    expect(onsetOf(ticks)).toBe(at);
  });
});

describe('a rollback made no difference', () => {
  const failing = ratio([20, 1], [5, 50]);
  test.for([
    { name: 'as long as the share stays', after: ratio([18, 50], [10, 0]), ticks: 19 },
    { name: 'not where it falls at once', after: ratio([20, 0]), ticks: 0 },
    { name: 'not without traffic', after: ratio([20, null]), ticks: 0 },
  ])('$name', ({ after, ticks }) => {
    expect(unchangedTicks(failing, after)).toBe(ticks);
  });
});
