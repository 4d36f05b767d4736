import { formatDuration } from '../../../src/core/base/duration.ts';
import { explain, fitHeadline } from '../../../src/core/judge/explanation.ts';
import type { FailVerdict, OpenVerdict } from '../../../src/core/judge/fold.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import { formatCount, formatValue } from '../../../src/core/series/format-value.ts';
import { sureness, toleratedWords } from '../../words.ts';
import type { Side } from '../counts/e-process.ts';
import { minimumDetectableShift } from './minimum-detectable-effect.ts';
import { noMeans, type PairMeans, type PairsState } from './pairs.ts';
import type { ControlState, ControlTest } from './state.ts';

type ControlShift = { readonly from: number; readonly side: Side };

/** By how much the new release lies apart from its control in one direction, on average. */
export function differenceSince(state: ControlState, { from, side }: ControlShift): number {
  const { own, control } = meansSince(state, from);
  return side === 'up' ? own - control : control - own;
}

/** A level shift. `log`: the log evidence for one direction. */
export function shifted(state: ControlState, test: ControlTest, { from, side, log }: ControlShift & { readonly log: number }): FailVerdict {
  const ticks = state.pairs.ticks - from;
  // By Ville's inequality at most one healthy bake in exp(log) gets this far, in each direction.
  const end = `; ${sureness(Math.exp(log) / test.sides.length)}`;
  const { isWithin, ...words } = compared(meansSince(state, from), test, { sides: [side], ticks, end });
  return { outcome: 'fail', ...words };
}

/** Too many exceedances of a constant control. */
export function exceeded({ pairs, exceedances: { now } }: ControlState, test: ControlTest): FailVerdict {
  const { level, newest, evidence } = newestOf(pairs, test, now.side);
  const often =
    now.run >= test.runs.first
      ? `${now.run} times in a row`
      : `in ${now.count} of ${formatCount(pairs.known.both)} readings, and in the newest`;
  const show = shower(test);
  const tolerated = toleratedWords(show, { measured: newest, limit: evidence.limit, side: now.side });
  const headline = fitHeadline(
    `${show(newest)}, old release always ${show(level)}: ${now.run} in a row`,
    `${show(newest)}, old release always ${show(level)}`,
  );
  return {
    outcome: 'fail',
    ...explain(
      headline,
      `${comparedWith}, ${tolerated}: ${now.side === 'up' ? 'above' : 'below'} it ${often}; ${sureness(1 / test.budget)}`,
    ),
    evidence,
  };
}

/** Readings of a metric that the control does not have. */
export function appeared(pairs: PairsState, test: ControlTest, count: number): FailVerdict {
  const newest = pairs.newest.own ?? 0;
  const headline = `${shower(test)(newest)}, old release has none`;
  return {
    outcome: 'fail',
    ...explain(headline, `${comparedWith}: ${count} readings above 0 in ${over(pairs, test)}; ${sureness(1 / test.budget)}`),
    evidence: { measured: newest, expected: 0, limit: 0, samples: count },
  };
}

/** No reading of the new release. */
export function noData(pairs: PairsState, test: ControlTest): OpenVerdict {
  return { outcome: 'inconclusive', ...explain(`no data in the ${over(pairs, test)} since the bake began`) };
}

/** No reading of the control, and no past. */
export const noControl: OpenVerdict = {
  outcome: 'inconclusive',
  blocks: false,
  ...explain('not compared: no readings of the old release'),
};

/** Too few ticks that both sides answered. */
export function tooFew(state: ControlState, test: ControlTest): OpenVerdict {
  const { both } = state.pairs.known;
  const end = `; not sure yet: only ${formatCount(both)} readings of both releases`;
  const options = { sides: test.sides, ticks: state.pairs.ticks, end, ending: ': too few to tell' };
  const { isWithin, ...words } = compared(state.means, test, options);
  return { outcome: 'inconclusive', ...words, ...(both === 0 && explain('not compared yet: no readings of both releases')) };
}

/** The control is constant, and the exceedances are not too many. */
export function constant({ pairs, exceedances: { now } }: ControlState, test: ControlTest): OpenVerdict {
  const { level, newest, evidence } = newestOf(pairs, test, now.side);
  const show = shower(test);
  const could = `${test.runs.first} to ${test.runs.any} readings in a row would have been seen`;
  if (now.run === 0 || !test.sides.includes(now.side)) {
    return {
      outcome: 'pass',
      ...explain(`${show(newest)}, old release always ${show(level)}`, `${comparedWith}: no worse; ${could}`),
      evidence,
      ...settledBy(pairs, test),
    };
  }
  const where = `the newest ${now.run} of ${formatCount(pairs.known.both)} readings ${now.side === 'up' ? 'above' : 'below'} it`;
  const headline = fitHeadline(
    `${show(newest)}, old release always ${show(level)}: not sure yet`,
    `${show(newest)}, old release ${show(level)}: not sure yet`,
  );
  const words = explain(headline, `${comparedWith}; not sure yet: ${where}; only ${could}`);
  return { outcome: 'inconclusive', leans: true, ...words, evidence };
}

/** The control moves. `isOpen`: there is evidence, though not enough. */
export function moving(state: ControlState, test: ControlTest, isOpen: boolean): OpenVerdict {
  const could = couldSee(state, test);
  const options = { sides: test.sides, ticks: state.pairs.ticks };
  const { isWithin, ...words } = compared(state.means, test, { ...options, end: `: not exceeded; ${could}` });
  if (isWithin && !isOpen) return { outcome: 'pass', ...words, ...settledBy(state.pairs, test) };
  const { isWithin: _, ...open } = compared(state.means, test, { ...options, end: `; not sure yet: ${could}`, ending: ': not sure yet' });
  return { outcome: 'inconclusive', leans: true, ...open };
}

/** From half of the planned bake on, a check that does not lean is settled. */
function settledBy({ ticks }: PairsState, { looks, stepMs }: ControlTest): { readonly settledAfterMs?: number } {
  const half = Math.ceil(looks / 2);
  return ticks >= half ? { settledAfterMs: half * stepMs } : {};
}

const comparedWith = 'compared with the old release at the same time';

type PairsEnding = { readonly sides: readonly Side[]; readonly ticks: number; readonly end: string; readonly ending?: string };

/** "312 MB on average over 10m, old release 221 MB". */
function compared({ own, control, size, count }: PairMeans, test: ControlTest, { sides, ticks, end, ending = '' }: PairsEnding) {
  const { tolerance, stepMs } = test;
  const show = shower(test);
  const limits = { up: control + tolerance * size, down: control - tolerance * size };
  const [side = 'up'] = sides;
  const isBoth = sides.length > 1;
  const tolerated = isBoth
    ? `tolerated ${show(limits.down)} to ${show(limits.up)}`
    : toleratedWords(show, { measured: own, limit: limits[side], side });
  const was = `, old release ${show(control)}${ending}`;
  const headline = fitHeadline(
    `${show(own)} on average over ${formatDuration(ticks * stepMs)}${was}`,
    `${show(own)} on average${was}`,
    `${show(own)}${was}`,
  );
  const limit = isBoth && own < control ? limits.down : limits[side];
  const isWithin = sides.every((one) => (one === 'up' ? own <= limits.up : own >= limits.down));
  const evidence: Evidence = count > 0 ? { measured: own, expected: control, limit, samples: count } : { samples: 0 };
  return { ...explain(headline, `${comparedWith}, ${tolerated}${end}`), evidence, isWithin };
}

function meansSince({ starts }: ControlState, from: number): PairMeans {
  return starts.find(({ at }) => at === from)?.means ?? noMeans;
}

function newestOf({ newest: { own, control }, known }: PairsState, { tolerance }: ControlTest, side: Side) {
  const [newest, level] = [own ?? 0, control ?? 0];
  const limit = level + (side === 'up' ? 1 : -1) * tolerance * Math.abs(level);
  return { newest, level, evidence: { measured: newest, expected: level, limit, samples: known.both } satisfies Evidence };
}

function couldSee({ differences, means }: ControlState, test: ControlTest): string {
  const { tolerance, sides, alpha } = test;
  const smallest = minimumDetectableShift(differences, { size: means.size, tolerance, alpha });
  const way = sides.length > 1 ? 'change' : sides[0] === 'down' ? 'fall' : 'rise';
  if (smallest === null) return `too little data to see any ${way}`;
  return `a ${way} of ${shower(test)(Number(smallest.toPrecision(2)))} would have been seen`;
}

function over({ ticks }: PairsState, { stepMs }: ControlTest): string {
  return formatDuration(ticks * stepMs);
}

function shower({ unit }: ControlTest): (value: number) => string {
  return (value) => formatValue(unit, value);
}
