import { clopperPearson } from '../base/clopper-pearson.ts';
import type { Direction } from '../rules/rule-set.ts';
import { dataTest, lengthOf, type Ticks } from '../series/ticks.ts';

/** How sure it must be that the service has not failed altogether: wrong in one of twenty cases. */
const delta = 0.05;
/** Where half of the requests or more fail, the service may be down. */
const downShare = 0.5;
/** Where this share of the requests or more is slower than the largest bucket bound, the service may hang. */
const hangingShare = 0.95;
/** With more samples Chernoff's bound is close enough, and the exact limit may run out of range. */
const maxExact = 100_000;

type ShareSums = { readonly top: number; readonly bottom: number };

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
      return isSurelyBelow(downShare, { top, bottom });
    case 'latency':
      return bottom > 0 && (ticks.le.length < 2 || isSurelyBelow(hangingShare, { top, bottom }));
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

/**
 * Whether the upper limit of the share is below `max`. Chernoff's bound answers most cases at little cost; the exact limit (Clopper & Pearson) answers the
 * others. Fractions of events are rounded to the cautious side.
 */
function isSurelyBelow(max: number, { top, bottom }: ShareSums): boolean {
  const [hits, of] = [Math.ceil(top), Math.floor(bottom)];
  if (!(hits >= 0) || !(of - hits >= 1) || !Number.isFinite(of) || hits >= max * of) return false;
  const share = hits / of;
  const divergence = (share > 0 ? share * Math.log(share / max) : 0) + (1 - share) * Math.log((1 - share) / (1 - max));
  if (of * divergence >= Math.log(1 / delta)) return true;
  return of <= maxExact && clopperPearson(hits, of, delta)[1] < max;
}
