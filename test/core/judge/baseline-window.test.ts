import { describe, expect, test } from 'vitest';
import { cutLike, describeLike, reachOf } from '../../../src/core/judge/baseline-window.ts';
import type { Like } from '../../../src/core/rules/rule-set.ts';
import { lengthOf } from '../../../src/core/series/ticks.ts';
import { times } from '../../support/builders.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const at = (text: string) => Date.parse(text);

/** Where and how long a part of a past of `reach` is that ended two minutes before the bake. */
function cut(like: Like, start: string, timezone: string, reach = reachOf(like, hour)) {
  const [startAt, stepMs] = [at(start), minute];
  const count = Math.ceil(reach / stepMs);
  const end = startAt - 2 * minute;
  const history = { startAt: end - count * stepMs, stepMs, ticks: { kind: 'value', value: times(count, 1) } as const };
  const found = cutLike(history, like, { startAt, deployedAt: end, forMs: hour, timezone });
  return { from: new Date(found.startAt).toISOString(), ticks: lengthOf(found.ticks) };
}

const yesterday: Like = { kind: 'days_ago', days: 1 };
const lastWeek: Like = { kind: 'days_ago', days: 7 };

describe('the same time', () => {
  test.for([
    { name: 'yesterday is 24 hours ago', like: yesterday, start: '2026-06-10T10:00Z', zone: 'Europe/Berlin', expected: '2026-06-09T10:00' },
    {
      name: 'last week is seven days ago',
      like: lastWeek,
      start: '2026-06-10T10:00Z',
      zone: 'Europe/Berlin',
      expected: '2026-06-03T10:00',
    },
    {
      name: 'yesterday is 23 hours ago when Berlin went to summer time',
      like: yesterday,
      start: '2026-03-29T08:00Z',
      zone: 'Europe/Berlin',
      expected: '2026-03-28T09:00',
    },
    {
      name: 'yesterday is 25 hours ago when Berlin went to winter time',
      like: yesterday,
      start: '2026-10-25T09:00Z',
      zone: 'Europe/Berlin',
      expected: '2026-10-24T08:00',
    },
    {
      name: 'last week is an hour less across the change in Berlin',
      like: lastWeek,
      start: '2026-04-02T08:00Z',
      zone: 'Europe/Berlin',
      expected: '2026-03-26T09:00',
    },
    {
      name: 'yesterday is 23 hours ago when New York went to summer time',
      like: yesterday,
      start: '2026-03-08T14:00Z',
      zone: 'America/New_York',
      expected: '2026-03-07T15:00',
    },
    {
      name: 'yesterday is 25 hours ago when New York went to winter time',
      like: yesterday,
      start: '2026-11-01T15:00Z',
      zone: 'America/New_York',
      expected: '2026-10-31T14:00',
    },
    { name: 'UTC never changes', like: yesterday, start: '2026-03-29T08:00Z', zone: 'UTC', expected: '2026-03-28T08:00' },
    { name: 'half-hour zones count', like: lastWeek, start: '2026-06-10T10:30Z', zone: 'Asia/Kolkata', expected: '2026-06-03T10:30' },
  ])('$name', ({ like, start, zone, expected }) => {
    expect(cut(like, start, zone)).toEqual({ from: `${expected}:00.000Z`, ticks: 60 });
  });
});

test('the time before is as long as the bake and ends where the past does', () => {
  expect(cut({ kind: 'before' }, '2026-06-10T10:00Z', 'UTC', day)).toEqual({ from: '2026-06-10T08:58:00.000Z', ticks: 60 });
});

test.for([
  { name: 'a past that is too short gives what it has', like: { kind: 'before' }, reach: 10 * minute, ticks: 10 },
  { name: 'a past that does not reach back to that day gives nothing', like: lastWeek, reach: hour, ticks: 0 },
] as { name: string; like: Like; reach: number; ticks: number }[])('$name', ({ like, reach, ticks }) => {
  expect(cut(like, '2026-06-10T10:00Z', 'UTC', reach).ticks).toBe(ticks);
});

test('a comparison with another day reaches back over a change of clocks', () => {
  expect([reachOf({ kind: 'before' }, hour), reachOf(yesterday, hour), reachOf(lastWeek, hour)]).toEqual([
    hour,
    day + hour,
    7 * day + hour,
  ]);
});

test.for([
  { like: { kind: 'before' }, words: 'just before' },
  { like: yesterday, words: 'same time yesterday' },
  { like: lastWeek, words: 'same time last week' },
  { like: { kind: 'days_ago', days: 3 }, words: 'same time 3 days ago' },
] as { like: Like; words: string }[])('people read "$words"', ({ like, words }) => {
  expect(describeLike(like)).toBe(words);
});
