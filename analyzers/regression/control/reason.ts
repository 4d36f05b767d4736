import { formatDuration } from '../../../src/core/base/duration.ts';
import { formatNumber, formatShare } from '../../../src/core/base/format-number.ts';
import type { Evidence, Verdict } from '../../../src/core/judge/verdict.ts';
import type { Side } from '../counts/e-process.ts';
import type { Runs } from './constant-control.ts';
import type { Exceedance } from './exceedances.ts';
import { fewestPairs } from './level-shift.ts';
import { smallestShift } from './minimum-detectable-effect.ts';
import type { Pairs } from './pairs.ts';

/** A comparison with a control, as far as words need it. `alpha`: for one direction. */
export type Beside = {
  readonly pairs: Pairs;
  readonly tolerance: number;
  readonly sides: readonly Side[];
  readonly runs: Runs;
  readonly alpha: number;
};

type Span = { readonly from: number; readonly at: number };
type ControlShift = Span & { readonly side: Side };

/** The verdicts of a comparison with a control, each in one sentence. */
export class BesideWords {
  readonly #beside: Beside;

  constructor(beside: Beside) {
    this.#beside = beside;
  }

  /** By how much the new release lies apart in one direction, on average. */
  apart({ from, at, side }: ControlShift): number {
    const { own, other } = meansOf(this.#beside.pairs, { from, at });
    return side === 'up' ? own - other : other - own;
  }

  /** `beyond`: by how much the log evidence is more than was needed. */
  shifted(shift: ControlShift, beyond: number): Verdict {
    const { sentence, evidence } = compared(this.#beside, shift, [shift.side]);
    const strength = beyond >= Math.log(1000) ? 'over 1,000×' : `${show(Math.max(1, Math.exp(beyond)), 2)}×`;
    return { outcome: 'fail', reason: `${sentence}: ${strength} the evidence needed`, evidence };
  }

  departed(at: number, { run, side, count }: Exceedance): Verdict {
    const { pairs, runs } = this.#beside;
    const { level, newest, evidence } = newestBeside(this.#beside, at, side);
    const often =
      run >= runs.first ? `${run} readings in a row` : `${count} of ${show(pairs.known.both[at] ?? 0)} readings, and the newest,`;
    const tolerated = `tolerated ${side} to ${show(evidence.limit)}`;
    const reason = `${often} ${placed(side)} the control, which stayed at ${show(level)}: newest ${show(newest)}, ${tolerated}`;
    return { outcome: 'fail', reason, evidence };
  }

  appeared(at: number, count: number): Verdict {
    const newest = newestOf(this.#beside.pairs.own, at);
    const reason = `${count} readings above 0 in ${this.#over(at)}, newest ${show(newest)}, where the control had none at all`;
    return { outcome: 'fail', reason, evidence: { measured: newest, expected: 0, limit: 0, samples: count } };
  }

  noData(at: number): Verdict {
    return { outcome: 'inconclusive', reason: `no data in the ${this.#over(at)} since the bake began` };
  }

  noControl(): Verdict {
    return { outcome: 'inconclusive', blocks: false, reason: 'no readings of the control: not compared' };
  }

  tooFew(at: number): Verdict {
    const both = this.#beside.pairs.known.both[at] ?? 0;
    const { sentence, evidence } = compared(this.#beside, { from: 0, at }, this.#beside.sides);
    const counted = `${show(both)} readings beside the control are too few to tell`;
    const could = `could see no change yet, from ${fewestPairs} readings on a large one`;
    return { outcome: 'inconclusive', reason: `${both > 0 ? `${sentence}: ` : ''}${counted}; ${could}`, evidence };
  }

  still(at: number, { side, run }: Exceedance): Verdict {
    const { pairs, runs, sides } = this.#beside;
    const { level, newest, evidence } = newestBeside(this.#beside, at, side);
    const both = `${show(pairs.known.both[at] ?? 0)} readings`;
    const could = `could see ${runs.first} to ${runs.any} readings in a row`;
    if (run === 0 || !sides.includes(side)) {
      const reason = `${show(newest)} beside the control's ${show(level)} after ${both}: as the control; ${could}`;
      return { outcome: 'pass', reason, evidence };
    }
    const reason = `the newest ${run} of ${both} ${placed(side)} the control, which stayed at ${show(level)}: not enough to tell; ${could}`;
    return { outcome: 'inconclusive', reason, evidence };
  }

  /** `isOpen`: there is evidence, though not enough. */
  moving(at: number, isOpen: boolean): Verdict {
    const { sentence, evidence, isWithin } = compared(this.#beside, { from: 0, at }, this.#beside.sides);
    const could = couldSee(this.#beside, at, evidence.expected ?? 0);
    if (isWithin && !isOpen) return { outcome: 'pass', reason: `${sentence}: as the control; ${could}`, evidence };
    return { outcome: 'inconclusive', reason: `${sentence}: not enough to tell; ${could}`, evidence };
  }

  #over(ticks: number): string {
    return formatDuration(ticks * this.#beside.pairs.stepMs);
  }
}

/** "averaged 312 over 10m, 221 on the control beside it, tolerated up to 276". */
function compared({ pairs, tolerance }: Beside, { from, at }: Span, sides: readonly Side[]) {
  const { own, other, size, count } = meansOf(pairs, { from, at });
  const limits = { up: other + tolerance * size, down: other - tolerance * size };
  const [side = 'up'] = sides;
  const isBoth = sides.length > 1;
  const tolerated = isBoth ? `${show(limits.down)} to ${show(limits.up)}` : `${side} to ${show(limits[side])}`;
  const sentence = `averaged ${show(own)} over ${formatDuration((at - from) * pairs.stepMs)}, ${show(other)} on the control beside it, tolerated ${tolerated}`;
  const limit = isBoth && own < other ? limits.down : limits[side];
  const isWithin = sides.every((one) => (one === 'up' ? own <= limits.up : own >= limits.down));
  const evidence: Evidence = count > 0 ? { measured: own, expected: other, limit, samples: count } : { samples: 0 };
  return { sentence, evidence, isWithin };
}

/** Means over the ticks that both answered. `size`: of the control without signs. */
function meansOf({ own, beside }: Pairs, { from, at }: Span) {
  let [a, b, size, count] = [0, 0, 0, 0];
  for (let i = from; i < at; i++) {
    const [x, y] = [own[i] ?? Number.NaN, beside[i] ?? Number.NaN];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    count++;
    a += (x - a) / count;
    b += (y - b) / count;
    size += (Math.abs(y) - size) / count;
  }
  return { own: a, other: b, size, count };
}

function newestBeside({ pairs, tolerance }: Beside, at: number, side: Side) {
  const [newest, level] = [newestOf(pairs.own, at), newestOf(pairs.beside, at)];
  const limit = level + (side === 'up' ? 1 : -1) * tolerance * Math.abs(level);
  return { newest, level, evidence: { measured: newest, expected: level, limit, samples: pairs.known.both[at] ?? 0 } satisfies Evidence };
}

function newestOf(values: Float64Array, at: number): number {
  return values.subarray(0, at).findLast((value) => !Number.isNaN(value)) ?? 0;
}

function couldSee({ pairs, tolerance, sides, alpha }: Beside, at: number, level: number): string {
  const least = smallestShift(pairs, { at, tolerance, alpha });
  const way = sides.length > 1 ? 'change' : sides[0] === 'down' ? 'fall' : 'rise';
  if (least === null) return `too few to see any ${way}`;
  const share = level === 0 ? '' : ` (${formatShare(Number((least / Math.abs(level)).toPrecision(2)))})`;
  return `could see a ${way} of ${show(least, 2)}${share}`;
}

function placed(side: Side): string {
  return side === 'up' ? 'above' : 'below';
}

function show(value: number, digits = 4): string {
  return formatNumber(Number(value.toPrecision(digits)));
}
