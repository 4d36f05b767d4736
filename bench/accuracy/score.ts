import { clopperPearson } from '../../src/core/base/clopper-pearson.ts';
import type { ReplayResult } from '../../src/core/recording/replay.ts';
import type { Label } from './families.ts';

/** What a rule made of one recording. */
export type Outcome = Pick<ReplayResult, 'verdict' | 'decidedAfter'>;

/** One line of the report: a family with one effect, judged by one rule. */
export type Row = {
  readonly family: string;
  readonly effect: string;
  readonly label: 'good' | 'bad';
  readonly n: number;
  readonly failed: number;
  readonly share: number;
  readonly interval: readonly [number, number];
  readonly inconclusive: number;
  /** Seconds from the onset to the verdict: median and 90 % point of the bakes that failed. */
  readonly delay: number | null;
  readonly delay90: number | null;
  readonly wald: number | null;
};

export type Judged = { readonly label: Label; readonly outcome: Outcome };

export function score(judged: readonly Judged[]): readonly Row[] {
  const groups = Map.groupBy(judged, ({ label }) => `${label.family}\u0000${label.effect ?? 'none'}`);
  return [...groups.values()].map(rowOf).toSorted((a, b) => (a.family + a.effect < b.family + b.effect ? -1 : 1));
}

function rowOf(group: readonly Judged[]): Row {
  const label = group[0]?.label ?? { label: 'good' as const, family: '' };
  const onset = label.onset ?? 0;
  const failed = group.filter(({ outcome }) => outcome.verdict === 'fail' && (label.label === 'good' || outcome.decidedAfter > onset));
  const delays = failed.map(({ outcome }) => outcome.decidedAfter - onset).toSorted((a, b) => a - b);
  const walds = group.flatMap(({ label: { wald } }) => (wald === undefined ? [] : [wald])).toSorted((a, b) => a - b);
  return {
    family: label.family,
    effect: label.effect ?? 'none',
    label: label.label,
    n: group.length,
    failed: failed.length,
    share: failed.length / group.length,
    interval: clopperPearson(failed.length, group.length, 0.025),
    inconclusive: group.filter(({ outcome }) => outcome.verdict === 'inconclusive').length / group.length,
    delay: quantile(delays, 0.5),
    delay90: quantile(delays, 0.9),
    wald: quantile(walds, 0.5),
  };
}

function quantile(sorted: readonly number[], p: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? null;
}
