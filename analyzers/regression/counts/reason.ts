import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber } from '../../../src/core/base/format-number.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import { formatMeasured, unitOf } from '../../../src/core/series/format-measured.ts';
import type { CountedSeries, CountsInput, CountsState, DetectableSeries } from './state.ts';

/** "4.21 % of 1,310 requests, last 2h 0.4 %, tolerated 0.7 %". */
export function describe(
  { watch, bad, total }: CountsState,
  ticks: number,
  index: number,
): { readonly sentence: string; readonly evidence: Evidence } {
  const stream = watch.streams[index];
  const [events, samples] = [bad[index]?.[ticks] ?? 0, total[index]?.[ticks] ?? 0];
  const { expected, tolerated } = expectation(stream, ticks);
  const measured = samples > 0 ? events / samples : 0;
  const unit = (value: number) => formatMeasured(watch.kind, Number(value.toPrecision(3)));
  const named = stream?.name ? ` ${stream.name}` : '';
  const of =
    watch.kind === 'rate'
      ? `${formatNumber(events)} events (${unit(measured)} a unit of exposure)`
      : `${unit(measured)}${named} of ${formatNumber(samples)} requests`;
  return {
    sentence: `${of}, ${stream?.baseline ?? 'before'} ${unit(expected)}, tolerated ${unit(tolerated)}`,
    evidence: { measured, expected, limit: tolerated, samples },
  };
}

/** The smallest change that would have been seen: "could have seen 0.93 % or more in 30m". */
export function seen(state: CountsState, ticks: number, best: DetectableSeries | null): string {
  const { kind, bake, streams } = state.watch;
  const by = `in ${formatDuration(ticks * bake.stepMs)}`;
  if (best === null) return `too few to see any change ${by}`;
  const { expected } = expectation(streams[best.i], ticks);
  const rate = best.smallest * (expected > 0 ? expected : best.expected);
  return `could have seen ${formatMeasured(kind, Number(rate.toPrecision(2)))} or ${bake.side === 'up' ? 'more' : 'less'} ${by}`;
}

/** How many times the evidence needed there is. */
export function strengthAsText(strength: number): string {
  return strength >= 1000 ? 'over 1,000×' : `${rounded(Math.max(1, strength))}×`;
}

/** "42 of the 100 requests needed". */
export function neededAsText(samples: number, { kind, minSamples }: CountsInput): string {
  return `${formatNumber(samples)} of the ${formatNumber(minSamples)} ${unitOf(kind)} needed`;
}

export function noRequests({ kind, bake }: CountsInput, ticks: number): string {
  return `no ${unitOf(kind)} in the ${formatDuration(ticks * bake.stepMs)} since the bake began`;
}

function rounded(value: number): string {
  return formatNumber(Number(value.toPrecision(2)));
}

/** What the old release beside it shows, or what the history taught. */
function expectation(stream: CountedSeries | undefined, ticks: number): { readonly expected: number; readonly tolerated: number } {
  if (stream === undefined) return { expected: 0, tolerated: 0 };
  const { control, held } = stream;
  if (control === null) return held;
  let [events, samples] = [0, 0];
  for (let i = 0; i < ticks; i++) [events, samples] = [events + (control.bad[i] ?? 0), samples + (control.total[i] ?? 0)];
  const beside = samples > 0 ? events / samples : 0;
  return { expected: beside, tolerated: (beside * held.tolerated) / Math.max(held.expected, 1e-12) };
}
