import { ProviderError } from '../base/errors.ts';
import type { Window } from '../base/window.ts';
import type { Answer, Cumulative } from './answer.ts';
import { bucketBound, bucketIncrements, latencyTicks } from './bucket-counters.ts';
import { type CounterRange, incrementColumn } from './counters.ts';
import { deltaColumn, lastColumn } from './delta-column.ts';
import { sightingsOf } from './instance-sightings.ts';
import type { Column, Ticks, TicksKind } from './series.ts';

/** The answers to a question's sources, by their names in it: `bad` and `total`, `count` and perhaps `exposure`, `buckets`, `value`, or `probe`. */
export type Answers = Readonly<Record<string, Answer>>;

/**
 * Turns a question's answers into its ticks, one for each tick of the window. A tick without any answer is missing, never 0.
 * Throws `ProviderError` with kind `bad_query` where the answer cannot be what the question meant: several numbers for one value, or a histogram
 * without buckets; and `bad_response` where a provider answered in a shape that the question has no use for.
 */
export function ticksFrom(kind: TicksKind, answers: Answers, asked: CounterRange): Ticks {
  switch (kind) {
    case 'ratio': {
      if (answers.probe) return attemptsFrom(answers.probe, asked.window);
      const [bad, total] = columnsOf([answerTo('bad', answers), answerTo('total', answers)], asked);
      return { kind, ...ratioOf(bad ?? [], total ?? []) };
    }
    case 'rate': {
      const { exposure } = answers;
      const [count, exposures] = columnsOf([answerTo('count', answers), ...(exposure ? [exposure] : [])], asked);
      return exposures ? { kind, count: zeroWhere(count ?? [], exposures), exposure: exposures } : { kind, count: count ?? [] };
    }
    case 'latency':
      return latencyFrom(answerTo('buckets', answers), asked);
    case 'value':
      return { kind, value: valueFrom(answerTo('value', answers), asked.window) };
  }
}

function answerTo(source: string, answers: Answers): Answer {
  const answer = answers[source];
  if (answer === undefined) throw new Error(`the source ${source} was not asked for`);
  return answer;
}

// Cumulative answers of one question share their sightings: an instance that only the total knows has no errors yet, which is 0 and not missing.
function columnsOf(answers: readonly Answer[], asked: CounterRange): Column[] {
  const sightings = sightingsOf(answers.filter(isCumulative), asked.window);
  return answers.map((answer) => {
    if (answer.shape === 'cumulative') return incrementColumn(answer.series, sightings, asked);
    if (answer.shape === 'delta') return deltaColumn(answer.series, asked.window);
    throw wrongShape(answer, 'events');
  });
}

function isCumulative(answer: Answer): answer is Cumulative {
  return answer.shape === 'cumulative';
}

// A tick at which nothing was tried is missing: a probe cannot be asked about the past.
function attemptsFrom(answer: Answer, window: Window): Ticks {
  if (answer.shape !== 'attempts') throw wrongShape(answer, 'attempts');
  const failed = answer.series.filter(({ labels }) => labels.outcome === 'failed');
  return { kind: 'ratio', ...ratioOf(deltaColumn(failed, window), deltaColumn(answer.series, window)) };
}

function ratioOf(bad: Column, total: Column): { readonly bad: Column; readonly total: Column } {
  return {
    total,
    bad: total.map((count, tick) => (count === null ? null : Math.min(bad[tick] ?? 0, count))),
  };
}

// Where traffic was measured, no answer about some of it means that there was none: a query for errors yields nothing before the first one.
function zeroWhere(column: Column, exposure: Column): Column {
  return column.map((count, tick) => count ?? ((exposure[tick] ?? null) === null ? null : 0));
}

function latencyFrom(answer: Answer, asked: CounterRange): Ticks {
  if (answer.shape === 'gauge' || answer.shape === 'attempts') throw wrongShape(answer, 'events by bucket');
  if (answer.series.length > 0 && answer.series.every((one) => bucketBound(one) === null)) {
    throw new ProviderError('bad_query', 'latency needs the buckets of a histogram, but none of the series has a label "le"');
  }
  const latency =
    answer.shape === 'cumulative'
      ? bucketIncrements(answer.series, sightingsOf([answer], asked.window), asked)
      : bucketDeltas(answer, asked.window);
  if (latency === null)
    throw new ProviderError('bad_query', 'the histogram has no bucket le="+Inf" that all instances share, so its events cannot be counted');
  return latency;
}

function bucketDeltas({ series }: Answer, window: Window): Extract<Ticks, { kind: 'latency' }> | null {
  const le = [...new Set(series.flatMap((one) => bucketBound(one) ?? []))].sort((a, b) => a - b);
  if (le.length > 0 && le.at(-1) !== Infinity) return null;
  const columns = le.map((bound) =>
    deltaColumn(
      series.filter((one) => bucketBound(one) === bound),
      window,
    ),
  );
  return le.length > 0 ? latencyTicks(le, columns) : { kind: 'latency', le, buckets: deltaColumn([], window).map(() => null) };
}

function valueFrom(answer: Answer, window: Window): Column {
  if (answer.shape !== 'gauge') throw wrongShape(answer, 'one number a tick');
  const series = answer.series.filter((one) => one.samples.length > 0);
  if (series.length > 1) {
    throw new ProviderError(
      'bad_query',
      `the query yields ${series.length} series, but a value is one number a tick: aggregate it, for example with sum(…) or max(…)`,
    );
  }
  return lastColumn(series[0]?.samples ?? [], window);
}

function wrongShape(answer: Answer, wanted: string): ProviderError {
  return new ProviderError('bad_response', `the provider answered with ${answer.shape} samples where ${wanted} were asked for`);
}
