import { decide } from '../core/bake/decide.ts';
import { type Deploy, targetName } from '../core/bake/deploy.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import { EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { Receipt, RollbackHook, RollbackOrder } from '../ports/hook.ts';
import type { DispatchDeps } from './deps.ts';
import { applyEvent, attemptsOf, endAttempt, type HookAttempt, mayTryAgain } from './hook-attempt.ts';
import { keepOutput } from './keep-output.ts';

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
 * that may have run is never just repeated: the platform is asked first. Where it cannot be asked, the outcome is unknown and people are paged.
 * Throws when the order must be retried.
 */
export async function performRollback(deps: DispatchDeps, effect: RollbackEffect, signal: AbortSignal): Promise<void> {
  const { bakeId } = effect;
  const record = await deps.store.find(bakeId);
  if (record === null || record.bake.state !== 'rolling_back' || record.bake.order.id !== effect.order.id) return;
  const name = record.plan.hook ?? '';
  const instance = deps.hooks.get(name);
  const { id: orderId, target } = effect.order;
  if (instance === undefined) {
    const reasons = [`the rollback hook ${name} is no longer defined; put ${target.version} back by hand`];
    return await fail(deps, effect, { outcome: 'no', reasons });
  }
  const { number, earlier } = await deps.store.beginAttempt({ orderId, effectId: effect.id, bakeId, at: deps.clock.now() });
  const one: RollbackTry = {
    effect,
    order: {
      ...orderFor(effect, record, await deps.store.firstFingerprint(bakeId)),
      mustAct: earlier.some(hasActed) || record.bake.forwards !== undefined,
    },
    deploy: record.deploy,
    hook: instance.hook,
    attempt: { kind: 'roll_back', bakeId, orderId, number, hook: instance.type },
    earlier: attemptsOf(effect.id, earlier),
  };
  const success = one.earlier.find(({ outcome }) => outcome === 'succeeded' || outcome === 'already_there');
  if (success !== undefined) return await settleLate(deps, one, success);
  const text = `attempt ${number}: ${name} puts ${targetName(target)} back`;
  await deps.store.appendTimeline(bakeId, { at: deps.clock.now(), kind: 'hook_started', by: 'bakewatch', text });
  await tryOnce(deps, one, signal);
}

/** An attempt succeeded, but the server was killed before it moved the bake. Only the bake is left to move. */
async function settleLate(deps: DispatchDeps, one: RollbackTry, success: Attempt): Promise<void> {
  const summary = `attempt ${success.number} succeeded, and the server ended before it could record that`;
  await endAttempt(deps, one.attempt, { outcome: 'already_there', summary, output: '', detail: '' });
  await succeed(deps, one, { summary, alreadyThere: success.outcome === 'already_there' });
}

async function tryOnce(deps: DispatchDeps, one: RollbackTry, signal: AbortSignal): Promise<void> {
  try {
    const why = await whyNot(deps, one, signal);
    if (why !== null) return await stop(deps, one, why);
    const { alreadyThere, summary, output } = await rollBack(deps, one, signal);
    const outcome = alreadyThere ? 'already_there' : 'succeeded';
    await endAttempt(deps, one.attempt, { outcome, summary, output, detail: output === summary ? '' : output });
    await succeed(deps, one, { summary, alreadyThere });
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
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
  await fail(deps, one.effect, { outcome: mayHaveRun(one) ? 'unknown' : 'no', reasons: [why] });
}

async function failAfter(deps: DispatchDeps, one: RollbackTry, { kind, message, targetGone }: EffectError): Promise<void> {
  const { version } = one.effect.order.target;
  const certainlyDidNotRun = (kind === 'refused' || kind === 'unreachable') && !mayHaveRun(one);
  const what = targetGone ? `release ${version} is gone from the platform` : `the ${nameOf(one.effect)} to ${version} failed`;
  await fail(deps, one.effect, {
    outcome: certainlyDidNotRun ? 'no' : 'unknown',
    reasons: [`${what}: ${message}`],
    targetGone: targetGone && certainlyDidNotRun,
  });
}

/** Runs the hook. What it prints is stored while it runs: people watch it, and it survives if this process is killed. */
async function rollBack({ store, log }: DispatchDeps, { order, hook, attempt }: RollbackTry, signal: AbortSignal): Promise<Receipt> {
  const { orderId, number } = attempt;
  const kept = keepOutput(
    (output) => store.saveAttemptOutput({ orderId, number, output }),
    (error) => log.debug({ err: error, order: orderId, attempt: number }, 'output of a running hook not saved'),
  );
  try {
    return await hook.rollBack(order, signal, kept.onOutput);
  } finally {
    await kept.stop();
  }
}

/** True where an earlier attempt may have run: it failed, timed out, or its end was never recorded. */
function mayHaveRun({ earlier }: RollbackTry): boolean {
  return earlier.some(({ outcome }) => outcome === null || outcome === 'timeout' || outcome === 'failed');
}

/** Whether an attempt may have changed something. */
function hasActed({ outcome }: Attempt): boolean {
  return outcome !== 'unreachable' && outcome !== 'refused' && outcome !== 'unknown';
}

/** Whether the platform can be asked what runs. */
async function canTell({ hook, order }: RollbackTry, signal: AbortSignal): Promise<boolean> {
  try {
    return (await hook.current(order.place, signal)) !== null;
  } catch (error) {
    if (error instanceof EffectError) return false;
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
  const reasons = [`the ${nameOf(effect)} to ${effect.order.target.version} was given up; look at what runs`];
  await fail(deps, effect, { outcome: 'unknown', reasons });
}

type Success = { readonly summary: string; readonly alreadyThere: boolean };

async function succeed(deps: DispatchDeps, { effect }: RollbackTry, success: Success): Promise<void> {
  await applyEvent(deps, effect.bakeId, { type: 'rollback_succeeded', at: deps.clock.now(), orderId: effect.order.id, ...success });
}

type Failure = { readonly outcome: 'no' | 'unknown'; readonly reasons: readonly string[]; readonly targetGone?: boolean };

/** Where the target is gone, the facts are read as well: the guards may allow a rollback to another release. */
async function fail({ store, clock }: DispatchDeps, { bakeId, order }: RollbackEffect, failure: Failure): Promise<void> {
  const reasons = nonEmpty([...failure.reasons, ...order.reasons], 'the rollback failed');
  const event = { type: 'rollback_failed', at: clock.now(), orderId: order.id, outcome: failure.outcome, reasons } as const;
  const passedOver = [...(order.passedOver ?? []), order.target];
  await store.update(bakeId, null, async (record, facts) =>
    decide(record, failure.targetGone ? { ...event, gone: await facts(passedOver) } : event, 'bakewatch'),
  );
}
