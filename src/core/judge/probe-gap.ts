import { formatDuration } from '../base/duration.ts';
import { explain } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { SeriesTally } from './series-tally.ts';
import type { Verdict } from './verdict.ts';

/**
 * Extends a bake over the gaps in its probes. What a metrics server has recorded is asked for afterwards, but a probe cannot be made for the past, so a
 * stretch in which this process slept or could not probe is unknown. A verdict that would let the bake pass is inconclusive until as many ticks outside
 * of gaps have been watched as were planned.
 */
export function withProbeGaps(
  verdict: Verdict,
  { ticks, gaps }: SeriesTally,
  { stepMs, forMs }: { readonly stepMs: number; readonly forMs: number },
): Verdict {
  if (verdict.outcome === 'fail' || gaps === 0 || (ticks - gaps) * stepMs >= forMs) return verdict;
  const { evidence } = verdict;
  const words = explain(
    `not probed for ${formatDuration(gaps * stepMs)}`,
    'a probe cannot be made for the past, so the bake must be watched for as long again',
    [`else: ${explanationOf(verdict).headline}`],
  );
  return { outcome: 'inconclusive', ...words, ...(evidence && { evidence }), isSilent: true };
}
