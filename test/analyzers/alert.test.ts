import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alert } from '../../analyzers/alert.ts';
import type { Column } from '../../src/core/series/ticks.ts';
import { analyze } from '../support/analyze.ts';
import { step } from '../support/builders.ts';

const stepSec = step / 1_000;
/** The bake begins two ticks after the deploy. */
const warmupSec = 2 * stepSec;
const judge = (value: Column, damping = { k: 1, n: 1 }) => analyze(alert, { params: {}, bake: { kind: 'value', value }, damping });
/** For how many seconds an alert has been active at the end of each tick, if it began this many seconds after the deploy. */
const from = (second: number, ticks: number): Column =>
  Array.from({ length: ticks }, (_, i) => Math.max(0, warmupSec + (i + 1) * stepSec - second));
const pending = (column: Column): Column => column.map((seconds) => (seconds === null ? null : -seconds));

test.for<{ name: string; given: Column; damping?: { k: number; n: number }; outcome: string; says: string }>([
  { name: 'nothing yet is not known', given: [], outcome: 'inconclusive', says: 'not known' },
  { name: 'no alert passes', given: [0, 0, 0], outcome: 'pass', says: 'no alert fires' },
  {
    name: 'an alert after the deploy fails',
    given: from(5, 3),
    outcome: 'fail',
    says: 'active since 2026-09-21 14:13:35 UTC, 5s after the deploy',
  },
  {
    name: 'an alert from before the deploy is undecided',
    given: from(-60, 3),
    outcome: 'inconclusive',
    says: 'firing before the deploy: cannot say',
  },
  { name: '… and how long before is said', given: from(-60, 3), outcome: 'inconclusive', says: '1m before the deploy' },
  { name: 'one that is over passes', given: [...from(-60, 2), 0], outcome: 'pass', says: 'no alert fires' },
  { name: 'one that is pending never passes', given: [0, ...pending(from(1, 2))], outcome: 'inconclusive', says: 'pending' },
  {
    name: 'one that was pending before the deploy cannot say anything',
    given: pending(from(-60, 3)),
    outcome: 'inconclusive',
    says: 'pending before the deploy',
  },
  {
    name: '… even if it fires later',
    given: [...pending(from(-60, 2)), ...from(-60, 3).slice(2)],
    outcome: 'inconclusive',
    says: 'firing before the deploy',
  },
  { name: 'one that was pending and is over passes', given: [...pending(from(1, 2)), 0], outcome: 'pass', says: 'no alert fires' },
  { name: 'once it has failed, it stays failed', given: [...from(5, 2), 0, 0], outcome: 'fail', says: 'an alert fires' },
  { name: 'unknown is not inactive', given: [0, 0, null], outcome: 'inconclusive', says: 'not known' },
  { name: 'a tick that is not known in between does not matter', given: [0, null, 0], outcome: 'pass', says: 'no alert fires' },
  {
    name: 'with damping, one tick of two is not enough',
    given: [0, ...from(50, 2).slice(1)],
    damping: { k: 2, n: 3 },
    outcome: 'inconclusive',
    says: 'fails if it lasts',
  },
  { name: 'with damping, two ticks are', given: from(5, 2), damping: { k: 2, n: 3 }, outcome: 'fail', says: 'an alert fires' },
  {
    name: 'with damping, one that was short passes',
    given: [...from(5, 1), 0, 0],
    damping: { k: 2, n: 3 },
    outcome: 'pass',
    says: 'no alert fires',
  },
])('$name', ({ given, damping, outcome, says }) => {
  const verdict = judge(given, damping);
  expect(verdict.outcome).toBe(outcome);
  expect(verdict.reason).toContain(says);
});

test('no alert that was active before the deploy ever fails a check, however it goes on', () => {
  const column = fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(1, -1, 0, null)), { maxLength: 40, size: 'max' });
  fc.assert(
    fc.property(column, (ticks) => {
      const value = ticks.map(([before, sign], i) => (sign === null ? null : sign * (warmupSec + (i + 1) * stepSec + before)));
      expect(judge(value).outcome).not.toBe('fail');
    }),
  );
});

test('a bake never passes while the newest tick is anything but inactive', () => {
  const value = fc.array(fc.oneof(fc.constant(0), fc.constant(null), fc.double({ noNaN: true, min: -1_000, max: 1_000 })), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  });
  fc.assert(
    fc.property(value, (column) => {
      if (column.at(-1) !== 0) expect(judge(column).outcome).not.toBe('pass');
    }),
  );
});
