import { explain } from '../../../src/core/judge/explanation.ts';
import { type FailVerdict, type Fold, foldOf, type OpenVerdict } from '../../../src/core/judge/fold.ts';
import type { Tick } from '../../../src/core/series/tick.ts';
import { bestSeries, detectableSeries, distanceOf, sensitiveSeries } from './detectable.ts';
import { budgetForEnd, neededFor } from './e-process.ts';
import { addToEnd, emptyEnd, endRulesOutHarm, hasEndTest, isEndReached, probabilityIfTolerated } from './end-test.ts';
import { eventCountAt } from './event-counts.ts';
import { type EvidenceFold, evidenceFold, type TestDesign } from './evidence.ts';
import { describeFailure, describeOpen, describePass, noRequests } from './reason.ts';
import type { CountsInput, CountsState, DetectableSeries, SeriesState } from './state.ts';

/** A check passes from this evidence against harm on; it is wrong in at most one of twenty cases. */
const enoughToPass = 20;

/** A release is broken where this many times as many requests fail, or this share of them. */
const brokenTimes = 5;
const brokenShare = 0.2;
/** With more evidence for a failure than this, an inconclusive check blocks the bake. */
const leaning = 2;

/** Judges counts: one series or (a histogram) one for each bound. The evidence is the average over all series, so no series must be chosen in advance. */
export function judgeCounts(input: CountsInput): Fold {
  const needed = Math.exp(neededFor(input.design.alpha));
  const tests = input.series.map((series) => evidenceFold(series, input.design));
  return foldOf<CountsState>({
    initial: { ticks: 0, samples: 0, series: tests.map(({ initial }) => ({ ...noCounts, evidence: initial })) },
    step: (state, tick) => {
      const next = added(state, tick, { input, tests });
      if (averageOf(next) >= needed) return { fail: failure(next, input, needed) };
      const atEnd = failingAtEnd(next, input);
      return atEnd === null ? { state: next } : { fail: failureAtEnd(next, input, atEnd) };
    },
    verdict: (state) =>
      state.samples > 0 ? openVerdict(state, input, needed) : { outcome: 'inconclusive', ...explain(noRequests(input, state.ticks)) },
  });
}

const noCounts = { bad: 0, total: 0, controlBad: 0, controlTotal: 0, ruledOutSince: null, end: emptyEnd };

type CountsTests = { readonly input: CountsInput; readonly tests: readonly EvidenceFold[] };

function added(state: CountsState, tick: Tick, { input, tests }: CountsTests): CountsState {
  const ticks = state.ticks + 1;
  const counts = input.series.map(({ column, hasControl }) => ({
    own: eventCountAt(tick.bake, column),
    control: hasControl && tick.control !== null ? eventCountAt(tick.control, column) : null,
  }));
  const largest = Math.max(0, ...counts.map(({ own }) => (input.kind === 'rate' ? Math.sign(own.total) : own.total)));
  const samples = state.samples + largest;
  const series = state.series.map((before, i): SeriesState => {
    const [count, test] = [counts[i], tests[i]];
    if (count === undefined || test === undefined) return before;
    const evidence = test.step(before.evidence, count);
    const { design } = input;
    const one = input.series[i];
    const end = one === undefined ? before.end : addToEnd(before.end, count, { look: state.ticks, test: one, design });
    const atEnd = isEndReached(ticks, design) && one !== undefined && endRulesOutHarm(end, one, design);
    const isRuledOut = atEnd || evidence.forIt.value >= enoughToPass;
    return {
      evidence,
      bad: before.bad + count.own.bad,
      total: before.total + count.own.total,
      controlBad: before.controlBad + (count.control?.bad ?? 0),
      controlTotal: before.controlTotal + (count.control?.total ?? 0),
      end,
      ruledOutSince: isRuledOut ? (before.ruledOutSince ?? ticks) : null,
    };
  });
  return { ticks, samples, series };
}

/**
 * The one test at the planned end: the series with the smallest probability, and that probability (for all series: Bonferroni) where it is in the
 * budget; `null` where no series fails.
 */
function failingAtEnd({ ticks, series }: CountsState, { design, series: tests }: CountsInput): { i: number; probability: number } | null {
  if (ticks !== design.looks || !hasEndTest(design)) return null;
  const probabilities = tests.map((test, i) => probabilityIfTolerated(series[i]?.end ?? emptyEnd, test, design) * tests.length);
  const i = indexOfLargest(probabilities.map((p) => -p));
  const probability = probabilities[i] ?? 1;
  return probability <= budgetForEnd * design.alpha ? { i, probability } : null;
}

function averageOf({ series }: CountsState): number {
  let sum = 0;
  for (const { evidence } of series) sum += evidence.against.value;
  return series.length > 0 ? sum / series.length : 0;
}

function failure(state: CountsState, input: CountsInput, needed: number): FailVerdict {
  const worst = indexOfLargest(state.series.map(({ evidence }) => evidence.against.value));
  const found = averageOf(state);
  const { evidence, ...words } = describeFailure(state, input, { i: worst, evidence: found, isAtEnd: false });
  const healthyBakes = input.series[worst]?.replayed ?? 0;
  return { outcome: 'fail', ...words, evidence: { ...evidence, strength: found / needed, healthyBakes } };
}

function failureAtEnd(state: CountsState, input: CountsInput, { i, probability }: { i: number; probability: number }): FailVerdict {
  const { evidence, ...words } = describeFailure(state, input, { i, evidence: 1 / probability, isAtEnd: true });
  const strength = (budgetForEnd * input.design.alpha) / probability;
  return { outcome: 'fail', ...words, evidence: { ...evidence, strength, healthyBakes: input.series[i]?.replayed ?? 0 } };
}

/** Passes if harm is ruled out on every sensitive series; otherwise inconclusive. The words include the minimum detectable effect. */
function openVerdict(state: CountsState, input: CountsInput, needed: number): OpenVerdict {
  const { design } = input;
  const detectable = detectableSeries(state, input);
  const best = bestSeries(detectable);
  const more = { strength: averageOf(state) / needed, ...(best !== null && { smallestSeen: best.smallest }) };
  const settledAfter = ruledOutSince(state, sensitiveSeries(detectable));
  if (settledAfter !== null) {
    const { evidence, ...words } = describePass(state, input, best);
    return { outcome: 'pass', ...words, evidence: { ...evidence, ...more }, settledAfterMs: settledAfter * design.stepMs };
  }
  const isLeaning = averageOf(state) > leaning;
  const { evidence, ...words } = describeOpen(state, input, { best, isLeaning });
  const open = { outcome: 'inconclusive', ...words, evidence: { ...evidence, ...more } } as const;
  if (isLeaning) return { ...open, leans: true };
  return detectable.some((one) => wouldBeBroken(design, one)) ? { ...open, blocks: false } : open;
}

/** Whether the check would have found a broken release. Then the inconclusive check does not block the bake, with low confidence. */
function wouldBeBroken({ side, isShare }: TestDesign, { smallest, expected }: DetectableSeries): boolean {
  if (distanceOf(smallest) <= Math.log(brokenTimes)) return true;
  return isShare && side === 'up' && smallest * expected <= brokenShare;
}

/** The tick since which harm has been ruled out on all of these series; `null` where it is not. */
function ruledOutSince({ series }: CountsState, sensitive: readonly DetectableSeries[]): number | null {
  const since = sensitive.map(({ i }) => series[i]?.ruledOutSince ?? null).filter((tick) => tick !== null);
  return sensitive.length > 0 && since.length === sensitive.length ? Math.max(...since) : null;
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? i : best), 0);
}
