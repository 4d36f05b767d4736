import { expect, test } from 'vitest';
import { alertColumn } from '../../../src/core/series/alert-column.ts';
import type { AlertAnswer, AlertRun } from '../../../src/core/series/alerts.ts';

const minute = 60_000;
const from = 1_700_000_040_000;
/** Three ticks of a minute. */
const window = { from, to: from + 3 * minute, stepMs: minute };

/** A run in minutes after the begin of the window. */
function aRun({ active, firing = active, ended = null, ...more }: RunMinutes): AlertRun {
  const at = <T extends number | null>(minutes: T) => (minutes === null ? null : from + minutes * minute);
  return {
    name: 'HighErrorRate',
    summary: '',
    labels: {},
    muted: null,
    activeAt: from + active * minute,
    firingAt: at(firing),
    endedAt: at(ended),
    ...more,
  };
}
type RunMinutes = { active: number; firing?: number | null; ended?: number | null } & Partial<Pick<AlertRun, 'labels' | 'muted'>>;

const answer = (alerts: readonly AlertRun[], more: Partial<AlertAnswer> = {}): AlertAnswer => ({
  shape: 'alerts',
  series: [],
  alerts,
  unknown: null,
  knownFrom: null,
  ...more,
});

test.for<{ name: string; given: AlertAnswer; then: readonly (number | null)[] }>([
  { name: 'no alert is 0', given: answer([]), then: [0, 0, 0] },
  { name: 'a firing alert counts the seconds since it became active', given: answer([aRun({ active: 1.5 })]), then: [0, 30, 90] },
  { name: 'one from before the window goes on', given: answer([aRun({ active: -1 })]), then: [120, 180, 240] },
  { name: 'a pending alert is negative', given: answer([aRun({ active: 0.5, firing: null })]), then: [-30, -90, -150] },
  { name: 'it counts from the begin of pending once it fires', given: answer([aRun({ active: 0.5, firing: 1.5 })]), then: [-30, 90, 150] },
  { name: 'an alert that ended is over in the next tick', given: answer([aRun({ active: 0.5, ended: 1.5 })]), then: [30, 90, 0] },
  { name: 'the newest of two that fire decides', given: answer([aRun({ active: -5 }), aRun({ active: 1 })]), then: [0.001, 60, 120] },
  {
    name: 'a firing alert comes before a newer one that is pending',
    given: answer([aRun({ active: -1, labels: { pod: 'a' } }), aRun({ active: 1, firing: null, labels: { pod: 'b' } })]),
    then: [120, 180, 240],
  },
  { name: 'a muted alert does not count', given: answer([aRun({ active: 0, muted: 'silenced' })]), then: [0, 0, 0] },
  { name: 'what is unknown is missing, not 0', given: answer([], { unknown: 'no such rule' }), then: [null, null, null] },
  { name: 'an alert that fires is known all the same', given: answer([aRun({ active: 2.5 })], { unknown: 'x' }), then: [null, null, 30] },
  {
    name: 'before the list is complete, only what is listed is known',
    given: answer([aRun({ active: 0.5, ended: 1 })], { knownFrom: window.from + 2 * minute }),
    then: [30, null, 0],
  },
  {
    name: 'an alert that fires again within ten minutes is as old as its first firing',
    given: answer([aRun({ active: -8, ended: -4 }), aRun({ active: 2, labels: {} })]),
    then: [0, 600, 660],
  },
  {
    name: 'after more than ten minutes it is new',
    given: answer([aRun({ active: -12, ended: -10 }), aRun({ active: 1 })]),
    then: [0.001, 60, 120],
  },
  {
    name: 'another alert of the same rule is new',
    given: answer([aRun({ active: -3, ended: -1, labels: { pod: 'a' } }), aRun({ active: 1, labels: { pod: 'b' } })]),
    then: [0.001, 60, 120],
  },
  {
    name: 'one that was only pending before does not make it old',
    given: answer([aRun({ active: -3, firing: null, ended: -1 }), aRun({ active: 1 })]),
    then: [0.001, 60, 120],
  },
])('$name', ({ given, then }) => {
  expect(alertColumn(given, window)).toEqual(then);
});
