import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Window } from '../../../src/core/base/window.ts';
import type { InstanceInfo, Series } from '../../../src/core/series/answer.ts';
import { incrementColumn } from '../../../src/core/series/increment-column.ts';
import { sightingsOf } from '../../../src/core/series/instance-sightings.ts';
import { runs } from '../../support/runs.ts';

const scrapeMs = 10;
const lookbackMs = 100;
const end = 600;
const whole: Window = { from: 200, to: end, stepMs: 20 };

/** One process: when it ran, and when it counted what. */
type Process = { readonly from: number; readonly to: number; readonly events: readonly { readonly at: number; readonly code: string }[] };
/** One place where processes follow one another; scraped at its own offset, unless a scrape is missed. */
type Place = { readonly offset: number; readonly missed: readonly boolean[]; readonly processes: readonly Process[] };

/** At least every fifth scrape arrives: no gap is as long as the lookback. */
const missed = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }).map((list) => list.map((isMissed, i) => isMissed && i % 5 !== 0));
const events = fc.array(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), code: fc.constantFrom('200', '404', '500') }), {
  maxLength: 30,
  size: 'max',
});

function places(maxProcesses: number) {
  const place = fc.record({
    offset: fc.integer({ min: 0, max: scrapeMs - 1 }),
    missed,
    // Some have run for long when the watch begins, some come later, some end early.
    bornAt: fc.integer({ min: -1_000, max: end - 50 }),
    lives: fc.array(fc.record({ lasts: fc.integer({ min: 15, max: 900 }), events }), { minLength: 1, maxLength: maxProcesses }),
  });
  return fc.array(place, { minLength: 1, maxLength: 4 }).map((list) =>
    list.map(({ offset, missed: misses, bornAt, lives }): Place => {
      let from = bornAt;
      const processes = lives.map(({ lasts, events: shares }) => {
        const to = from + lasts;
        const counted = shares.map(({ share, code }) => ({ at: from + share * (to - from), code }));
        const process = { from, to, events: counted.filter(({ at }) => at > from) };
        from = to;
        return process;
      });
      return { offset, missed: misses, processes };
    }),
  );
}

describe('apps that come, go, restart and miss scrapes', () => {
  test('increments are what each process had counted at its last scrape', () => {
    fc.assert(
      fc.property(places(4), (list) => {
        expect(sum(countedBy(list, whole, 'told'))).toBe(sum(list.map((place) => truthOf(place, whole))));
      }),
      runs(500),
    );
  });

  test('without known starts, too, where a job is watched and nobody restarts', () => {
    const steady: Place = { offset: 0, missed: [false], processes: [{ from: -1_000, to: 1_000, events: [] }] };
    const born = places(1).map((list) => list.filter(({ processes }) => processes[0]!.from > whole.from - lookbackMs + 5 * scrapeMs));
    fc.assert(
      fc.property(born, (list) => {
        const all = [steady, ...list];
        expect(sum(countedBy(all, whole, 'untold'))).toBe(sum(all.map((place) => truthOf(place, whole))));
      }),
      runs(300),
    );
  });

  test('windows that follow one another find the same events in the same ticks as one long window', () => {
    fc.assert(
      fc.property(places(3), fc.integer({ min: 1, max: 19 }), (list, cut) => {
        const middle = whole.from + cut * whole.stepMs;
        const parts = [...countedBy(list, { ...whole, to: middle }, 'told'), ...countedBy(list, { ...whole, from: middle }, 'told')];
        expect(parts).toEqual(countedBy(list, whole, 'told'));
      }),
      runs(300),
    );
  });

  test('no sample, however odd, makes a count negative, infinite or not a number', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, Number.MIN_VALUE), fc.nat());
    const samples = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 700 }), value), { size: 'medium' })
      .map((list) => list.sort(([a], [b]) => a - b));
    const series = fc.array(fc.record({ labels: fc.constant({}), instance: fc.constantFrom('a', 'b'), samples }), { maxLength: 4 });
    fc.assert(
      fc.property(series, fc.array(fc.integer({ min: 0, max: 700 })), (list, starts) => {
        const instances = [{ instance: 'a', seenAt: [], starts: starts.sort((a, b) => a - b) }];
        const sightings = sightingsOf([{ shape: 'cumulative', series: list, instances }], whole);
        const column = incrementColumn(list, sightings, { window: whole, lookbackMs });
        expect(column).toHaveLength(20);
        expect(column.every((count) => count === null || (count >= 0 && !Number.isNaN(count)))).toBe(true);
      }),
    );
  });
});

function countedBy(list: readonly Place[], window: Window, starts: 'told' | 'untold'): readonly (number | null)[] {
  const stretch = { after: window.from - lookbackMs, to: window.to };
  const series: Series[] = [];
  const instances: InstanceInfo[] = [];
  for (const [i, place] of list.entries()) {
    const scrapes = scrapesOf(place, stretch);
    const running = [...new Set(scrapes.map(({ process }) => process))];
    instances.push({
      instance: `i${i}`,
      seenAt: scrapes.map(({ at }) => at),
      starts: starts === 'told' ? running.map((process) => startOf(process, scrapes)) : [],
    });
    for (const code of ['200', '404', '500']) {
      const samples = scrapes.map(({ at, process }) => [at, countAt(process, at, code)] as const).filter(([, count]) => count > 0);
      if (samples.length > 0) series.push({ labels: { code }, instance: `i${i}`, samples });
    }
  }
  const sightings = sightingsOf([{ shape: 'cumulative', series, instances }], window);
  return incrementColumn(series, sightings, { window, lookbackMs });
}

/** A provider puts a start after the last scrape of the process before. */
function startOf(process: Process, scrapes: readonly { readonly at: number; readonly process: Process }[]): number {
  const before = scrapes[scrapes.findIndex((scrape) => scrape.process === process) - 1];
  return Math.max(process.from, (before?.at ?? -Infinity) + 1);
}

/** What the processes of a place had counted at their last scrapes in the window, less what they had at their last scrapes before it. */
function truthOf(place: Place, window: Window): number {
  const stretch = { after: window.from - lookbackMs, to: window.to };
  const scrapes = scrapesOf(place, stretch);
  const first = scrapes[0];
  return sum(
    place.processes.map((process) => {
      const own = scrapes.filter((scrape) => scrape.process === process).map(({ at }) => at);
      const last = own.at(-1);
      if (last === undefined || last <= window.from) return 0;
      const before = own.findLast((at) => at <= window.from);
      // An old process that is met within the window is where counting begins.
      const isMet = first?.process === process && process.from <= stretch.after;
      const base = before ?? (isMet ? first.at : null);
      return countAt(process, last) - (base === null ? 0 : countAt(process, base));
    }),
  );
}

function scrapesOf({ offset, missed: misses, processes }: Place, { after, to }: { readonly after: number; readonly to: number }) {
  const scrapes: { readonly at: number; readonly process: Process }[] = [];
  for (let at = offset; at <= to; at += scrapeMs) {
    const process = processes.find((one) => one.from < at && at <= one.to);
    if (at > after && process && !misses[Math.floor(at / scrapeMs) % misses.length]) scrapes.push({ at, process });
  }
  return scrapes;
}

function countAt(process: Process, at: number, code?: string): number {
  return process.events.filter((event) => event.at <= at && (code === undefined || event.code === code)).length;
}

function sum(list: readonly (number | null)[]): number {
  return list.reduce<number>((total, count) => total + (count ?? 0), 0);
}
