import { analyzers } from '../../../analyzers/index.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import type { Stretch, Ticks } from '../../../src/core/series/ticks.ts';
import { overSeries, type SeriesAnalyzer, type SeriesInput } from '../../support/over-series.ts';

export const stepMs = 15_000;
export const deployedAt = 1_772_323_200_000;
const forMs = 1_800_000;

/** `regression` as a rule set binds it. */
export function regression(params: unknown = {}): SeriesAnalyzer {
  const analyzer = analyzers.get('regression');
  if (analyzer === undefined) throw new Error('regression is not in the index');
  return overSeries(analyzer.bind(params, { forMs, historyMs: 14 * 86_400_000, like: [{ kind: 'before' }], damping: { k: 1, n: 1 } }));
}

export type Traffic = { readonly requests: number; readonly rate: number; readonly ticks: number; readonly seed: number };

/** Requests and errors of a service whose error rate stays as it is. */
export function ratio({ requests, rate, ticks, seed }: Traffic): Extract<Ticks, { kind: 'ratio' }> {
  const random = createRandom(seed);
  const total = Array.from({ length: ticks }, () => random.poisson(requests));
  return { kind: 'ratio', total, bad: total.map((n) => random.binomial(n, rate)) };
}

/** What the analyzer is shown of a bake of 30 minutes after eight hours of history. */
export function input(bake: Ticks, history: Ticks | null, more: Partial<SeriesInput> = {}): SeriesInput {
  return {
    bake: { startAt: deployedAt, stepMs, ticks: bake },
    control: null,
    history: history && before(history),
    deployedAt,
    direction: 'up',
    minSamples: 1,
    like: [{ kind: 'before' }],
    forMs,
    timezone: 'UTC',
    ...more,
  };
}

export function beside(ticks: Ticks): Stretch {
  return { startAt: deployedAt, stepMs, ticks };
}

function before(ticks: Ticks): Stretch {
  const length =
    ticks.kind === 'latency'
      ? ticks.buckets.length
      : ticks.kind === 'ratio'
        ? ticks.total.length
        : ticks.kind === 'rate'
          ? ticks.count.length
          : ticks.value.length;
  return { startAt: deployedAt - length * stepMs, stepMs, ticks };
}
