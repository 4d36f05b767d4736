import { formatDuration } from '../base/duration.ts';
import { dataTest, lengthOf, type Stretch } from '../series/ticks.ts';
import { explain } from './explanation.ts';
import { explanationOf } from './headline.ts';
import { minSilentTicks } from './silence.ts';
import type { Verdict } from './verdict.ts';

/** For each number of ticks from the start: how many of them lie in gaps, which are at least `minSilentTicks` ticks in a row without a probe. */
function gapsOf({ ticks }: Stretch): Int32Array {
  const length = lengthOf(ticks);
  const hasData = dataTest(ticks);
  const gaps = new Int32Array(length + 1);
  let run = 0;
  for (let i = 0; i < length; i++) {
    run = hasData(i) ? 0 : run + 1;
    // The ticks of a run count once it is long enough to be a gap.
    gaps[i + 1] = (gaps[i] ?? 0) + (run === minSilentTicks ? minSilentTicks : run > minSilentTicks ? 1 : 0);
  }
  return gaps;
}

/**
 * Extends a bake over the gaps in its probes. What a metrics server has recorded is asked for afterwards, but a probe cannot be made for the past, so a
 * stretch in which this process slept or could not probe is unknown. A verdict that would let the bake pass is inconclusive until as many ticks outside
 * of gaps have been watched as were planned.
 */
export function probeGapRule(bake: Stretch, forMs: number): (verdict: Verdict, ticks: number) => Verdict {
  const gaps = gapsOf(bake);
  return (verdict, ticks) => {
    const missing = gaps[ticks] ?? 0;
    if (verdict.outcome === 'fail' || missing === 0 || (ticks - missing) * bake.stepMs >= forMs) return verdict;
    const { evidence } = verdict;
    const words = explain(
      `not probed for ${formatDuration(missing * bake.stepMs)}`,
      'a probe cannot be made for the past, so the bake must be watched for as long again',
      [`else: ${explanationOf(verdict).headline}`],
    );
    return { outcome: 'inconclusive', ...words, ...(evidence && { evidence }), isSilent: true };
  };
}
