import { ProviderError } from '../base/errors.ts';
import type { Answer, Answers, Series } from './answer.ts';
import { maxKeptValues } from './split.ts';
import { type Column, lengthOf, type Ticks } from './ticks.ts';

/**
 * By which label ticks are split. `values`: those that are wanted whatever their traffic is. `except`: those that are not wanted. `max`: how many values in
 * all; default: as many as are kept of a bake.
 */
export type SplitRequest = {
  readonly label: string;
  readonly values: readonly string[];
  readonly except?: readonly string[];
  readonly max?: number;
};

/** An answer with more values is refused: it would be read and stored for nothing, as only the busiest are judged on their own. */
const maxValuesOfAnswer = 1_000;

/**
 * Adds the split by a label: the values that are wanted, and then those with the most traffic in this answer. A value without an event in a tick in which
 * the whole was measured has 0 there. Throws a `ProviderError` (`bad_query`) where no series has the label, or it has too many values.
 */
export function splitTicks(
  whole: Ticks,
  answers: Answers,
  { label, values: wanted, except = [], max = maxKeptValues, ticksOf }: SplitRequest & { readonly ticksOf: (answers: Answers) => Ticks },
): Ticks {
  const sizes = sizesOf(answers, label);
  const others = [...sizes]
    .filter(([value]) => !wanted.includes(value) && !except.includes(value))
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const values = [...wanted, ...others.map(([value]) => value)].slice(0, Math.max(max, wanted.length));
  const sources = Object.entries(answers).map(([source, answer]) => ({
    source,
    answer,
    own: Map.groupBy(answer.series, (one) => one.labels[label]),
  }));
  const answersFor = (value: string): Answers =>
    Object.fromEntries(
      sources.map(({ source, answer, own }) => [source, answer.shape === 'alerts' ? answer : { ...answer, series: own.get(value) ?? [] }]),
    );
  const ticks = values.map((value) => zeroWhereMeasured(ticksOf(answersFor(value)), whole));
  const left = others.slice(values.length - wanted.length).map(([value]) => value);
  return { ...whole, split: { label, values, ticks, ...(left.length > 0 && { others: left }) } };
}

/** The values of the label, and the size of each in all sources together. A series without the label has no value of its own. */
function sizesOf(answers: Answers, label: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  let [count, unlabelled] = [0, 0];
  for (const { series, shape } of Object.values(answers)) {
    for (const one of series) {
      const value = one.labels[label] ?? '';
      count++;
      if (value === '') unlabelled++;
      else sizes.set(value, (sizes.get(value) ?? 0) + sizeOf(one, shape));
    }
  }
  if (count > 0 && unlabelled === count)
    throw new ProviderError(
      'bad_query',
      `no series has the label "${label}" of \`by\`: keep it in the query, for example with sum by (${label}) (…)`,
    );
  if (sizes.size > maxValuesOfAnswer)
    throw new ProviderError(
      'bad_query',
      `the label "${label}" of \`by\` has ${sizes.size} values, at most ${maxValuesOfAnswer} are read: split by a coarser label`,
    );
  return sizes;
}

function sizeOf({ samples }: Series, shape: Answer['shape']): number {
  if (shape === 'gauge') return samples.length;
  if (shape === 'cumulative') return Math.max(0, (samples.at(-1)?.[1] ?? 0) - (samples[0]?.[1] ?? 0)) || 0;
  let sum = 0;
  for (const [, value] of samples) if (value > 0 && Number.isFinite(value)) sum += value;
  return sum;
}

function zeroWhereMeasured(ticks: Ticks, whole: Ticks): Ticks {
  const fill = (column: Column, all: Column): Column => column.map((value, i) => value ?? ((all[i] ?? null) === null ? null : 0));
  if (ticks.kind === 'ratio' && whole.kind === 'ratio')
    return { kind: 'ratio', bad: fill(ticks.bad, whole.total), total: fill(ticks.total, whole.total) };
  if (ticks.kind === 'rate' && whole.kind === 'rate') {
    const exposure = ticks.exposure && whole.exposure && { exposure: fill(ticks.exposure, whole.exposure) };
    return { kind: 'rate', count: fill(ticks.count, whole.count), ...exposure };
  }
  if (ticks.kind !== 'latency' || whole.kind !== 'latency') return ticks;
  const none = whole.le.map(() => 0);
  return {
    ...ticks,
    buckets: Array.from({ length: lengthOf(whole) }, (_, i) => ticks.buckets[i] ?? (whole.buckets[i] === null ? null : none)),
  };
}
