import type { Bake } from '../bake/bake.ts';
import type { TimelineEntry } from '../bake/narrate.ts';
import { formatWeight, type Traffic } from '../rules/stage.ts';
import type { ChartMark } from './chart-parts.ts';

type MarksInput = {
  readonly bake: Bake;
  readonly judgedBadAt: number | null;
  readonly timeline: readonly TimelineEntry[];
  readonly traffic: Traffic | null;
};

/** Reads the important moments of a deploy from its timeline. */
export function marksOf({ bake, judgedBadAt, timeline, traffic }: MarksInput): readonly ChartMark[] {
  // A stage begins when its share of the traffic is confirmed.
  const begun = timeline.filter(({ kind }) => kind === 'baking');
  const stages = (traffic?.stages ?? []).flatMap(({ weight }, i): ChartMark[] => {
    const at = begun[i]?.at;
    return at === undefined ? [] : [{ kind: 'shifted', at, label: formatWeight(weight) }];
  });
  const ordered = timeline.find(({ kind }) => kind === 'rolling_back');
  const back = timeline.find(({ kind }) => kind === 'verifying');
  const isConfirmed = bake.state !== 'rolled_back' || bake.unconfirmed === undefined;
  const recovered = isConfirmed ? timeline.find(({ kind }) => kind === 'rolled_back') : undefined;
  return [
    ...(bake.deployedAt === null ? [] : [{ kind: 'deployed', at: bake.deployedAt, label: 'deployed' } as const]),
    ...stages,
    ...(judgedBadAt === null ? [] : [{ kind: 'judged_bad', at: judgedBadAt, label: 'judged bad' } as const]),
    ...(judgedBadAt === null && ordered ? [{ kind: 'judged_bad', at: ordered.at, label: 'rollback requested' } as const] : []),
    ...(back ? [{ kind: 'rolled_back', at: back.at, label: 'rolled back' } as const] : []),
    ...(recovered ? [{ kind: 'recovered', at: recovered.at, label: 'recovered' } as const] : []),
  ];
}
