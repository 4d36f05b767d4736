import { formatDuration } from '../../src/core/base/duration.ts';
import type { AnalyzerInput } from '../../src/core/judge/analyzer.ts';
import { explain } from '../../src/core/judge/explanation.ts';
import { type Fold, type FoldStep, foldOf, type OpenVerdict } from '../../src/core/judge/fold.ts';
import { defaultUnit } from '../../src/core/series/check-unit.ts';
import { formatCount } from '../../src/core/series/format-value.ts';
import { hasNumbers } from '../../src/core/series/tick.ts';
import { gaugeAt } from '../regression/gauge/gauge-series.ts';
import type { TrendCalibration } from './calibrate.ts';
import { addPoint, fitLine, joinSums, type LineFit, type LineSums, noSums, slopeOf, studentQuantile } from './fit-line.ts';
import { isLook, type LookTimes, lookTimes, maxLooks, minTicks } from './looks.ts';
import { describeTrend, type Rise } from './reason.ts';

/**
 * A bake so far. `origin`: the first known value; all values are kept as differences from it. `before`: the value of the last tick. `segments`: the
 * sums between the last looks; `open`: the sums since then. Plain JSON.
 */
type TrendState = {
  readonly ticks: number;
  readonly looks: number;
  readonly origin: number | null;
  readonly before: number | null;
  readonly all: LineSums;
  readonly segments: readonly LineSums[];
  readonly open: LineSums;
  readonly newest: OpenVerdict | null;
};

type TrendTest = {
  readonly model: TrendCalibration;
  readonly tolerance: number;
  readonly sides: readonly ('up' | 'down')[];
  readonly alpha: number;
  readonly times: LookTimes;
  readonly stepMs: number;
  /** The unit of the numbers. */
  readonly unit: string;
  /** Events, counted for each tick. */
  readonly isFlow: boolean;
};

/** The bake must rise by this much more than the largest rise of a healthy one, and by more where the past holds few bakes. */
const healthyMargin = 1.25;
const fewBakes = 3;
/** In the newer half of the bake the line must rise at least this many times as steeply as in all of it: a ramp that levels off is no leak. */
const lastingShare = 0.5;
/** What doubles resolve of a level. */
const resolution = 1e-9;

const noHistory: OpenVerdict = {
  outcome: 'inconclusive',
  blocks: false,
  ...explain('not judged: no history to compare with yet', 'there is no data from before this deploy'),
};
const tooShort: OpenVerdict = { outcome: 'inconclusive', blocks: false, ...explain('not judged: the bake has too few ticks for a trend') };

export type TrendOptions = { readonly tolerance: number; readonly direction: 'up' | 'down' | 'both' };

/** Judges a bake by the line through it. */
export function judgeTrend(input: AnalyzerInput, { tolerance, direction }: TrendOptions, model: TrendCalibration | null): Fold {
  const { stepMs } = input.bake;
  const planned = Math.max(1, Math.round(input.forMs / stepMs));
  if (model === null) return notJudged(stepMs, noHistory);
  if (planned < minTicks) return notJudged(stepMs, tooShort);
  const sides = direction === 'both' ? (['up', 'down'] as const) : [direction];
  const alpha = (input.alpha ?? 0.01) / maxLooks / sides.length;
  // Events are counted for each tick; the line goes through these counts.
  const { value: unit } = input.unit ?? defaultUnit(input.bake.shape.kind);
  const isFlow = input.bake.shape.kind === 'rate';
  const test: TrendTest = { model, tolerance, sides, alpha, times: lookTimes(planned), stepMs, unit, isFlow };
  return foldOf<TrendState>({
    initial: { ticks: 0, looks: 0, origin: null, before: null, all: noSums, segments: [], open: noSums, newest: null },
    step: (state, tick) => looked(withValue(state, gaugeAt(tick.bake)), test),
    verdict: (state) => openVerdict(state, test),
  });
}

/** Missing data blocks the bake; a missing reference does not. */
function notJudged(stepMs: number, reason: OpenVerdict): Fold {
  return foldOf<{ readonly ticks: number; readonly hasData: boolean }>({
    initial: { ticks: 0, hasData: false },
    step: ({ ticks, hasData }, { bake }) => ({ state: { ticks: ticks + 1, hasData: hasData || hasNumbers(bake) } }),
    verdict: ({ ticks, hasData }) => (hasData ? reason : noData(ticks * stepMs)),
  });
}

function noData(ms: number): OpenVerdict {
  return { outcome: 'inconclusive', ...explain(`no data in the ${formatDuration(ms)} since the bake began`) };
}

function withValue(state: TrendState, value: number): TrendState {
  const ticks = state.ticks + 1;
  if (Number.isNaN(value)) return { ...state, ticks, before: null };
  const origin = state.origin ?? value;
  const point = { t: state.ticks, x: value - origin, before: state.before };
  return { ...state, ticks, origin, before: point.x, all: addPoint(state.all, point), open: addPoint(state.open, point) };
}

/** After a look the state begins a new segment. A look without enough data costs nothing. */
function looked(state: TrendState, test: TrendTest): FoldStep<TrendState> {
  const { every } = test.times;
  const isAtEnd = state.ticks % every === 0;
  const segments = isAtEnd ? [...state.segments, state.open].slice(-maxLooks) : state.segments;
  const next = isAtEnd ? { ...state, segments, open: noSums } : state;
  if (!isLook(test.times, state.ticks) || state.looks >= maxLooks || state.all.count === 0) return { state: next };
  const lacking = lackOf(state, test);
  if (lacking !== null) return { state: { ...next, newest: { outcome: 'inconclusive', ...explain(lacking) } } };
  const fit = fitLine(state.all);
  if (fit === null) return { state: next };
  const recent = slopeOf(recentSums(state, test));
  const rises = test.sides.map((side) => riseOf(state, test, { fit, side, recent }));
  const failed = rises.find(({ isProven }) => isProven);
  if (failed !== undefined) return { fail: { outcome: 'fail', ...describeTrend(failed) } };
  const shown = rises.find(({ size }) => size > 0) ?? rises[0];
  // A leak shows only over the whole bake: before its planned end nothing is ruled out.
  const isOver = next.ticks >= test.times.planned;
  const settled = isOver ? { settledAfterMs: next.ticks * test.stepMs } : {};
  const newest: OpenVerdict | null = shown === undefined ? null : { outcome: 'pass', ...describeTrend(shown), ...settled };
  return { state: { ...next, looks: state.looks + 1, newest } };
}

/** Why this look cannot be made. */
function lackOf({ ticks, all, open, segments }: TrendState, { times, stepMs }: TrendTest): string | null {
  const newest = open.count > 0 ? open : segments.at(-1);
  if (newest === undefined || newest.count === 0) return `no data for the last ${formatDuration(times.every * stepMs)}`;
  if (2 * all.count < ticks || all.count < minTicks) {
    return `only ${formatCount(all.count)} readings in ${formatDuration(ticks * stepMs)}: too few to tell`;
  }
  return null;
}

/** The newer half of the bake. */
function recentSums({ ticks, segments, open }: TrendState, { times }: TrendTest): LineSums {
  const keep = Math.ceil(Math.ceil(ticks / times.every) / 2);
  const list = open.count > 0 ? [...segments, open] : segments;
  return joinSums(list.slice(-keep));
}

type SideFit = { readonly fit: LineFit; readonly side: 'up' | 'down'; readonly recent: number | null };

/** How far the line rose, or fell, so far; of a bake that is extended, in as long as was planned. */
function riseOf({ ticks, all, origin }: TrendState, test: TrendTest, { fit, side, recent }: SideFit): Rise {
  const { model, tolerance, alpha, times, stepMs, unit, isFlow } = test;
  const length = Math.min(ticks, times.planned);
  const sign = side === 'up' ? 1 : -1;
  const start = (origin ?? 0) + fit.start;
  const level = Math.max(model.level, Math.abs(start));
  const size = sign * fit.slope * length;
  const room = studentQuantile(alpha, fit.freedom) * fit.error * length;
  const healthy = model[side].largest;
  const limit = Math.max(healthyMargin * (1 + fewBakes / model.independent) * healthy, resolution * level);
  const isLasting = recent !== null && sign * recent >= lastingShare * sign * fit.slope;
  const isProven = isLasting && size - room > tolerance * level && size > limit;
  const smallest = Math.max(tolerance * level + room, limit);
  const span = formatDuration(length * stepMs);
  const counted = isFlow ? { windowMs: stepMs } : {};
  return {
    side,
    isProven,
    start,
    size,
    level,
    tolerance,
    healthy,
    smallest,
    span,
    samples: all.count,
    replayed: model.replayed,
    unit,
    ...counted,
  };
}

function openVerdict({ ticks, newest, all }: TrendState, { times, stepMs }: TrendTest): OpenVerdict {
  if (newest !== null) return newest;
  if (all.count === 0) return noData(ticks * stepMs);
  return { outcome: 'inconclusive', ...explain(`too early for a trend: judged from ${formatDuration(times.first * stepMs)} on`) };
}
