import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';

/**
 * Whether half of the planned bake is over after `ticks` ticks. Numbers that are compared with a past or a control have no test that rules out harm. If
 * they did not lean against the release for that long, harm counts as ruled out.
 */
export function isHalfOver({ bake, forMs }: Pick<AnalyzerInput, 'bake' | 'forMs'>, ticks: number): boolean {
  return 2 * ticks * bake.stepMs >= forMs;
}
