import type { GaugeModel } from '../calibration.ts';
import { distanceOf, leastOf, timesOf, unitOf, type Way } from './deviation-score.ts';
import { rivalWeight } from './moving-means.ts';
import type { GaugeTest } from './state.ts';

/** The maximum deviation that a window may have in a direction without a failure. */
export function roomOf(
  model: GaugeModel,
  { place, way }: { readonly place: number; readonly way: Way },
  window: { readonly expected: number; readonly count: number },
): number {
  const size = Math.abs(window.expected);
  return Math.max(leastOf(size, model), model.threshold * unitOf(window, place, model) * timesOf(way, model) + model.slack * size);
}

/** The direction in which a change must be larger to be found. */
function blinderWay({ side, fall = 1 }: GaugeModel): Way {
  if (side !== 'both') return side;
  return fall > 1 ? 'down' : 'up';
}

/** The smallest lasting change that would have been found after `at` ticks, and what was expected there. A rival forecast may explain a part of it. */
export function smallestChange(
  at: number,
  { model, forecastAt, rivalsAt }: GaugeTest,
): { readonly change: number; readonly expected: number } {
  const newest = Math.max(0, at - 1);
  const expected = forecastAt(newest) ?? 0;
  const way = blinderWay(model);
  const rooms = model.windows.flatMap((count, place) =>
    count <= at || place === 0 ? [roomOf(model, { place, way }, { expected, count })] : [],
  );
  const room = Math.min(...rooms);
  const explained = rivalsAt(newest).map((rival) => distanceOf({ mean: rival, against: expected }, model.side));
  return { change: Math.max(room, ...explained.map((part) => part + room / rivalWeight)), expected };
}

/** A number that is just tolerated cannot be distinguished from a slightly higher one. */
const overTolerated = 1.25;

/** A release is harmful from this factor on, and broken from that one on. Where only a fall is worse, it divides. */
const harmfulTimes = 2;
const brokenTimes = 5;

/** Whether a harmful change would have been found by now: twice of what was expected, or a quarter more than is tolerated. Of nothing there is no double. */
export function rulesOutHarm(at: number, test: GaugeTest): boolean {
  return wouldFind(harmfulTimes, at, test);
}

/** Whether a broken release would have been found by now. Then an undecided gauge does not keep the bake open, as with counts. */
export function rulesOutBroken(at: number, test: GaugeTest): boolean {
  return wouldFind(brokenTimes, at, test);
}

function wouldFind(times: number, at: number, test: GaugeTest): boolean {
  const { change, expected } = smallestChange(at, test);
  const { side, slack } = test.model;
  const found =
    side === 'down' ? Math.max(1 - 1 / times, 1 - (1 - slack) / overTolerated) : Math.max(times - 1, (1 + slack) * overTolerated - 1);
  return expected === 0 || change <= found * Math.abs(expected);
}
