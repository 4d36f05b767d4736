import { formatDuration } from '../../../src/core/base/duration.ts';
import type { NonEmpty } from '../../../src/core/base/non-empty.ts';
import { type Explanation, explain, fitHeadline } from '../../../src/core/judge/explanation.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import { formatCount, formatValue } from '../../../src/core/series/format-value.ts';
import { rankWords, shortPast, toleratedWords } from '../../words.ts';
import type { GaugeModel } from '../calibration.ts';
import { smallestChange, spanOf } from './detectable-change.ts';
import { endScore } from './end-sum.ts';
import { scaleOf } from './log-scale.ts';
import type { GaugeState, GaugeSubject, GaugeTest } from './state.ts';

/** The words of a verdict and its numbers. */
export type GaugeWords = { readonly reason: string; readonly explanation: Explanation; readonly evidence: Evidence };

/** A failure: "149 MB on average over 4m30s, was 122 MB"; of events: "82 orders in 10m, expected 118". */
export function describeFailure(state: GaugeState, test: GaugeTest, shown: GaugeSubject): GaugeWords {
  const { model, end } = test;
  const isEnd = shown === 'end';
  const score = !isEnd ? shown.score : state.sum && end ? endScore(state.sum, end, model) : 0;
  // Only the largest scores are kept: a rank among the others is never needed.
  const below = model.replayed - ((isEnd ? end?.top : model.top) ?? []).filter((other) => other >= score).length;
  return describe(state, test, { shown, ending: '', end: rankWords('further off than', below, model.replayed) });
}

/** A bake and how it is judged: in both directions, or in one. */
export type GaugeWay = { readonly state: GaugeState; readonly test: GaugeTest };

/** A pass: nothing unusual. Of several ways the first is shown, and the smallest change that each would have seen. */
export function describePass(ways: NonEmpty<GaugeWay>, shown: GaugeSubject): GaugeWords {
  const [{ state, test }] = ways;
  return describe(state, test, { shown, ending: '', end: `: as expected; ${couldSee(ways)}`, isPass: true });
}

/** Why a gauge neither fails nor passes: too few readings, unusual ones, or usual ones from which a harmful change would not stand out. */
export type OpenReason = 'short' | 'unusual' | 'blind';

/** Neither. */
export function describeOpen(
  state: GaugeState,
  test: GaugeTest,
  { shown, reason }: { readonly shown: GaugeSubject; readonly reason: OpenReason },
): GaugeWords {
  const isShort = reason === 'short';
  const why = isShort ? `only ${formatCount(state.known)} readings` : couldSee([{ state, test }], reason === 'blind');
  const ending = isShort ? ': too few to tell' : ': not sure yet';
  return describe(state, test, { shown, ending, end: `; not sure yet: ${why}` });
}

type GaugeEnding = { readonly shown: GaugeSubject; readonly ending: string; readonly end: string; readonly isPass?: boolean };

function describe(state: GaugeState, test: GaugeTest, { shown, ending, end, isPass = false }: GaugeEnding): GaugeWords {
  const { known } = state;
  const { model, flow, stepMs } = test;
  const isEnd = shown === 'end';
  const [question, length] = isEnd ? ['forecast', state.sum?.ticks ?? 0] : [shown.question, shown.length];
  const notes = [shortPast(model.replayed), confidence(model)];
  const compared = spanOf(state, test, shown);
  if (compared === null) return { ...explain(`${formatCount(known)} readings${ending}`, '', notes), evidence: { samples: known } };
  const { window } = compared;
  const { from } = scaleOf(model);
  const numberOf = (mean: number) => from(mean) * (flow ? window.count : 1);
  const [measured, expected] = [numberOf(window.mean), numberOf(window.against)];
  const [top, lowest] = [numberOf(window.against + compared.rooms.up), numberOf(window.against - compared.rooms.down)];
  const [low, high] = [model.side === 'both' || model.side === 'down', model.side === 'both' || model.side === 'up'];
  const limit = high && (!low || measured >= expected) ? top : lowest;
  const bottom = flow ? Math.max(0, lowest) : lowest;
  const show = (value: number) => formatValue(test.unit, value);
  const tolerated =
    low && high
      ? `tolerated ${show(bottom)} to ${show(top)}`
      : toleratedWords(show, { measured, limit: high ? limit : bottom, side: high ? 'up' : 'down' });
  const isSeasonal = question === 'forecast' && model.method !== lastHour;
  const was = `, ${isSeasonal ? 'expected' : 'was'} ${flow ? formatCount(expected) : show(expected)}${ending}`;
  const span = formatDuration(length * stepMs);
  const headline = fitHeadline(
    flow
      ? `${show(measured)} in ${span}${was}`
      : `${show(measured)} ${model.law === 'log' ? 'typically' : 'on average'} over ${span}${was}`,
    `${show(measured)}${was}`,
  );
  const because = `compared with ${question === 'step' ? 'the time just before' : model.method}${isPass ? '' : `, ${tolerated}`}${end}`;
  return {
    ...explain(headline, because, notes),
    evidence: {
      measured,
      expected,
      limit: flow ? Math.max(0, limit) : limit,
      samples: known,
      ...(flow && { windowMs: window.count * stepMs }),
    },
  };
}

/** The name of the forecast that continues what was; others know a season. */
const lastHour = 'the last hour';

/** The smallest lasting change that would have been found by now, in words: "a rise of 80 % or a fall of 40 % would have been seen". */
function couldSee(ways: NonEmpty<GaugeWay>, isBlind = false): string {
  const [{ state, test }] = ways;
  const { change, expected } = smallestChange(state, test);
  if (test.flow && test.model.side === 'down' && change >= Math.abs(expected)) return 'too few events to see any fall';
  return `${isBlind ? 'only ' : ''}${ways.map(changeSeen).join(' or ')} would have been seen`;
}

function changeSeen({ state, test: way }: GaugeWay): string {
  const { model, unit } = way;
  const { change, expected } = smallestChange(state, way);
  const name = model.side === 'both' ? 'change' : model.side === 'up' ? 'rise' : 'fall';
  const size = Math.abs(expected);
  return `a ${name} of ${size > 0 ? formatValue('share', rounded(change / size)) : formatValue(unit, rounded(change))}`;
}

/** A shorter past shows no season and holds few bakes. */
const confidentMs = 2 * 86_400_000;

/** Says that confidence is low, where the past is short. */
function confidence({ historyMs }: GaugeModel): string {
  return historyMs < confidentMs ? `low confidence: the history is only ${formatDuration(historyMs)} long` : '';
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
