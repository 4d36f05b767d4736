import type { GaugeModel } from '../calibration.ts';
import { distanceOf, leastOf, levelOf, timesOf, unitOf, type Way } from './deviation-score.ts';
import { endChange } from './end-sum.ts';
import { scaleOf } from './log-scale.ts';
import { type MovingMean, MovingMeans, rivalWeight } from './moving-means.ts';
import type { GaugeState, GaugeSubject, GaugeTest } from './state.ts';

/** The maximum deviation that a window may have in a direction without a failure. */
export function roomOf(
  model: GaugeModel,
  { place, way }: { readonly place: number; readonly way: Way },
  window: { readonly expected: number; readonly count: number },
): number {
  const size = levelOf(window.expected, model);
  return Math.max(leastOf(size, model), model.threshold * unitOf(window, place, model) * timesOf(way, model) + model.slack * size);
}

/** The direction in which a change must be larger to be found. */
function blinderWay({ side, fall = 1 }: GaugeModel): Way {
  if (side !== 'both') return side;
  return fall > 1 ? 'down' : 'up';
}

/** A window with its room in each direction; `null` where too little of it is known. All events up to the end are a window, too. */
export function spanOf(
  { means, at, sum }: GaugeState,
  { model, end }: GaugeTest,
  shown: GaugeSubject,
): { readonly window: MovingMean; readonly rooms: Readonly<Record<Way, number>> } | null {
  if (shown !== 'end') {
    const window = new MovingMeans(means).around(shown.question, at - 1, shown.length);
    const room = (way: Way, span: MovingMean) => roomOf(model, { place: shown.place, way }, span);
    return window && { window, rooms: { up: room('up', window), down: room('down', window) } };
  }
  if (sum === null || end === null || sum.known === 0) return null;
  const expected = sum.expected / sum.known;
  const window = { mean: sum.events / sum.known, against: expected, expected, count: sum.known };
  const room = endChange(sum, end, model) * expected;
  return { window, rooms: { up: room, down: room } };
}

/** The smallest lasting change that would have been found by now, and what was expected there. A rival forecast may explain a part of it. */
export function smallestChange(
  { at, sum }: GaugeState,
  { model, end, forecastAt, rivalsAt }: GaugeTest,
): { readonly change: number; readonly expected: number } {
  const newest = Math.max(0, at - 1);
  const expected = forecastAt(newest) ?? 0;
  const way = blinderWay(model);
  const rooms = model.windows.flatMap((count, place) =>
    count <= at || place === 0 ? [roomOf(model, { place, way }, { expected, count })] : [],
  );
  const room = Math.min(...rooms);
  const explained = rivalsAt(newest).map((rival) => distanceOf({ mean: rival, against: expected }, model.side));
  const inWindows = Math.max(room, ...explained.map((part) => part + room / rivalWeight));
  const atEnd = sum && end && at >= end.ticks ? endChange(sum, end, model) * Math.abs(expected) : Number.POSITIVE_INFINITY;
  return inNumbers(Math.min(inWindows, atEnd), expected, model);
}

/** On a logarithmic scale a change is a fall. */
function inNumbers(change: number, expected: number, model: GaugeModel): { readonly change: number; readonly expected: number } {
  if (model.law === 'line') return { change, expected };
  const { from } = scaleOf(model);
  return { change: from(expected) - from(expected - change), expected: from(expected) };
}

/** A number that is just tolerated cannot be distinguished from a slightly higher one. */
const overTolerated = 1.25;

/** A release is harmful, or broken, where a number is `times` as high. A fall is harmful by the inverse; of events, where so large a share is missing. */
const harmful = { times: 2, fewer: 0.25 };
const broken = { times: 5, fewer: 0.8 };

/** Where a rise is worse as well, nobody said that half as much is harmful: a fall to a fifth is. */
const brokenFall = 1 - 1 / broken.times;

/** Whether a harmful change would have been found by now: twice of what was expected, or a quarter more than is tolerated. Of nothing there is no double. */
export function rulesOutHarm(state: GaugeState, test: GaugeTest): boolean {
  return wouldFind(harmful, state, test);
}

/** Whether a broken release would have been found by now. Then an undecided gauge does not keep the bake open, as with counts. */
export function rulesOutBroken(state: GaugeState, test: GaugeTest): boolean {
  return wouldFind(broken, state, test);
}

function wouldFind({ times, fewer }: typeof harmful, state: GaugeState, test: GaugeTest): boolean {
  const { change, expected } = smallestChange(state, test);
  const { side, law } = test.model;
  const slack = law === 'log' ? -Math.expm1(-test.model.slack) : test.model.slack;
  const fall = Math.max(test.flow ? fewer : test.isPair ? brokenFall : 1 - 1 / times, 1 - (1 - slack) / overTolerated);
  const rise = Math.max(times - 1, (1 + slack) * overTolerated - 1);
  const found = side === 'down' || (test.flow && side === 'both') ? fall : rise;
  return expected === 0 || change <= found * Math.abs(expected);
}
