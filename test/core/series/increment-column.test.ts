import { describe, expect, test } from 'vitest';
import { instanceName, type Series } from '../../../src/core/series/answer.ts';
import { incrementColumn } from '../../../src/core/series/increment-column.ts';
import { sightingsOf } from '../../../src/core/series/instance-sightings.ts';

const window = { from: 100, to: 140, stepMs: 10 };
const lookbackMs = 50;

type Values = Readonly<Record<number, number>>;
type Given = {
  /** Samples by time, of each label set of each instance (`name` or `name/label set`). */
  readonly series: Readonly<Record<string, Values>>;
  /** When instances were scraped; one that is left out is known by its series only. */
  readonly seen?: Readonly<Record<string, readonly number[]>>;
  readonly starts?: Readonly<Record<string, readonly number[]>>;
};

const every10 = [60, 70, 80, 90, 100, 110, 120, 130, 140];

describe('events per tick of a window (100, 140] in ticks of 10, looked at from 50 on', () => {
  test.for<{ name: string; given: Given; then: readonly (number | null)[] }>([
    {
      name: 'the sample that shows an event decides its tick, also across the edge of the window',
      given: { series: { a: { 95: 10, 101: 12, 110: 13, 111: 20, 125: 20, 140: 21 } } },
      then: [3, 7, 0, 1],
    },
    {
      name: 'a counter that falls was reset, and has counted its value since',
      given: { series: { a: { 95: 10, 105: 15, 115: 4, 125: 5, 135: 5 } } },
      then: [5, 4, 1, 0],
    },
    {
      name: 'a tick in which nobody was scraped is missing, and its events show in the next one',
      given: { series: { a: { 95: 10, 105: 11, 135: 20 } } },
      then: [1, null, null, 9],
    },
    {
      name: 'a known instance without a series has counted nothing',
      given: { series: {}, seen: { a: every10 } },
      then: [0, 0, 0, 0],
    },
    {
      name: 'nobody seen, nothing known',
      given: { series: {} },
      then: [null, null, null, null],
    },
    {
      name: 'the first error of a known instance is an event',
      given: { series: { 'a/500': { 120: 1, 130: 3 } }, seen: { a: every10 } },
      then: [0, 1, 2, 0],
    },
    {
      name: 'the first error of an instance that only its other series show is an event',
      given: { series: { 'a/200': { 90: 5, 105: 5, 115: 6 }, 'a/500': { 115: 2 } } },
      then: [0, 3, null, null],
    },
    {
      name: 'all that a newborn instance has counted before its first scrape are events',
      given: { series: { a: { 95: 3, 135: 3 }, b: { 115: 42, 125: 43 } }, starts: { b: [111] } },
      then: [null, 42, 1, 0],
    },
    {
      name: 'an old process that is scraped for the first time is where counting begins',
      given: { series: { b: { 115: 42, 125: 43 } }, starts: { b: [12] } },
      then: [null, 0, 1, null],
    },
    {
      name: 'an old process that restarts later is still old at its first sample',
      given: { series: { b: { 115: 42, 125: 43, 135: 7 } }, starts: { b: [12, 131] } },
      then: [null, 0, 1, 7],
    },
    {
      name: 'without a start, an instance is new if its job had been watched for a round',
      given: { series: { a: { 80: 3, 90: 3, 105: 3 }, b: { 115: 42 } } },
      then: [0, 42, null, null],
    },
    {
      name: 'without a start, an instance of a job that nobody watched before is not new',
      given: { series: { b: { 115: 42, 125: 44 } } },
      then: [null, 0, 2, null],
    },
    {
      name: 'without a start, the second target of the very first round of scrapes is not new',
      given: { series: { a: { 111: 9, 121: 9 }, b: { 118: 42, 128: 44 } } },
      then: [null, 0, 2, null],
    },
    {
      name: 'without a start, another job proves nothing',
      given: { series: { 'x:a': { 80: 3, 90: 3 }, 'y:b': { 115: 42 } } },
      then: [null, 0, null, null],
    },
    {
      name: 'a restart counts from zero even where the new value is higher',
      given: { series: { a: { 95: 5, 105: 9 } }, starts: { a: [12, 100] } },
      then: [9, null, null, null],
    },
    {
      name: 'a start belongs to the samples after it, up to the first one that shows it',
      given: { series: { a: { 95: 5, 105: 9, 115: 20 } }, starts: { a: [95, 105] } },
      then: [9, 11, null, null],
    },
    {
      name: 'an exporter that restarts before a counter that goes on changes nothing',
      given: { series: { a: { 95: 50_000, 105: 50_040 } }, starts: { a: [12, 100] } },
      then: [40, null, null, null],
    },
    {
      name: 'an instance that loses all series and gets others without a restart was relabeled',
      given: { series: { 'a/200': { 95: 900, 105: 910 }, 'a/200 eu': { 115: 920, 125: 921 } }, starts: { a: [12] } },
      then: [10, 0, 1, null],
    },
    {
      name: 'an instance that loses all series and gets others by a restart has counted them',
      given: { series: { 'a/200': { 95: 900, 105: 910 }, 'a/500': { 115: 20 } }, starts: { a: [12, 108] } },
      then: [10, 20, null, null],
    },
    {
      name: 'what is no finite count is passed over',
      given: { series: { a: { 95: 10, 101: Number.NaN, 102: Infinity, 103: -4, 105: 12, 115: Number.NaN, 125: 15 } } },
      then: [2, 0, 3, null],
    },
    {
      name: 'samples outside the window are looked back at, but never counted',
      given: { series: { a: { 60: 1, 70: 100, 95: 3, 105: 4, 145: 90 } } },
      then: [1, null, null, null],
    },
    {
      name: 'an instance that misses scrapes does not make the others missing',
      given: { series: { a: { 95: 1, 105: 2, 115: 3, 125: 4, 135: 5 }, b: { 95: 1, 135: 9 } } },
      then: [1, 1, 1, 9],
    },
  ])('$name', ({ given, then }) => {
    expect(columnOf(given)).toEqual(then);
  });

  test('scrapes decide when an instance was seen first, not samples that carry earlier times', () => {
    const given: Given = { series: { 'b/x': { 112: 500 }, 'b/y': { 114: 700 } }, seen: { b: [115, 125] } };
    expect(columnOf(given)).toEqual([null, 0, 0, null]);
  });
});

function columnOf({ series, seen = {}, starts = {} }: Given): readonly (number | null)[] {
  const names = new Set([...Object.keys(seen), ...Object.keys(starts)]);
  const instances = [...names].map((name) => ({ instance: named(name), seenAt: seen[name] ?? [], starts: starts[name] ?? [] }));
  const list = Object.entries(series).map(([name, values]): Series => {
    const [instance = '', labels = ''] = name.split('/');
    return { labels: { labels }, instance: named(instance), samples: Object.entries(values).map(([at, value]) => [Number(at), value]) };
  });
  const sightings = sightingsOf([{ shape: 'cumulative', series: list, instances }], window);
  return incrementColumn(list, sightings, { window, lookbackMs });
}

function named(text: string): string {
  const [job = '', instance] = text.split(':');
  return instance === undefined ? instanceName('job', job) : instanceName(job, instance);
}
