import { formatNumber, formatShare } from '../../src/core/base/format-number.ts';
import type { Evidence } from '../../src/core/judge/verdict.ts';

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
};

/** Larger shares are not shown. */
const maxShare = 1e4;

/** "rises by 3 (1.2 %) over 15m, tolerated 10 %, healthy bakes up to 2.1 %; could see a rise of 4 %". */
export function describeTrend(rise: Rise): { readonly reason: string; readonly evidence: Evidence } {
  const { side, start, size, level, tolerance, healthy, smallest, span, replayed, samples, isProven } = rise;
  const share = (value: number) => shareOf(value, level);
  const sign = side === 'up' ? 1 : -1;
  const noun = side === 'up' ? 'rise' : 'fall';
  const verb = (side === 'up') === size >= 0 ? 'rises' : 'falls';
  const change = `${formatNumber(rounded(Math.abs(size)))}${share(size) && ` (${share(Math.abs(size))})`}`;
  const line = size === 0 ? `does not change over ${span}` : `${verb} by ${change} over ${span}`;
  const known = `healthy bakes up to ${share(healthy) || formatNumber(rounded(healthy))}`;
  const end = isProven
    ? `more than all ${formatNumber(replayed)} healthy bakes of the same length`
    : `could see a ${noun} of ${share(smallest) || formatNumber(rounded(smallest))}`;
  return {
    reason: `${line}, tolerated ${formatShare(tolerance)}, ${known}; ${end}`,
    // The line at the end and at the start of the bake: charts show them next to the metric itself.
    evidence: { measured: start + sign * size, expected: start, limit: start + sign * smallest, samples, healthyBakes: replayed },
  };
}

function shareOf(value: number, level: number): string {
  const share = value / level;
  return level > 0 && Math.abs(share) < maxShare ? formatShare(rounded(share)) : '';
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
