import { randomUUID } from 'node:crypto';
import type { Target } from '../core/bake/deploy.ts';
import { AppError } from '../core/base/errors.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Place, RollbackHook, RollbackOrder } from '../ports/hook.ts';
import type { ShiftHook } from '../ports/shift-hook.ts';

/** The newest known-good release, which should be running, and the known-good release before it. Throws `AppError('conflict')` without any. */
export async function targetsOf(
  store: Pick<DeployCatalog, 'knownGood'>,
  { service, environment }: Place,
): Promise<readonly [Target, Target | undefined]> {
  const [now, ...older] = await store.knownGood({ service, environment }, 50);
  if (now === undefined)
    throw new AppError(
      'conflict',
      `${service} in ${environment} has no known-good release yet; adopt the release that runs, or let a bake pass`,
    );
  return [now, older.find(({ version }) => version !== now.version)];
}

/** An order of a drill from one release to another. */
export function drillOrder(place: Place, { version }: Target, target: Target): RollbackOrder {
  return { id: `drill:${randomUUID()}`, place, from: { version }, target, reasons: ['a drill'] };
}

type RehearsalTargets = { readonly place: Place; readonly now: Target; readonly before: Target | undefined };

/** Rehearses the rollback to the known-good release before the current one, or to the only one. Changes nothing. Throws `EffectError`. */
export async function rehearseRollback(
  hook: Pick<RollbackHook, 'rehearse'>,
  { place, now, before }: RehearsalTargets,
  signal: AbortSignal,
): Promise<string> {
  return (await hook.rehearse(drillOrder(place, now, before ?? now), signal)).join('; ');
}

type ShiftRehearsal = { readonly place: Place; readonly version: string; readonly weight: number };

/** Rehearses a shift of traffic to a share. Changes nothing. Throws `EffectError`. */
export async function rehearseShift(
  hook: Pick<ShiftHook, 'rehearse'>,
  { place, version, weight }: ShiftRehearsal,
  signal: AbortSignal,
): Promise<string> {
  return (await hook.rehearse({ id: `drill:${randomUUID()}`, place, release: { version }, weight }, signal)).join('; ');
}
