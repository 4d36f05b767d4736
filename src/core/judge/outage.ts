import { clopperPearson } from '../base/clopper-pearson.ts';
import type { Direction } from '../rules/rule-set.ts';
import { dataTest, lengthOf, type Ticks } from '../series/ticks.ts';

/** How sure it must be that the service has not failed altogether: wrong in one of twenty cases. */
const delta = 0.05;
/** Where half of the requests or more fail, the service may be down. */
const downShare = 0.5;
/** Where this share of the requests or more is slower than the largest bucket bound, the service may hang. */
const hangingShare = 0.95;
/** With more samples, the normal approximation of the limit is exact enough, and it cannot overflow. */
const manySamples = 100_000;

/**
 * Whether the first `end` ticks of a bake rule out that the service fails altogether: most of its requests succeed, some are answered in time, or (of
 * events and numbers) there are data. Events of which more are wanted must not be zero.
 */
export function rulesOutOutage(ticks: Ticks, end: number, direction: Direction): boolean {
  const hasData = dataTest(ticks);
  const length = Math.min(end, lengthOf(ticks));
  let [top, bottom] = [0, 0];
  for (let i = 0; i < length; i++) {
    if (!hasData(i)) continue;
    const [x, n] = countOf(ticks, i);
    [top, bottom] = [top + x, bottom + n];
  }
  switch (ticks.kind) {
    case 'ratio':
      return upperLimit(top, bottom) < downShare;
    case 'latency':
      return bottom > 0 && (ticks.le.length < 2 || upperLimit(top, bottom) < hangingShare);
    case 'rate':
      return direction === 'up' ? bottom > 0 : top > 0;
    case 'value':
      return bottom > 0;
  }
}

/** What a tick with data counts: bad requests of all requests, slow ones of all, events of ticks, or nothing of ticks. */
function countOf(ticks: Ticks, i: number): readonly [number, number] {
  switch (ticks.kind) {
    case 'ratio': {
      const total = ticks.total[i] ?? 0;
      return [Math.min(ticks.bad[i] ?? 0, total), total];
    }
    case 'latency': {
      const row = ticks.buckets[i] ?? [];
      const total = row.at(-1) ?? 0;
      return [Math.max(0, total - (row.at(-2) ?? 0)), total];
    }
    case 'rate':
      return [Math.max(0, ticks.count[i] ?? 0), 1];
    case 'value':
      return [0, 1];
  }
}

/** The one-sided upper limit of a share. Fractions of events are rounded to the cautious side; numbers that are no counts have the limit 1. */
function upperLimit(top: number, bottom: number): number {
  const [hits, of] = [Math.ceil(top), Math.floor(bottom)];
  if (!(hits >= 0) || !(of - hits >= 1) || !Number.isFinite(of)) return 1;
  if (of <= manySamples) return clopperPearson(hits, of, delta)[1];
  const share = hits / of;
  return share + 1.645 * Math.sqrt((share * (1 - share)) / of) + 1 / of;
}
