import { clopperPearson } from '../base/clopper-pearson.ts';
import type { Direction } from '../rules/rule-set.ts';
import type { TicksShape } from '../series/tick.ts';
import type { SeriesTally } from './series-tally.ts';

/** How sure it must be that the service has not failed altogether: wrong in one of twenty cases. */
const delta = 0.05;
/** Where half of the requests or more fail, the service may be down. */
const downShare = 0.5;
/** Where this share of the requests or more is slower than the largest bucket bound, the service may hang. */
const hangingShare = 0.95;
/** With more samples Chernoff's bound is close enough, and the exact limit may run out of range. */
const maxExact = 100_000;

type ShareSums = Pick<SeriesTally, 'top' | 'bottom'>;

/**
 * Whether the ticks of a bake rule out that the service fails altogether: most of its requests succeed, some are answered in time, or (of events and
 * numbers) there are data. Events of which more are wanted must not be zero.
 */
export function rulesOutOutage({ top, bottom }: ShareSums, shape: TicksShape, direction: Direction): boolean {
  switch (shape.kind) {
    case 'ratio':
      return isSurelyBelow(downShare, { top, bottom });
    case 'latency':
      return (bottom ?? 1) > 0 && (shape.le.length < 2 || isSurelyBelow(hangingShare, { top, bottom }));
    case 'rate':
      return ((direction === 'up' ? bottom : top) ?? 1) > 0;
    case 'value':
      return (bottom ?? 1) > 0;
  }
}

/**
 * Whether the upper limit of the share is below `max`. Chernoff's bound answers most cases at little cost; the exact limit (Clopper & Pearson) answers the
 * others. Fractions of events are rounded to the cautious side.
 */
function isSurelyBelow(max: number, { top, bottom }: ShareSums): boolean {
  if (top === null || bottom === null) return false;
  const [hits, of] = [Math.ceil(top), Math.floor(bottom)];
  if (!(hits >= 0) || !(of - hits >= 1) || !Number.isFinite(of) || hits >= max * of) return false;
  const share = hits / of;
  const divergence = (share > 0 ? share * Math.log(share / max) : 0) + (1 - share) * Math.log((1 - share) / (1 - max));
  if (of * divergence >= Math.log(1 / delta)) return true;
  return of <= maxExact && clopperPearson(hits, of, delta)[1] < max;
}
