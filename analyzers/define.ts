import type { z } from 'zod';
import type { Json } from '../src/core/base/json.ts';
import type { Analyzer, AnalyzerContext, AnalyzerInput, CalibrationInput, Needs } from '../src/core/judge/analyzer.ts';
import type { ConditionRule, LooserSettings } from '../src/core/judge/condition-rule.ts';
import type { Fold } from '../src/core/judge/fold.ts';
import type { TicksKind } from '../src/core/series/ticks.ts';

/** What an analyzer consists of. `params` is the only schema of its parameters; its `conditions` say how people write them. */
type Definition<Params extends z.ZodType> = {
  readonly type: string;
  readonly summary: string;
  readonly kinds: readonly TicksKind[];
  readonly params: Params;
  readonly example: z.input<Params>;
  readonly conditions: readonly Omit<ConditionRule, 'kinds'>[] | readonly ConditionRule[];
  /** The looser settings that `backtest` tries if a condition has false alarms; missing: none. */
  readonly loosen?: (params: Readonly<Record<string, unknown>>, kind: TicksKind) => LooserSettings | null;
  readonly needs: (params: z.output<Params>, context: AnalyzerContext) => Needs;
  readonly start: (input: AnalyzerInput, params: z.output<Params>, context: AnalyzerContext) => Fold;
  readonly calibrate?: (input: CalibrationInput, params: z.output<Params>, context: AnalyzerContext) => Json | null;
  readonly readCalibration?: (stored: Json) => Json | null;
};

/** Binds an analyzer's parameter schema to its functions. The result is not generic, so the index is a plain list. */
export function defineAnalyzer<Params extends z.ZodType>(definition: Definition<Params>): Analyzer {
  const { type, summary, kinds, example, calibrate, readCalibration, loosen } = definition;
  return {
    type,
    summary,
    kinds,
    example,
    conditions: definition.conditions.map((condition) => ({ kinds, ...condition })),
    loosen: loosen ?? (() => null),
    bind: (raw, context) => {
      const params = definition.params.parse(raw);
      return {
        needs: definition.needs(params, context),
        start: (input) => definition.start(input, params, context),
        ...(calibrate && { calibrate: (input) => calibrate(input, params, context) }),
        ...(readCalibration && { readCalibration }),
      };
    },
  };
}
