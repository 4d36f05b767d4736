import { type Deploy, targetName } from '../core/bake/deploy.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import { isTargetRunning } from '../core/bake/is-target-running.ts';
import { EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { DeployRecord, ExpectedState } from '../ports/bake-store.ts';
import type { RollbackHook, RollbackOrder } from '../ports/hook.ts';
import { awaitEarlier, type WaitingOrder } from './await-earlier.ts';
import type { DispatchDeps } from './deps.ts';
import { applyEvent, attemptsOf, beginAttempt, endAttempt, type HookAttempt, interruptedEnd, mayTryAgain } from './hook-attempt.ts';
import { runHook } from './run-hook.ts';

type RollbackEffect = Extract<QueuedEffect, { kind: 'roll_back' }>;

/** One attempt at the order of the effect. `earlier`: the attempts of the same effect before it. */
type RollbackTry = {
  readonly effect: RollbackEffect;
  readonly order: RollbackOrder;
  /** The deploy that is rolled back. */
  readonly deploy: Deploy;
  readonly hook: RollbackHook;
  readonly attempt: HookAttempt;
  readonly earlier: readonly Attempt[];
};

/**
 * Performs a rollback order, exactly once where the platform can be asked what runs. The attempt is recorded before the hook starts. An earlier attempt
 * that may be running is awaited. One that may have run is never just repeated: the platform is asked first. Where it cannot be asked, the outcome is
 * unknown and people are paged. Throws when the order must be retried, or belongs to another server now.
 */
export async function performRollback(deps: DispatchDeps, effect: RollbackEffect, signal: AbortSignal): Promise<void> {
  const { bakeId } = effect;
  // Asked together, because a bad release runs meanwhile.
  const [record, own] = await Promise.all([deps.store.find(bakeId), deps.store.firstFingerprint(bakeId)]);
  if (record === null || !wants(record, effect)) return;
  const name = record.plan.hook ?? '';
  const instance = deps.hooks.get(name);
  const { id: orderId, target } = effect.order;
  if (instance === undefined) {
    const reasons = [`the rollback hook ${name} is no longer defined; put ${target.version} back by hand`];
    return await fail(deps, { effect, expected: record.version }, { outcome: 'no', reasons });
  }
  const order = orderFor(effect, record, own);
  const wait = await awaitEarlier(deps, waitingOrder(deps, { effect, order, hook: instance.hook }), signal);
  if (wait.kind === 'not_wanted') return;
  const begin = { orderId, effectId: effect.id, bakeId, after: wait.newest, hook: instance.hook };
  const { number, earlier } = await beginAttempt(deps, begin);
  const one: RollbackTry = {
    effect,
    order: { ...order, mustAct: earlier.some(hasActed) || record.bake.forwards !== undefined },
    deploy: record.deploy,
    hook: instance.hook,
    attempt: { kind: 'roll_back', bakeId, orderId, number, hook: instance.type },
    earlier: attemptsOf(effect.id, earlier),
  };
  const success = one.earlier.find(({ outcome }) => outcome === 'succeeded' || outcome === 'already_there');
  if (success !== undefined) return await settleLate(deps, one, success);
  if (wait.kind === 'done') return await settleUnrecorded(deps, one, wait.by);
  await tryOnce(deps, one, signal, `attempt ${number}: ${name} puts ${targetName(target)} back`);
}

/** An attempt succeeded, but the server was killed before it moved the bake. Only the bake is left to move. */
async function settleLate(deps: DispatchDeps, one: RollbackTry, success: Attempt): Promise<void> {
  const summary = `attempt ${success.number} succeeded, and the server ended before it could record that`;
  await endAttempt(deps, one.attempt, { outcome: 'already_there', summary, output: '', detail: '' });
  await succeed(deps, one, { summary, alreadyThere: success.outcome === 'already_there' });
}

/** An attempt whose server ended was seen to carry the order out. If no recovery is seen, the hook is called once more. */
async function settleUnrecorded(deps: DispatchDeps, one: RollbackTry, { number }: Attempt): Promise<void> {
  const { version } = one.effect.order.target;
  const summary = `attempt ${number} went on after its server had ended, and ${version} is running`;
  await endAttempt(deps, one.attempt, { outcome: 'already_there', summary, output: '', detail: '' });
  await succeed(deps, one, { summary, alreadyThere: true });
}

function wants({ bake }: DeployRecord, { order }: RollbackEffect): boolean {
  return bake.state === 'rolling_back' && bake.order.id === order.id;
}

function waitingOrder(deps: DispatchDeps, { effect, order, hook }: Pick<RollbackTry, 'effect' | 'order' | 'hook'>): WaitingOrder {
  const { bakeId } = effect;
  return {
    bakeId,
    orderId: order.id,
    effectId: effect.id,
    isRemote: hook.isRemote === true,
    look: async (signal) => {
      const running = await currentOf(hook, order, signal);
      return running === null ? null : isTargetRunning(running, order);
    },
    isWanted: async () => {
      const record = await deps.store.find(bakeId);
      return record !== null && wants(record, effect);
    },
  };
}

async function tryOnce(deps: DispatchDeps, one: RollbackTry, signal: AbortSignal, text: string): Promise<void> {
  try {
    const entry = { at: deps.clock.now(), kind: 'hook_started', by: 'bakewatch', text } as const;
    const [why] = await Promise.all([whyNot(deps, one, signal), deps.store.appendTimeline(one.attempt.bakeId, entry)]);
    if (why !== null) return await stop(deps, one, why);
    const { alreadyThere, summary, output } = await runHook(deps, { ...one, signal }, (limited, onOutput) =>
      one.hook.rollBack(one.order, limited, onOutput),
    );
    const outcome = alreadyThere ? 'already_there' : 'succeeded';
    await endAttempt(deps, one.attempt, { outcome, summary, output, detail: output === summary ? '' : output });
    await succeed(deps, one, { summary, alreadyThere });
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    if (signal.aborted) {
      await endAttempt(deps, one.attempt, interruptedEnd(error, signal));
      throw error;
    }
    const { kind, message, output } = error;
    await endAttempt(deps, one.attempt, {
      outcome: kind,
      summary: message,
      output: output || message,
      detail: output === message ? '' : output,
    });
    const canAsk = kind === 'unreachable' || (await canTell(one, signal));
    if (canAsk && mayTryAgain(error, one.earlier)) throw error;
    await failAfter(deps, one, error);
  }
}

/** Why the hook must not start, or `null`: a newer release runs, or an earlier attempt may have run and the platform cannot be asked. */
async function whyNot({ store }: DispatchDeps, one: RollbackTry, signal: AbortSignal): Promise<string | null> {
  const newer = await store.replacementOf(one.deploy);
  if (newer !== null) return `not rolled ${direction(one.effect)}: ${newer.version} was deployed after it (deploy ${newer.deployId})`;
  if (!mayHaveRun(one) || (await canTell(one, signal))) return null;
  return 'an earlier attempt may have run, and the platform cannot be asked what runs; nothing was repeated: look at what runs';
}

/** Ends an attempt without starting the hook. */
async function stop(deps: DispatchDeps, one: RollbackTry, why: string): Promise<void> {
  const outcome = mayHaveRun(one) ? 'unknown' : 'refused';
  await endAttempt(deps, one.attempt, { outcome, summary: why, output: '', detail: '' });
  await fail(deps, { effect: one.effect, expected: one.attempt }, { outcome: mayHaveRun(one) ? 'unknown' : 'no', reasons: [why] });
}

async function failAfter(deps: DispatchDeps, one: RollbackTry, { kind, message, targetGone }: EffectError): Promise<void> {
  const { version } = one.effect.order.target;
  const certainlyDidNotRun = (kind === 'refused' || kind === 'unreachable') && !mayHaveRun(one);
  const what = targetGone ? `release ${version} is gone from the platform` : `the ${nameOf(one.effect)} to ${version} failed`;
  await fail(
    deps,
    { effect: one.effect, expected: one.attempt },
    {
      outcome: certainlyDidNotRun ? 'no' : 'unknown',
      reasons: [`${what}: ${message}`],
      targetGone: targetGone && certainlyDidNotRun,
    },
  );
}

/** True where an earlier attempt may have run: it failed, timed out, or its end was never recorded. */
function mayHaveRun({ earlier }: RollbackTry): boolean {
  return earlier.some(({ outcome }) => outcome === null || outcome === 'interrupted' || outcome === 'timeout' || outcome === 'failed');
}

/** Whether an attempt may have changed something. */
function hasActed({ outcome }: Attempt): boolean {
  return outcome !== 'unreachable' && outcome !== 'refused' && outcome !== 'unknown';
}

/** Whether the platform can be asked what runs. */
async function canTell({ hook, order }: RollbackTry, signal: AbortSignal): Promise<boolean> {
  return (await currentOf(hook, order, signal)) !== null;
}

/** What runs; `null` where the platform cannot be asked now. */
async function currentOf(hook: RollbackHook, { place }: RollbackOrder, signal: AbortSignal): Promise<string | null> {
  try {
    return await hook.current(place, signal);
  } catch (error) {
    if (error instanceof EffectError) return null;
    throw error;
  }
}

/** A fingerprint that the bad release has as well does not identify the target: the platform's own history must tell it by its version. */
function orderFor(
  { order: { id, target, reasons, replaces } }: RollbackEffect,
  { deploy }: DeployRecord,
  own: string | null,
): RollbackOrder {
  const { service, environment, release } = deploy;
  const bad = replaces === undefined ? own : (replaces.target.fingerprint ?? null);
  const known = bad !== null && target.fingerprint === bad ? { ...target, fingerprint: undefined } : target;
  const from = { version: replaces?.target.version ?? release.version, ...(bad !== null && { fingerprint: bad }) };
  return { id, place: { service, environment }, from, target: known, reasons, ...(replaces !== undefined && { isForward: true }) };
}

function direction({ order }: RollbackEffect): 'back' | 'forward' {
  return order.replaces === undefined ? 'back' : 'forward';
}

function nameOf(effect: RollbackEffect): string {
  return direction(effect) === 'back' ? 'rollback' : 'roll forward';
}

/** The queue has used up all tries. */
export async function rollbackGaveUp(deps: DispatchDeps, effect: RollbackEffect): Promise<void> {
  deps.meter.gaveUp({ kind: 'roll_back', plugin: 'queue' });
  deps.log.error({ deploy: effect.bakeId, order: effect.order.id }, 'rollback given up');
  const record = await deps.store.find(effect.bakeId);
  if (record === null || !wants(record, effect)) return;
  const reasons = [`the ${nameOf(effect)} to ${effect.order.target.version} was given up; look at what runs`];
  await fail(deps, { effect, expected: record.version }, { outcome: 'unknown', reasons });
}

type Success = { readonly summary: string; readonly alreadyThere: boolean };

async function succeed(deps: DispatchDeps, { effect: { bakeId, order }, attempt }: RollbackTry, success: Success): Promise<void> {
  const event = { type: 'rollback_succeeded', at: deps.clock.now(), orderId: order.id, ...success } as const;
  await applyEvent(deps, { bakeId, expected: attempt }, event);
}

type FailedOrder = { readonly effect: RollbackEffect; readonly expected: ExpectedState };
type Failure = { readonly outcome: 'no' | 'unknown'; readonly reasons: readonly string[]; readonly targetGone?: boolean };

/** Where the target is gone, the facts are read as well: the guards may allow a rollback to another release. */
async function fail(deps: DispatchDeps, { effect: { bakeId, order }, expected }: FailedOrder, failure: Failure): Promise<void> {
  const reasons = nonEmpty([...failure.reasons, ...order.reasons], 'the rollback failed');
  const event = { type: 'rollback_failed', at: deps.clock.now(), orderId: order.id, outcome: failure.outcome, reasons } as const;
  const passedOver = [...(order.passedOver ?? []), order.target];
  await applyEvent(deps, { bakeId, expected }, async (_, facts) =>
    failure.targetGone ? { ...event, gone: await facts(passedOver) } : event,
  );
}
