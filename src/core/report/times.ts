import { type Bake, isFinal } from '../bake/bake.ts';
import type { TimelineEntry } from '../bake/narrate.ts';

/** The moments of an incident, and how long lay between them, milliseconds. `null`: it did not happen, or is not known. */
export type Times = {
  readonly deployedAt: number | null;
  /** The end of the first tick beyond the limit that the check failed. */
  readonly firstBadAt: number | null;
  readonly judgedBadAt: number | null;
  readonly orderedAt: number | null;
  readonly rolledBackAt: number | null;
  readonly recoveredAt: number | null;
  /** From the first bad tick (or the deploy, where that is not known) to the verdict. */
  readonly detectMs: number | null;
  /** From the verdict to the order: what people or guards took. */
  readonly decideMs: number | null;
  /** From the order until the hook has confirmed it. */
  readonly rollBackMs: number | null;
  /** From there until the checks were healthy again. */
  readonly recoverMs: number | null;
  /** From the first bad tick (or the deploy) until the recovery, or until now where it still goes on. */
  readonly affectedMs: number | null;
  /** Whether it still goes on. */
  readonly isStillAffected: boolean;
};

type TimesInput = Pick<Times, 'firstBadAt' | 'judgedBadAt'> & {
  readonly bake: Bake;
  readonly timeline: readonly TimelineEntry[];
  readonly at: number;
};

/** Reads the moments off a deploy's story. Where a rollback was ordered more than once, the last order counts. */
export function timesOf({ bake, timeline, at, firstBadAt, judgedBadAt }: TimesInput): Times {
  const { deployedAt } = bake;
  const orderedIndex = timeline.findLastIndex(({ kind }) => kind === 'rolling_back');
  const after = orderedIndex < 0 ? [] : timeline.slice(orderedIndex);
  const orderedAt = after[0]?.at ?? null;
  const rolledBackAt = after.find(({ kind }) => kind === 'verifying')?.at ?? null;
  const recoveredAt = after.find(({ kind }) => kind === 'rolled_back')?.at ?? null;
  const begunAt = firstBadAt ?? deployedAt;
  // A person who asks for a rollback may know of harm that no check has seen: nobody knows for how long.
  const isBad = judgedBadAt !== null || firstBadAt !== null;
  const isStillAffected = isBad && recoveredAt === null && !isFinal(bake);
  const affectedUntil = recoveredAt ?? (isStillAffected ? at : null);
  return {
    deployedAt,
    firstBadAt,
    judgedBadAt,
    orderedAt,
    rolledBackAt,
    recoveredAt,
    detectMs: between(begunAt, judgedBadAt),
    decideMs: between(judgedBadAt, orderedAt),
    rollBackMs: between(orderedAt, rolledBackAt),
    recoverMs: between(rolledBackAt, recoveredAt),
    affectedMs: isBad ? between(begunAt, affectedUntil) : null,
    isStillAffected,
  };
}

// A replica's clock may be a little ahead of another's.
function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}
