import type { Analyzer } from '../../src/core/judge/analyzer.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import type { Condition } from '../../src/core/rules/rule-set.ts';
import { lengthOf, type Ticks } from '../../src/core/series/ticks.ts';
import { aStretch, step, t0 } from './builders.ts';
import { overSeries, type SeriesInput } from './over-series.ts';

/** A question to an analyzer, as far as the test cares: the bake's ticks, those beside it, and those just before it. */
export type Asked = {
  readonly params: unknown;
  readonly bake: Ticks;
  readonly control?: Ticks;
  readonly before?: Ticks;
  readonly minSamples?: number;
  readonly unit?: SeriesInput['unit'];
  readonly damping?: Condition['damping'];
};

/** Asks; the bake is as long as the past that it is compared with. */
export function analyze(
  analyzer: Analyzer,
  { params, bake, control, before, minSamples = 100, damping = { k: 1, n: 1 }, unit }: Asked,
): Verdict {
  const pastLength = before ? lengthOf(before) : 0;
  const forMs = Math.max(1, pastLength) * step;
  const input: SeriesInput = {
    bake: aStretch(bake),
    control: control ? aStretch(control) : null,
    history: before ? aStretch(before, { startAt: t0 - pastLength * step }) : null,
    deployedAt: t0,
    direction: 'both',
    minSamples,
    like: [{ kind: 'before' }],
    forMs,
    timezone: 'UTC',
    ...(unit && { unit }),
  };
  return overSeries(analyzer.bind(params, { forMs, historyMs: forMs, like: input.like, damping })).analyze(input);
}
