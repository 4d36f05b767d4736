import type { AnalyzerInput, BoundAnalyzer } from '../../src/core/judge/analyzer.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';
import { type VerdictByTick, verdictsByTick } from '../../src/core/judge/verdicts-by-tick.ts';
import { outlineOf, ticksBetween } from '../../src/core/series/tick.ts';
import { lengthOf, type Stretch } from '../../src/core/series/ticks.ts';

/** What an analyzer is given, with all ticks of the bake and of the control. */
export type SeriesInput = Omit<AnalyzerInput, 'bake' | 'control'> & { readonly bake: Stretch; readonly control: Stretch | null };

/** An analyzer that is given whole series: `analyze` answers for all ticks, `follow` for each prefix. */
export type SeriesAnalyzer = BoundAnalyzer & {
  readonly analyze: (input: SeriesInput) => Verdict;
  readonly follow: (input: SeriesInput) => VerdictByTick;
};

/** Folds whole series with an analyzer. */
export function overSeries(bound: BoundAnalyzer): SeriesAnalyzer {
  const follow = ({ bake, control, ...rest }: SeriesInput): VerdictByTick => {
    const fold = bound.start({ ...rest, bake: outlineOf(bake), control: control && outlineOf(control) });
    return verdictsByTick(fold, lengthOf(bake.ticks), (from, to) => ticksBetween(bake, control, from, to));
  };
  return { ...bound, follow, analyze: (input) => follow(input)(lengthOf(input.bake.ticks)) };
}
