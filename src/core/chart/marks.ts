import type { Bake } from '../bake.ts';
import type { ChartMark } from '../chart.ts';
import type { TimelineEntry } from '../decide.ts';

/** The moments that matter when a chart is read, by the deploy's own story. */
export function marksOf(bake: Bake, timeline: readonly TimelineEntry[]): readonly ChartMark[] {
  const decided = timeline.find(({ kind }) => kind === 'awaiting_approval' || kind === 'rolling_back' || kind === 'failed');
  const back = timeline.find(({ kind }) => kind === 'verifying');
  const recovered = timeline.find(({ kind }) => kind === 'rolled_back');
  return [
    ...(bake.deployedAt === null ? [] : [{ kind: 'deployed', at: bake.deployedAt, label: 'deployed' } as const]),
    ...(decided
      ? [{ kind: 'judged_bad', at: decided.at, label: decided.by === 'bakewatch' ? 'judged bad' : 'rollback asked for' } as const]
      : []),
    ...(back ? [{ kind: 'rolled_back', at: back.at, label: 'rolled back' } as const] : []),
    ...(recovered ? [{ kind: 'recovered', at: recovered.at, label: 'recovered' } as const] : []),
  ];
}
