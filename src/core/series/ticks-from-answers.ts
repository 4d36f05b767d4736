import { ProviderError } from '../base/errors.ts';
import type { Window } from '../base/window.ts';
import { alertColumn } from './alert-column.ts';
import type { Answer, Answers, Cumulative } from './answer.ts';
import { bucketBound, bucketIncrements, latencyTicks } from './bucket-increments.ts';
import { deltaColumn, lastColumn, meanColumn } from './delta-column.ts';
import { type CounterRange, incrementColumn } from './increment-column.ts';
import { type InstanceSightings, sightingsOf } from './instance-sightings.ts';
import { type SplitRequest, splitTicks } from './split-answers.ts';
import type { Column, Ticks, TicksKind } from './ticks.ts';

/**
 * Turns the answers to a question into ticks, one for each tick of the window. A tick without an answer is missing, not 0.
 * Throws a `ProviderError`: `bad_query` if the answer cannot be what the question means (several numbers for one value, a histogram without buckets),
 * `bad_response` if the answer has a shape that the question cannot use. `by`: the ticks are split by this label.
 */
export function ticksFromAnswers(kind: TicksKind, answers: Answers, range: CounterRange, by?: SplitRequest): Ticks {
  const sightings = sightingsOf(Object.values(answers).filter(isCumulative), range.window);
  const whole = ticksOf(kind, answers, { ...range, sightings, isSplit: by !== undefined });
  if (by === undefined) return whole;
  const le = whole.kind === 'latency' ? whole.le : [];
  return splitTicks(whole, answers, { ...by, ticksOf: (own) => ticksOf(kind, own, { ...range, sightings, le }) });
}

/** `isSplit`: a query may return several numbers, one for each value of a label. `le`: the bounds of the whole, for a part of it. */
type TicksContext = CounterRange & { readonly sightings: InstanceSightings; readonly isSplit?: boolean; readonly le?: readonly number[] };

function ticksOf(kind: TicksKind, answers: Answers, range: TicksContext): Ticks {
  switch (kind) {
    case 'ratio': {
      if (answers.probe) return attemptsFrom(answers.probe, range.window);
      const [bad, total] = columnsOf([answerTo('bad', answers), answerTo('total', answers)], range);
      return { kind, ...ratioOf(bad ?? [], total ?? []) };
    }
    case 'rate': {
      const { exposure } = answers;
      const [count, exposures] = columnsOf([answerTo('count', answers), ...(exposure ? [exposure] : [])], range);
      return exposures ? { kind, count: zeroWhere(count ?? [], exposures), exposure: exposures } : { kind, count: count ?? [] };
    }
    case 'latency':
      return latencyFrom(answerTo('buckets', answers), range);
    case 'value':
      if (answers.alert) return { kind, value: alertsFrom(answers.alert, range.window) };
      return { kind, value: valueFrom(answerTo('value', answers), range) };
  }
}

function answerTo(source: string, answers: Answers): Answer {
  const answer = answers[source];
  if (answer === undefined) throw new Error(`the source ${source} was not queried`);
  return answer;
}

// The cumulative answers of one question share their sightings: an instance that occurs only in the total has 0 errors, not missing ones.
function columnsOf(answers: readonly Answer[], range: TicksContext): Column[] {
  return answers.map((answer) => {
    if (answer.shape === 'cumulative') return incrementColumn(answer.series, range.sightings, range);
    if (answer.shape === 'delta') return deltaColumn(answer.series, range.window);
    throw wrongShape(answer, 'event');
  });
}

function isCumulative(answer: Answer): answer is Cumulative {
  return answer.shape === 'cumulative';
}

// A tick without an attempt is missing: a probe cannot measure the past.
function attemptsFrom(answer: Answer, window: Window): Ticks {
  if (answer.shape !== 'attempts') throw wrongShape(answer, 'attempt');
  const failed = answer.series.filter(({ labels }) => labels.outcome === 'failed');
  return { kind: 'ratio', ...ratioOf(deltaColumn(failed, window), deltaColumn(answer.series, window)) };
}

function alertsFrom(answer: Answer, window: Window): Column {
  if (answer.shape !== 'alerts')
    throw new ProviderError('bad_response', `the provider returned ${answer.shape} samples, but the check needs alerts`);
  return alertColumn(answer, window);
}

function ratioOf(bad: Column, total: Column): { readonly bad: Column; readonly total: Column } {
  return {
    total,
    bad: total.map((count, tick) => (count === null ? null : Math.min(bad[tick] ?? 0, count))),
  };
}

// If the exposure was measured, no answer for the count means 0: a query for errors returns nothing before the first error.
function zeroWhere(column: Column, exposure: Column): Column {
  return column.map((count, tick) => count ?? ((exposure[tick] ?? null) === null ? null : 0));
}

function latencyFrom(answer: Answer, range: TicksContext): Ticks {
  if (answer.shape !== 'cumulative' && answer.shape !== 'delta') throw wrongShape(answer, 'bucket');
  if (answer.series.length > 0 && answer.series.every((one) => bucketBound(one) === null)) {
    throw new ProviderError('bad_query', 'latency needs histogram buckets, but no series has the label "le"');
  }
  const latency =
    answer.shape === 'cumulative' ? bucketIncrements(answer.series, range.sightings, range) : bucketDeltas(answer, range.window, range.le);
  if (latency === null)
    throw new ProviderError(
      'bad_query',
      'the histogram has no bucket le="+Inf" that all instances share, so the total number of events is unknown',
    );
  return latency;
}

function bucketDeltas({ series }: Answer, window: Window, known?: readonly number[]): Extract<Ticks, { kind: 'latency' }> | null {
  const le = known ?? [...new Set(series.flatMap((one) => bucketBound(one) ?? []))].sort((a, b) => a - b);
  if (le.length > 0 && le.at(-1) !== Infinity) return null;
  const columns = le.map((bound) =>
    deltaColumn(
      series.filter((one) => bucketBound(one) === bound),
      window,
    ),
  );
  return le.length > 0 ? latencyTicks(le, columns) : { kind: 'latency', le, buckets: deltaColumn([], window).map(() => null) };
}

function valueFrom(answer: Answer, { window, isSplit }: TicksContext): Column {
  if (answer.shape !== 'gauge') throw wrongShape(answer, 'gauge');
  const series = answer.series.filter((one) => one.samples.length > 0);
  if (isSplit) return meanColumn(series, window);
  if (series.length > 1) {
    throw new ProviderError(
      'bad_query',
      `the query returns ${series.length} series, but \`value\` needs one number per tick: aggregate it, for example with sum(…) or max(…)`,
    );
  }
  return lastColumn(series[0]?.samples ?? [], window);
}

function wrongShape(answer: Answer, wanted: string): ProviderError {
  return new ProviderError('bad_response', `the provider returned ${answer.shape} samples, but the check needs ${wanted} samples`);
}
