import type { z } from 'zod';
import type { Analyzer, AnalyzerContext, AnalyzerInput, CalibrationInput, Json, Needs, VerdictByTick } from '../src/core/judge/analyzer.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import type { TicksKind } from '../src/core/series/ticks.ts';

/** Ties an analyzer's parameter schema to its pure function; the generic ends here, so that the index is a plain list. */
export function defineAnalyzer<Params extends z.ZodType>(analyzer: {
  readonly type: string;
  readonly summary: string;
  readonly kinds: readonly TicksKind[];
  readonly params: Params;
  readonly example: z.input<Params>;
  readonly needs: (params: z.output<Params>, context: AnalyzerContext) => Needs;
  readonly analyze: (input: AnalyzerInput, params: z.output<Params>, context: AnalyzerContext) => Verdict;
  readonly calibrate?: (input: CalibrationInput, params: z.output<Params>, context: AnalyzerContext) => Json | null;
  readonly follow?: (input: AnalyzerInput, params: z.output<Params>, context: AnalyzerContext) => VerdictByTick;
}): Analyzer {
  const { calibrate, follow } = analyzer;
  return {
    type: analyzer.type,
    summary: analyzer.summary,
    kinds: analyzer.kinds,
    example: analyzer.example,
    bind: (raw, context) => {
      const params = analyzer.params.parse(raw);
      return {
        needs: analyzer.needs(params, context),
        analyze: (input) => analyzer.analyze(input, params, context),
        ...(calibrate && { calibrate: (input) => calibrate(input, params, context) }),
        ...(follow && { follow: (input) => follow(input, params, context) }),
      };
    },
  };
}
