import { formatDuration } from '../../../src/core/base/duration.ts';
import { type Explanation, explain } from '../../../src/core/judge/explanation.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import { amountOf, headlineFor, type MeasuredNumber, type MetricForm, shortPast, sureness, toleratedWords } from '../../words.ts';
import { budgetForBaseline } from './e-process.ts';
import { isEndReached } from './end-test.ts';
import { type CountsInput, type CountsState, type DetectableSeries, expectationOf } from './state.ts';

/** The words of a verdict and its numbers. */
export type CountsWords = { readonly reason: string; readonly explanation: Explanation; readonly evidence: Evidence };

/** A failure by series `i`, at this evidence: "11.2 % of requests failed (12 of 107), was 0.5 %". */
export function describeFailure(
  state: CountsState,
  input: CountsInput,
  { i, evidence, isAtEnd }: { readonly i: number; readonly evidence: number; readonly isAtEnd: boolean },
) {
  // By Ville's inequality at most one healthy bake in `evidence` gets this far, if the baseline is right: that costs a part of the budget of its own.
  const odds = 1 / (1 / evidence + (input.series[i]?.hasControl ? 0 : budgetForBaseline * input.design.alpha));
  return describe(state, input, { i, ending: '', end: sureness(odds), isAtEnd });
}

/** A pass: harm is ruled out. */
export function describePass(state: CountsState, input: CountsInput, best: DetectableSeries | null): CountsWords {
  const seen = best === null ? '' : `; a ${changeTo(state, input, best)} would have been seen`;
  return describe(state, input, {
    i: best?.i ?? 0,
    ending: '',
    end: `as expected${seen}`,
    isPass: true,
    isAtEnd: isEndReached(state.ticks, input.design),
  });
}

/** Neither. `isLeaning`: it looks bad, but there is too little evidence. */
export function describeOpen(
  state: CountsState,
  input: CountsInput,
  { best, isLeaning }: { readonly best: DetectableSeries | null; readonly isLeaning: boolean },
): CountsWords {
  const way = input.design.side === 'up' ? 'rise' : 'fall';
  const seen = best === null ? `too little data to see any ${way}` : `by now only a ${changeTo(state, input, best)} would have been seen`;
  const ending = isLeaning ? ': not sure yet' : ': too few to tell';
  return describe(state, input, {
    i: best?.i ?? 0,
    ending,
    end: `not sure yet: ${seen}`,
    isAtEnd: isEndReached(state.ticks, input.design),
  });
}

/** "no requests in the 2m since the bake began". */
export function noRequests({ form, design }: CountsInput, ticks: number): string {
  return `no ${form.unit.samples} in the ${formatDuration(ticks * design.stepMs)} since the bake began`;
}

/** `isAtEnd`: the test at the planned end has a part in it. */
type CountsEnding = {
  readonly i: number;
  readonly ending: string;
  readonly end: string;
  readonly isAtEnd: boolean;
  readonly isPass?: boolean;
};

function describe(state: CountsState, input: CountsInput, { i, ending, end, isAtEnd, isPass = false }: CountsEnding): CountsWords {
  const { series, design } = input;
  const [one, known] = [series[i], state.series[i]];
  const [events, samples] = [known?.bad ?? 0, known?.total ?? 0];
  const { expected, tolerated } = one && known ? expectationOf(one, known) : { expected: 0, tolerated: 0 };
  const form: MetricForm = { ...input.form, direction: design.side, bound: one?.bound };
  const measured: MeasuredNumber = { value: samples > 0 ? events / samples : 0, samples, events };
  const isUnknown = one?.hasControl === true && known?.controlTotal === 0;
  const was = isUnknown ? ', old release has no data' : `, ${one?.hasControl ? 'old release' : 'was'} ${amountOf(form, expected)}`;
  const compared = `compared with ${(isAtEnd ? one?.baselineAtEnd : one?.baseline) ?? 'the past'}`;
  const tolerance = toleratedWords((value) => amountOf(form, value), { measured: measured.value, limit: tolerated, side: design.side });
  return {
    ...explain(
      headlineFor(form, measured, isUnknown ? was : `${was}${ending}`, ending),
      `${compared}${isPass ? ': ' : `${isUnknown ? '' : `, ${tolerance}`}; `}${end}`,
      [one === undefined || one.hasControl ? '' : shortPast(one.replayed), input.buckets],
    ),
    evidence: {
      measured: measured.value,
      expected,
      limit: tolerated,
      samples,
      events,
      ...(one?.bound !== undefined && { bound: one.bound }),
    },
  };
}

/** The minimum detectable effect: "rise to 0.93 %". */
function changeTo(state: CountsState, { form, design, series }: CountsInput, best: DetectableSeries): string {
  const [one, known] = [series[best.i], state.series[best.i]];
  const expected = one && known ? expectationOf(one, known).expected : 0;
  const rate = best.smallest * (expected > 0 ? expected : best.expected);
  return `${design.side === 'up' ? 'rise' : 'fall'} to ${amountOf(form, Number(rate.toPrecision(2)))}`;
}
