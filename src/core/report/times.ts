import { type Bake, isFinal } from '../bake/bake.ts';
import type { TimelineEntry } from '../bake/narrate.ts';

/** The moments of an incident, and the milliseconds between them. `null`: it did not happen, or is unknown. */
export type Times = {
  readonly deployedAt: number | null;
  /** The end of the first tick beyond the limit of the failed check. */
  readonly firstBadAt: number | null;
  readonly judgedBadAt: number | null;
  readonly orderedAt: number | null;
  readonly rolledBackAt: number | null;
  readonly recoveredAt: number | null;
  /** From the first bad tick (or the deploy, if that is unknown) to the verdict. */
  readonly detectMs: number | null;
  /** From the verdict to the order: the time for guards and people. */
  readonly decideMs: number | null;
  /** From the order until the hook confirmed it. */
  readonly rollBackMs: number | null;
  /** From the confirmation until the checks passed again; `null` where that was not measured. */
  readonly recoverMs: number | null;
  /** From the first bad tick (or the deploy) until the recovery, or until now if the incident continues. */
  readonly affectedMs: number | null;
  /** Whether the incident continues. */
  readonly isStillAffected: boolean;
};

type TimesInput = Pick<Times, 'firstBadAt' | 'judgedBadAt'> & {
  readonly bake: Bake;
  readonly timeline: readonly TimelineEntry[];
  readonly at: number;
  /** Whether the checks pass after the rollback. */
  readonly isRecoveryMeasured: boolean;
};

/** Reads the moments from a deploy's timeline. If several rollbacks were ordered, the last order counts. */
export function timesOf({ bake, timeline, at, firstBadAt, judgedBadAt, isRecoveryMeasured }: TimesInput): Times {
  const { deployedAt } = bake;
  const orderedIndex = timeline.findLastIndex(({ kind }) => kind === 'rolling_back');
  const after = orderedIndex < 0 ? [] : timeline.slice(orderedIndex);
  const orderedAt = after[0]?.at ?? null;
  const rolledBackAt = after.find(({ kind }) => kind === 'verifying')?.at ?? null;
  const isConfirmed = isRecoveryMeasured && (bake.state !== 'rolled_back' || bake.unconfirmed === undefined);
  const recoveredAt = isConfirmed ? (after.find(({ kind }) => kind === 'rolled_back')?.at ?? null) : null;
  const begunAt = firstBadAt ?? deployedAt;
  // A person who requests a rollback may know of harm that no check measured: its duration is unknown.
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

// The clock of one replica may be slightly ahead of another's.
function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}
