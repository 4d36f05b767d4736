import type { Bake } from '../bake.ts';
import type { ChartMark } from '../chart.ts';
import type { TimelineEntry } from '../decide.ts';

type Story = { readonly bake: Bake; readonly judgedBadAt: number | null; readonly timeline: readonly TimelineEntry[] };

/** The moments that matter when a chart is read, by the deploy's own story. */
export function marksOf({ bake, judgedBadAt, timeline }: Story): readonly ChartMark[] {
  const ordered = timeline.find(({ kind }) => kind === 'rolling_back');
  const back = timeline.find(({ kind }) => kind === 'verifying');
  const recovered = timeline.find(({ kind }) => kind === 'rolled_back');
  return [
    ...(bake.deployedAt === null ? [] : [{ kind: 'deployed', at: bake.deployedAt, label: 'deployed' } as const]),
    ...(judgedBadAt === null ? [] : [{ kind: 'judged_bad', at: judgedBadAt, label: 'judged bad' } as const]),
    ...(judgedBadAt === null && ordered ? [{ kind: 'judged_bad', at: ordered.at, label: 'rollback asked for' } as const] : []),
    ...(back ? [{ kind: 'rolled_back', at: back.at, label: 'rolled back' } as const] : []),
    ...(recovered ? [{ kind: 'recovered', at: recovered.at, label: 'recovered' } as const] : []),
  ];
}
