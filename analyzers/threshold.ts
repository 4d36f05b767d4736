import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import { formatShare } from '../src/core/base/format-number.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { boundFor, type Reading } from '../src/core/judge/readings.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import { formatMeasured } from '../src/core/series/format-measured.ts';
import { defineAnalyzer } from './define.ts';
import { judgeReadings } from './judge-readings.ts';

const Bounds = z
  .strictObject({ above: z.number().optional(), below: z.number().optional() })
  .refine(({ above, below }) => above !== undefined || below !== undefined, { message: 'needs above or below' });
const Slow = z.strictObject({ slower_than: z.number().positive(), for_more_than: z.number().min(0).max(1) });

/** A promise that the owner made: the measured value stays within fixed bounds, whatever the past was like. */
export const threshold = defineAnalyzer({
  type: 'threshold',
  summary: 'Each reading stays within fixed bounds.',
  kinds: ['ratio', 'rate', 'latency', 'value'],
  params: z.union([Bounds, Slow]),
  example: { above: 0.1 },
  needs: () => ({ control: false, historyMs: 0 }),
  analyze(input, params, { damping }) {
    if ('slower_than' in params) return tooSlow(input, params, damping);
    const { above, below } = params;
    const { kind } = input.bake.ticks;
    if (kind === 'latency') return { outcome: 'inconclusive', reason: 'a latency check needs slower_than and for_more_than' };
    const limits = [
      above === undefined ? '' : `at most ${formatMeasured(kind, above)}`,
      below === undefined ? '' : `at least ${formatMeasured(kind, below)}`,
    ];
    return judgeReadings(input, {
      damping,
      isBreach: ({ value }) => (above !== undefined && value > above) || (below !== undefined && value < below),
      limitOf: ({ value }) => (above !== undefined && (value > above || below === undefined) ? above : below),
      compared: () => `allowed ${limits.filter(Boolean).join(' and ')}`,
      measured: ({ value }) => formatMeasured(kind, value),
    });
  },
});

type SlowParams = z.output<typeof Slow>;

function tooSlow(input: AnalyzerInput, { slower_than, for_more_than }: SlowParams, damping: { k: number; n: number }): Verdict {
  const { ticks } = input.bake;
  const slowerThanSec = slower_than / 1000;
  const bound = boundFor(ticks, slowerThanSec);
  if (ticks.kind === 'latency' && ticks.le.length > 0 && bound === null) {
    return {
      outcome: 'inconclusive',
      reason: `no bucket bound at or above ${formatDuration(slower_than)}: the histogram cannot show what is slower`,
    };
  }
  const shown = formatDuration((bound ?? slowerThanSec) * 1000);
  const grid =
    bound !== null && bound > slowerThanSec * 1.000001 ? ` (the histogram's next bound above ${formatDuration(slower_than)})` : '';
  return judgeReadings(input, {
    damping,
    slowerThanSec,
    isBreach: ({ value }: Reading) => value > for_more_than,
    limitOf: () => for_more_than,
    compared: () => `allowed ${formatShare(for_more_than)}`,
    measured: ({ value }) => `${formatShare(value)} slower than ${shown}${grid}`,
  });
}
