import type { Bake } from './bake.ts';
import type { TimelineEntry } from './narrate.ts';

/** What a mark says about a bad verdict: it was wrong, or the cause of the failure lies outside of the deploy. */
export const markKinds = ['false_alarm', 'elsewhere'] as const;
/** What a mark says. */
export type VerdictMarkKind = (typeof markKinds)[number];

/** What people, or a look around, found about a verdict afterwards. A deploy has at most one mark of each kind. */
export type VerdictMark = { readonly kind: VerdictMarkKind; readonly by: string; readonly why: string; readonly at: number };

/** A mark to set, or a kind of mark to take back. */
export type VerdictMarkChange = { readonly set: VerdictMark } | { readonly takeBack: VerdictMarkKind };

/** Describes a mark in one sentence. */
export function describeMark({ kind, by, why }: VerdictMark): string {
  if (kind === 'false_alarm') return `marked as a false alarm by ${by}: ${why}`;
  return by === 'bakewatch' ? `the cause may lie elsewhere: ${why}` : `marked by ${by}: the cause lies elsewhere: ${why}`;
}

/** The timeline entry of a change of marks. */
export function entryOf(change: VerdictMarkChange, by: string, at: number): TimelineEntry {
  if ('set' in change) return { at, kind: change.set.kind, by, text: describeMark(change.set) };
  return { at, kind: 'mark_taken_back', by, text: `took back the mark ${change.takeBack.replaceAll('_', ' ')}` };
}

/** Whether a person took a mark of this kind back. Bakewatch does not set it again. */
export function wasTakenBack(kind: VerdictMarkKind, timeline: readonly TimelineEntry[]): boolean {
  const { text } = entryOf({ takeBack: kind }, '', 0);
  return timeline.some((entry) => entry.kind === 'mark_taken_back' && entry.by !== 'bakewatch' && entry.text === text);
}

/** Why a person cannot mark the verdict of this bake; `null`: a person can. Only a verdict that ended the bake can be wrong. */
export function whyNotMarked({ state, forwards }: Bake): string | null {
  if (state === 'inconclusive' && forwards !== undefined) return null;
  switch (state) {
    case 'failed':
    case 'rolled_back':
      return null;
    case 'awaiting_approval':
      return 'the rollback still waits for approval: if it is a false alarm, pass the bake instead';
    case 'rolling_back':
    case 'verifying':
      return 'the rollback is still under way: mark the verdict when it has ended';
    default:
      return `only a deploy that failed or was rolled back can be marked; the bake is ${state}`;
  }
}
