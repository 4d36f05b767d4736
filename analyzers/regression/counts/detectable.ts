import { isEndReached } from './end-test.ts';
import { minimumDetectableEffect } from './evidence.ts';
import type { CountedSeries, CountsInput, CountsState, DetectableSeries, SeriesState } from './state.ts';

/** A bound that detects only larger changes than this factor is ignored if other bounds detect smaller ones. */
const maxTimes = 3;

/** The series on which some change could have been found by now. */
export function detectableSeries({ series, ticks }: CountsState, input: CountsInput): readonly DetectableSeries[] {
  const { design } = input;
  const isAtEnd = isEndReached(ticks, design);
  return input.series.flatMap((one, i) => {
    const state = series[i];
    if (state === undefined) return [];
    const known = one.isRatio ? referenceFromControl(one, state) : { reference: one.reference, samples: state.total };
    const smallest = minimumDetectableEffect(known.reference, known.samples, { ...design, isAtEnd });
    return smallest === null ? [] : [{ i, smallest, expected: known.reference.expected }];
  });
}

/** Of the most sensitive series, the bound that the smallest share of requests exceeds: a slowdown appears there first. */
export function bestSeries(detectable: readonly DetectableSeries[]): DetectableSeries | null {
  const [first, ...others] = sensitiveSeries(detectable);
  return first === undefined ? null : others.reduce((a, b) => (b.expected < a.expected ? b : a), first);
}

/** The series that can detect a change by a factor of three; if there are none, the one that comes closest. */
export function sensitiveSeries(detectable: readonly DetectableSeries[]): readonly DetectableSeries[] {
  const closest = Math.min(...detectable.map(({ smallest }) => distanceOf(smallest)));
  const limit = Math.max(closest, Math.log(maxTimes));
  return detectable.filter(({ smallest }) => distanceOf(smallest) <= limit);
}

/** How far a multiple is from 1, as a logarithm. */
export function distanceOf(times: number): number {
  return Math.abs(Math.log(times));
}

/**
 * Without a past, what is expected is what the control has shown so far (half an event more, after Jeffreys, because none may have come yet), and a
 * small control makes the comparison as weak as few requests of the new release do.
 */
function referenceFromControl({ reference }: CountedSeries, { total, controlBad, controlTotal }: SeriesState) {
  const expected = (controlBad + 0.5) / (controlTotal + 1);
  const tolerated = expected * (reference.tolerated / reference.expected);
  return {
    reference: { ...reference, expected, tolerated },
    samples: controlTotal > 0 ? (total * controlTotal) / (total + controlTotal) : 0,
  };
}
