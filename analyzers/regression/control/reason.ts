import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';
import type { FailVerdict, OpenVerdict } from '../../../src/core/judge/fold.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import type { Side } from '../counts/e-process.ts';
import { minPairs } from './level-shift.ts';
import { minimumDetectableShift } from './minimum-detectable-effect.ts';
import { noMeans, type PairMeans, type PairsState } from './pairs.ts';
import type { ControlState, ControlTest } from './state.ts';

type ControlShift = { readonly from: number; readonly side: Side };

/** By how much the new release lies apart from its control in one direction, on average. */
export function differenceSince(state: ControlState, { from, side }: ControlShift): number {
  const { own, control } = meansSince(state, from);
  return side === 'up' ? own - control : control - own;
}

/** A level shift. `log`: the log evidence. */
export function shifted(state: ControlState, test: ControlTest, { from, side, log }: ControlShift & { readonly log: number }): FailVerdict {
  const { sentence, evidence } = compared(meansSince(state, from), test, { sides: [side], ticks: state.pairs.ticks - from });
  const beyond = log - test.needed;
  const strength = beyond >= Math.log(1000) ? 'over 1,000×' : `${show(Math.max(1, Math.exp(beyond)), 2)}×`;
  return { outcome: 'fail', reason: `${sentence}: ${strength} the evidence needed`, evidence };
}

/** Too many exceedances of a constant control. */
export function exceeded({ pairs, exceedances: { now } }: ControlState, test: ControlTest): FailVerdict {
  const { level, newest, evidence } = newestOf(pairs, test, now.side);
  const often =
    now.run >= test.runs.first ? `${now.run} readings in a row` : `${now.count} of ${show(pairs.known.both)} readings, and the newest,`;
  const tolerated = `tolerated ${now.side} to ${show(evidence.limit)}`;
  const reason = `${often} ${placed(now.side)} the control, which stayed at ${show(level)}: newest ${show(newest)}, ${tolerated}`;
  return { outcome: 'fail', reason, evidence };
}

/** Readings of a metric that the control does not have. */
export function appeared(pairs: PairsState, test: ControlTest, count: number): FailVerdict {
  const newest = pairs.newest.own ?? 0;
  const reason = `${count} readings above 0 in ${over(pairs, test)}, newest ${show(newest)}, where the control had none`;
  return { outcome: 'fail', reason, evidence: { measured: newest, expected: 0, limit: 0, samples: count } };
}

/** No reading of the new release. */
export function noData(pairs: PairsState, test: ControlTest): OpenVerdict {
  return { outcome: 'inconclusive', reason: `no data in the ${over(pairs, test)} since the bake began` };
}

/** No reading of the control, and no past. */
export const noControl: OpenVerdict = { outcome: 'inconclusive', blocks: false, reason: 'no readings of the control: not compared' };

/** Too few ticks that both sides answered. */
export function tooFew(state: ControlState, test: ControlTest): OpenVerdict {
  const { both } = state.pairs.known;
  const { sentence, evidence } = compared(state.means, test, { sides: test.sides, ticks: state.pairs.ticks });
  const counted = `${show(both)} readings together with the control are too few to tell`;
  const could = `could see no change yet, from ${minPairs} readings on a large one`;
  return { outcome: 'inconclusive', reason: `${both > 0 ? `${sentence}: ` : ''}${counted}; ${could}`, evidence };
}

/** The control is constant, and the exceedances are not too many. */
export function constant({ pairs, exceedances: { now } }: ControlState, test: ControlTest): OpenVerdict {
  const { level, newest, evidence } = newestOf(pairs, test, now.side);
  const both = `${show(pairs.known.both)} readings`;
  const could = `could see ${test.runs.first} to ${test.runs.any} readings in a row`;
  if (now.run === 0 || !test.sides.includes(now.side)) {
    const reason = `${show(newest)}, the control ${show(level)} after ${both}: as the control; ${could}`;
    return { outcome: 'pass', reason, evidence };
  }
  const reason = `the newest ${now.run} of ${both} ${placed(now.side)} the control, which stayed at ${show(level)}: not enough to tell; ${could}`;
  return { outcome: 'inconclusive', reason, evidence };
}

/** The control moves. `isOpen`: there is evidence, though not enough. */
export function moving(state: ControlState, test: ControlTest, isOpen: boolean): OpenVerdict {
  const { sentence, evidence, isWithin } = compared(state.means, test, { sides: test.sides, ticks: state.pairs.ticks });
  const could = couldSee(state, test, evidence.expected ?? 0);
  if (isWithin && !isOpen) return { outcome: 'pass', reason: `${sentence}: as the control; ${could}`, evidence };
  return { outcome: 'inconclusive', reason: `${sentence}: not enough to tell; ${could}`, evidence };
}

/** "averaged 312 over 10m, 221 on the control, tolerated up to 276". */
function compared(
  { own, control, size, count }: PairMeans,
  { tolerance, stepMs }: ControlTest,
  { sides, ticks }: { readonly sides: readonly Side[]; readonly ticks: number },
) {
  const limits = { up: control + tolerance * size, down: control - tolerance * size };
  const [side = 'up'] = sides;
  const isBoth = sides.length > 1;
  const tolerated = isBoth ? `${show(limits.down)} to ${show(limits.up)}` : `${side} to ${show(limits[side])}`;
  const sentence = `averaged ${show(own)} over ${formatDuration(ticks * stepMs)}, ${show(control)} on the control, tolerated ${tolerated}`;
  const limit = isBoth && own < control ? limits.down : limits[side];
  const isWithin = sides.every((one) => (one === 'up' ? own <= limits.up : own >= limits.down));
  const evidence: Evidence = count > 0 ? { measured: own, expected: control, limit, samples: count } : { samples: 0 };
  return { sentence, evidence, isWithin };
}

function meansSince({ starts }: ControlState, from: number): PairMeans {
  return starts.find(({ at }) => at === from)?.means ?? noMeans;
}

function newestOf({ newest: { own, control }, known }: PairsState, { tolerance }: ControlTest, side: Side) {
  const [newest, level] = [own ?? 0, control ?? 0];
  const limit = level + (side === 'up' ? 1 : -1) * tolerance * Math.abs(level);
  return { newest, level, evidence: { measured: newest, expected: level, limit, samples: known.both } satisfies Evidence };
}

function couldSee({ differences, means }: ControlState, { tolerance, sides, alpha }: ControlTest, level: number): string {
  const smallest = minimumDetectableShift(differences, { size: means.size, tolerance, alpha });
  const way = sides.length > 1 ? 'change' : sides[0] === 'down' ? 'fall' : 'rise';
  if (smallest === null) return `too few to see any ${way}`;
  const share = level === 0 ? '' : ` (${formatShare(Number((smallest / Math.abs(level)).toPrecision(2)))})`;
  return `could see a ${way} of ${show(smallest, 2)}${share}`;
}

function over({ ticks }: PairsState, { stepMs }: ControlTest): string {
  return formatDuration(ticks * stepMs);
}

function placed(side: Side): string {
  return side === 'up' ? 'above' : 'below';
}

function show(value: number, digits = 4): string {
  return formatNumber(Number(value.toPrecision(digits)));
}
