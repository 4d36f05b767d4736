import { formatDuration } from '../../../src/core/base/duration.ts';
import type { Json } from '../../../src/core/base/json.ts';
import type { NonEmpty } from '../../../src/core/base/non-empty.ts';
import type { AnalyzerInput } from '../../../src/core/judge/analyzer.ts';
import { explain } from '../../../src/core/judge/explanation.ts';
import { type Fold, type FoldStep, foldAll, foldOf, type OpenVerdict } from '../../../src/core/judge/fold.ts';
import { defaultUnit } from '../../../src/core/series/check-unit.ts';
import type { GaugeModel } from '../calibration.ts';
import { rulesOutBroken, rulesOutHarm, spanOf } from './detectable-change.ts';
import { distanceOf, scoreOf, wayOf } from './deviation-score.ts';
import { addToEnd, failsAtEnd, noEvents } from './end-sum.ts';
import { addToCoarse, coarseValue, gaugeAt, noTicks, sizeOf } from './gauge-series.ts';
import { places } from './healthy-scores.ts';
import { scaleOf } from './log-scale.ts';
import { addToMeans, MovingMeans, startMeans, stepReach } from './moving-means.ts';
import { describeFailure, describeOpen, describePass, type GaugeWay } from './reason.ts';
import type { GaugeDeviation, GaugeState, GaugeSubject, GaugeTest } from './state.ts';

/** Scores may differ in the last digit where all numbers are given in another unit. */
const epsilon = 1e-6;

/**
 * Judges a series against its forecast and against where it was just before; `null` where it cannot be read as numbers. Of two models, for rises and for
 * falls, each can fail the check, and both must pass.
 */
export function judgeGauge(input: AnalyzerInput, models: readonly GaugeModel[]): Fold | null {
  const { kind } = input.bake.shape;
  if (kind !== 'value' && kind !== 'rate') return null;
  const tests = models.map((model) => testFor(input, model, models.length > 1));
  return foldAll(
    tests.map((test) => foldWay(input, test)),
    (verdicts, states) => {
      const open = verdicts.filter((verdict) => verdict.outcome === 'inconclusive');
      const first = open.find(({ blocks }) => blocks !== false) ?? open[0];
      if (first !== undefined) return { ...first, ...(open.some(({ leans }) => leans) && { leans: true }) };
      const [pass, ...others] = tests.map((test, i): GaugeWay => ({ state: stateOf(states[i]), test }));
      return pass === undefined ? noModel : passOf([pass, ...others]);
    },
  );
}

const noModel: OpenVerdict = { outcome: 'inconclusive', ...explain('nothing was learned of its past') };

function stateOf(state: Json | undefined): GaugeState {
  return state as GaugeState; // The only states that are given are those of these folds.
}

function passOf(ways: NonEmpty<GaugeWay>): OpenVerdict {
  const [{ state, test }] = ways;
  return { outcome: 'pass', ...describePass(ways, newestOf(state, test)), ...settledBy(state, test) };
}

function foldWay(input: AnalyzerInput, test: GaugeTest): Fold {
  const { model } = test;
  const all = places(model);
  const { to } = scaleOf(model);
  // The longest window, and the ticks just before it.
  const keep = Math.max(...model.windows, 1) + stepReach;
  return foldOf<GaugeState>({
    initial: {
      ticks: 0,
      open: noTicks,
      at: 0,
      known: 0,
      means: startMeans(beforeBake(input, model), { forecast: test.forecastAt(0) ?? 0, rivals: model.rivals?.length ?? 0 }),
      sum: test.end && noEvents,
      worstScore: 0,
      newestScore: 0,
    },
    step: (state, tick) => {
      const open = addToCoarse(state.open, gaugeAt(tick.bake));
      const next = { ...state, ticks: state.ticks + 1, open };
      if (open.ticks < test.size) return { state: next };
      const value = to(coarseValue(open, test));
      const forecast = test.forecastAt(state.at);
      // Ticks after the end of the forecast are not judged.
      if (forecast === undefined) return { state: { ...next, open: noTicks } };
      const means = addToMeans(state.means, { value, forecast, rivals: test.rivalsAt(state.at) }, keep);
      const known = state.known + (Number.isNaN(value) ? 0 : 1);
      const sum = state.sum && state.at < (test.end?.ticks ?? 0) ? addToEnd(state.sum, value, forecast) : state.sum;
      return judged({ ...next, open: noTicks, at: state.at + 1, known, means, sum }, test, all);
    },
    verdict: (state) => openVerdict(state, test),
  });
}

function testFor({ bake, forMs, unit = defaultUnit(bake.shape.kind) }: AnalyzerInput, model: GaugeModel, isPair: boolean): GaugeTest {
  const flow = bake.shape.kind === 'rate';
  const size = sizeOf(bake.stepMs, model.stepMs);
  const stepMs = size * bake.stepMs;
  const offset = offsetOf(bake, model);
  // Event counts scale with the length of a tick; numbers do not.
  const share = flow ? stepMs / model.stepMs : 1;
  const placeOf = (at: number) => offset + Math.round((at * stepMs) / model.stepMs);
  const forecastAt = (at: number) => {
    const expected = model.forecast[placeOf(at)];
    return expected === undefined ? undefined : expected * share;
  };
  const { rivals = [] } = model;
  // A rival that ends sooner has nothing more to explain.
  const rivalsAt = (at: number) => rivals.map((rival) => (rival[placeOf(at)] ?? model.forecast[placeOf(at)] ?? 0) * share);
  const end = model.end === undefined ? null : { ...model.end, ticks: Math.round((model.end.ticks * model.stepMs) / stepMs) };
  return { model, isPair, end, flow, unit: unit.value, size, stepMs, tickMs: bake.stepMs, halfMs: forMs / 2, forecastAt, rivalsAt };
}

function offsetOf({ startAt }: AnalyzerInput['bake'], model: GaugeModel): number {
  return Math.max(0, Math.round((startAt - model.startAt) / model.stepMs));
}

/** The newest numbers of the past, where the bake follows them without a gap. */
function beforeBake({ bake }: AnalyzerInput, model: GaugeModel): readonly number[] {
  return offsetOf(bake, model) === 0 ? model.before.map((value) => value ?? Number.NaN) : [];
}

/** The state with its newest tick scored, or the failure. */
function judged(state: GaugeState, test: GaugeTest, all: ReturnType<typeof places>): FoldStep<GaugeState> {
  const newest = furthest(state, test.model, all);
  if (state.sum && test.end && state.at === test.end.ticks && failsAtEnd(state.sum, test.end, test.model))
    return { fail: { outcome: 'fail', ...describeFailure(state, test, 'end') } };
  const isWorst = newest.score > state.worstScore;
  const isProof = isWorst && newest.score > test.model.threshold * (1 + epsilon);
  if (isProof) return { fail: { outcome: 'fail', ...describeFailure(state, test, newest) } };
  return { state: { ...state, worstScore: Math.max(state.worstScore, newest.score), newestScore: newest.score } };
}

function furthest({ means: state, at }: GaugeState, model: GaugeModel, all: ReturnType<typeof places>): GaugeDeviation {
  const means = new MovingMeans(state);
  let best: GaugeDeviation = { score: 0, question: 'forecast', length: model.windows[0] ?? 1, place: 0 };
  for (const [place, [question, length]] of all.entries()) {
    const window = means.around(question, at - 1, length);
    const score = window === null ? 0 : scoreOf(window, place, model);
    if (window !== null && score > best.score && means.isShared(window, at - 1, length)) best = { score, question, length, place };
  }
  return best;
}

/**
 * Passes if the newest score is within the healthy scores and a harmful change would have been found; between that and a failure it is inconclusive. The
 * words include the minimum detectable effect.
 */
function openVerdict(state: GaugeState, test: GaugeTest): OpenVerdict {
  const { known } = state;
  const { model } = test;
  if (known === 0) {
    const over = formatDuration(state.ticks * test.tickMs);
    return { outcome: 'inconclusive', ...explain(`no data in the ${over} since the bake began`) };
  }
  const newest = newestOf(state, test);
  if (known < (model.windows[0] ?? 1)) return { outcome: 'inconclusive', ...describeOpen(state, test, { shown: newest, reason: 'short' }) };
  // For events a fall of a tenth matters: a deviation of more than half of the failing one does not pass.
  const isNear = !test.flow || !isHalfway(state, test, newest);
  if (!isNear || state.newestScore > Math.min(model.usual, model.threshold))
    return { outcome: 'inconclusive', leans: true, ...describeOpen(state, test, { shown: newest, reason: 'unusual' }) };
  if (!rulesOutHarm(state, test)) {
    const blind = describeOpen(state, test, { shown: newest, reason: 'blind' });
    return { outcome: 'inconclusive', ...(rulesOutBroken(state, test) && { blocks: false as const }), ...blind };
  }
  return passOf([{ state, test }]);
}

/** The longest window that is full, or all events once the planned end is there. */
function newestOf({ at }: GaugeState, { model, end }: GaugeTest): GaugeSubject {
  if (end !== null && at >= end.ticks) return 'end';
  const place = Math.max(
    0,
    model.windows.findLastIndex((length) => length <= at),
  );
  return { score: 0, question: 'forecast', length: model.windows[place] ?? 1, place };
}

/** From half of the planned bake on, a gauge that does not lean is settled. */
function settledBy({ ticks }: GaugeState, { tickMs, halfMs }: GaugeTest): { readonly settledAfterMs?: number } {
  return ticks * tickMs >= halfMs ? { settledAfterMs: halfMs } : {};
}

function isHalfway(state: GaugeState, test: GaugeTest, shown: GaugeSubject): boolean {
  const span = spanOf(state, test, shown);
  return span !== null && 2 * distanceOf(span.window, test.model.side) > span.rooms[wayOf(span.window)];
}
