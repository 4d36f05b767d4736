import { type Explanation, explain, fitHeadline } from '../../src/core/judge/explanation.ts';
import type { Evidence } from '../../src/core/judge/verdict.ts';
import { formatValue } from '../../src/core/series/format-value.ts';
import { rankWords, shortPast } from '../words.ts';

/**
 * How far a line rose (`side: 'down'`: fell), and what it is compared with; all in the metric's own unit. `start`: the line at the start of
 * the bake. `smallest`: what would have failed.
 */
export type Rise = {
  readonly side: 'up' | 'down';
  readonly isProven: boolean;
  readonly start: number;
  readonly size: number;
  readonly level: number;
  readonly tolerance: number;
  readonly healthy: number;
  readonly smallest: number;
  readonly span: string;
  readonly samples: number;
  readonly replayed: number;
  readonly unit: string;
  readonly windowMs?: number;
};

/** Larger shares are not shown. */
const maxShare = 1e4;

/** A change of a smaller share of the level is shown as a difference. */
const smallShare = 0.05;

/** "rose from 122 MB to 149 MB (22 %) over 15m". */
export function describeTrend(rise: Rise): { readonly reason: string; readonly explanation: Explanation; readonly evidence: Evidence } {
  const { side, start, size, level, tolerance, healthy, smallest, span, replayed, samples, isProven, unit, windowMs } = rise;
  const sign = side === 'up' ? 1 : -1;
  const end = start + sign * size;
  const show = (value: number) => formatValue(unit, value);
  const share = shareOf(Math.abs(size), level);
  const verb = (side === 'up') === size >= 0 ? 'rose' : 'fell';
  // A small change of a large number does not show in three digits of it.
  const isSmall = Math.abs(size) < smallShare * Math.abs(start);
  const change = isSmall ? `by ${show(rounded(Math.abs(size)))}` : `from ${show(start)} to ${show(end)}`;
  const line = size === 0 ? `steady at ${show(start)} over ${span}` : `${verb} ${change}`;
  const headline = fitHeadline(`${line}${size !== 0 && share ? ` (${share})` : ''}${size === 0 ? '' : ` over ${span}`}`, line);
  const known = `healthy bakes ${side === 'up' ? 'rise' : 'fall'} up to ${shareOf(healthy, level) || show(rounded(healthy))}`;
  const seen = `a ${side === 'up' ? 'rise' : 'fall'} of ${shareOf(smallest, level) || show(rounded(smallest))} would have been seen`;
  const because = isProven
    ? `tolerated ${formatValue('share', tolerance)}, ${known}${rankWords('more than', replayed, replayed)}`
    : `as expected: ${known}; ${seen}`;
  return {
    ...explain(headline, because, [shortPast(replayed)]),
    // The line at the end and at the start of the bake: charts show them next to the metric itself.
    evidence: {
      measured: end,
      expected: start,
      limit: start + sign * smallest,
      samples,
      healthyBakes: replayed,
      ...(windowMs !== undefined && { windowMs }),
    },
  };
}

function shareOf(value: number, level: number): string {
  const share = value / level;
  return level > 0 && Math.abs(share) < maxShare ? formatValue('share', rounded(share)) : '';
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
