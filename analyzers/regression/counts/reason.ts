import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber } from '../../../src/core/base/format-number.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import { formatMeasured, unitOf } from '../../../src/core/series/format-measured.ts';
import { type CountsInput, type CountsState, type DetectableSeries, expectationOf } from './state.ts';

/** "4.21 % of 1,310 requests, last 2h 0.4 %, tolerated 0.7 %". */
export function describe(
  state: CountsState,
  { kind, series }: CountsInput,
  i: number,
): { readonly sentence: string; readonly evidence: Evidence } {
  const [one, known] = [series[i], state.series[i]];
  const [events, samples] = [known?.bad ?? 0, known?.total ?? 0];
  const { expected, tolerated } = one && known ? expectationOf(one, known) : { expected: 0, tolerated: 0 };
  const measured = samples > 0 ? events / samples : 0;
  const show = (value: number) => formatMeasured(kind, Number(value.toPrecision(3)));
  const named = one?.name ? ` ${one.name}` : '';
  const what =
    kind === 'rate'
      ? `${formatNumber(events)} events (${show(measured)} a unit of exposure)`
      : `${show(measured)}${named} of ${formatNumber(samples)} requests`;
  return {
    sentence: `${what}, ${one?.baseline ?? 'before'} ${show(expected)}, tolerated ${show(tolerated)}`,
    evidence: { measured, expected, limit: tolerated, samples },
  };
}

/** The minimum detectable effect in words: "could have seen 0.93 % or more in 30m". */
export function couldHaveSeen(state: CountsState, { kind, design, series }: CountsInput, best: DetectableSeries | null): string {
  const by = `in ${formatDuration(state.ticks * design.stepMs)}`;
  if (best === null) return `too few to see any change ${by}`;
  const [one, known] = [series[best.i], state.series[best.i]];
  const expected = one && known ? expectationOf(one, known).expected : 0;
  const rate = best.smallest * (expected > 0 ? expected : best.expected);
  return `could have seen ${formatMeasured(kind, Number(rate.toPrecision(2)))} or ${design.side === 'up' ? 'more' : 'less'} ${by}`;
}

/** How many times the evidence needed there is. */
export function strengthAsText(strength: number): string {
  return strength >= 1000 ? 'over 1,000×' : `${formatNumber(Number(Math.max(1, strength).toPrecision(2)))}×`;
}

/** "42 of the 100 requests needed". */
export function neededAsText(samples: number, { kind, minSamples }: CountsInput): string {
  return `${formatNumber(samples)} of the ${formatNumber(minSamples)} ${unitOf(kind)} needed`;
}

/** "no requests in the 2m since the bake began". */
export function noRequests({ kind, design }: CountsInput, ticks: number): string {
  return `no ${unitOf(kind)} in the ${formatDuration(ticks * design.stepMs)} since the bake began`;
}
