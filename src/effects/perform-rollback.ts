import { decide } from '../core/bake/decide.ts';
import type { QueuedEffect } from '../core/bake/effect.ts';
import type { BakeEvent } from '../core/bake/event.ts';
import { EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import type { Attempt } from '../ports/audit-log.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { Receipt, RollbackOrder } from '../ports/hook.ts';
import type { DispatchDeps, HookInstance } from './deps.ts';
import { type AttemptEnd, endedText } from './ended.ts';
import { keepOutput } from './keep-output.ts';

type RollBack = Extract<QueuedEffect, { kind: 'roll_back' }>;
/** One try: the order, its hook, and the tries before it. */
type RollbackTry = {
  readonly effect: RollBack;
  readonly record: DeployRecord;
  readonly instance: HookInstance;
  readonly number: number;
  readonly earlier: readonly Attempt[];
};

/** A hook that could not be reached is tried so often in all. */
const mostTries = 4;

/**
 * Performs a rollback order, exactly once where the platform can be asked what runs. The attempt is recorded before the hook starts; an earlier
 * attempt that may have run is never simply repeated: the platform is asked first, and where it cannot be asked the outcome is unknown and people
 * are paged. Throws when the order must be tried again later.
 */
export async function performRollback(deps: DispatchDeps, effect: RollBack, signal: AbortSignal): Promise<void> {
  const record = await deps.store.find(effect.bakeId);
  if (record === null || record.bake.state !== 'rolling_back' || record.bake.order.id !== effect.order.id) return;
  const name = record.plan.hook ?? '';
  const instance = deps.hooks.get(name);
  if (instance === undefined) {
    await fail(deps, effect, {
      outcome: 'no',
      reasons: [`there is no hook ${name} any more; roll back to ${effect.order.target.version} by hand`],
    });
    return;
  }
  const { number, earlier } = await deps.store.beginAttempt({
    orderId: effect.order.id,
    effectId: effect.id,
    bakeId: effect.bakeId,
    at: deps.clock.now(),
  });
  // A person who asks again for the same order knows of the tries before: only this round's count. Told by the effect, because the clocks of
  // two replicas differ, and an attempt must not be forgotten because it seems to have started before it was ordered.
  const one = { effect, record, instance, number, earlier: earlier.filter((each) => each.effectId === effect.id) };
  const done = one.earlier.find(({ outcome }) => outcome === 'succeeded' || outcome === 'already_there');
  if (done !== undefined) return await settleLate(deps, one, done);
  await deps.store.appendTimeline(effect.bakeId, {
    at: deps.clock.now(),
    kind: 'hook_started',
    by: 'bakewatch',
    text: `attempt ${number}: ${name} puts ${effect.order.target.version} back`,
  });
  await attempt(deps, one, signal);
}

/** An attempt succeeded, and the server was killed before that moved the bake: there is nothing left to do. */
async function settleLate(deps: DispatchDeps, one: RollbackTry, done: Attempt): Promise<void> {
  const { id } = one.effect.order;
  const summary = `attempt ${done.number} had put it back, and the server ended before it could say so`;
  await end(deps, one, { outcome: 'already_there', summary, output: '' });
  await settle(deps, one.effect, { type: 'rollback_succeeded', at: deps.clock.now(), orderId: id, summary });
}

async function attempt(deps: DispatchDeps, one: RollbackTry, signal: AbortSignal): Promise<void> {
  const { effect } = one;
  try {
    if (await mayNotRepeat(one, signal)) {
      const why = 'an earlier attempt may have run, and the platform cannot be asked what runs; nothing was repeated: look at what runs';
      await end(deps, one, { outcome: 'unknown', summary: why, output: '' });
      await fail(deps, effect, { outcome: 'unknown', reasons: [why] });
      return;
    }
    const { alreadyThere, summary, output } = await rollBack(deps, one, signal);
    await end(deps, one, { outcome: alreadyThere ? 'already_there' : 'succeeded', summary, output });
    await settle(deps, effect, { type: 'rollback_succeeded', at: deps.clock.now(), orderId: effect.order.id, summary });
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    await end(deps, one, { outcome: error.kind, summary: error.message, output: error.output || error.message });
    const canAsk = error.kind === 'unreachable' || (await canTell(one, signal));
    if (isWorthAnother(error) && canAsk && one.earlier.length + 1 < mostTries) throw error;
    const certainlyDidNot = (error.kind === 'refused' || error.kind === 'unreachable') && !mayHaveRun(one);
    const { version } = effect.order.target;
    const what = error.targetGone ? `release ${version} is gone from the platform` : `the rollback to ${version} failed`;
    const outcome = certainlyDidNot ? 'no' : 'unknown';
    await fail(deps, effect, { outcome, reasons: [`${what}: ${error.message}`], targetGone: error.targetGone && certainlyDidNot });
  }
}

/** What the hook prints is kept with the attempt while it runs: people watch it, and a process that is killed leaves what was printed. */
async function rollBack({ store, log }: DispatchDeps, one: RollbackTry, signal: AbortSignal): Promise<Receipt> {
  const { effect, instance, number } = one;
  const orderId = effect.order.id;
  const kept = keepOutput(
    (output) => store.saveAttemptOutput({ orderId, number, output }),
    (error) => log.debug({ err: error, order: orderId, attempt: number }, 'output not kept yet'),
  );
  try {
    return await instance.hook.rollBack(orderFor(one), signal, kept.onOutput);
  } finally {
    await kept.stop();
  }
}

/** An earlier attempt that started and was never heard of again, or that timed out, may have run. */
function mayHaveRun({ earlier }: RollbackTry): boolean {
  return earlier.some(({ outcome }) => outcome === null || outcome === 'timeout' || outcome === 'failed');
}

async function mayNotRepeat(one: RollbackTry, signal: AbortSignal): Promise<boolean> {
  return mayHaveRun(one) && !(await canTell(one, signal));
}

async function canTell({ instance, record }: RollbackTry, signal: AbortSignal): Promise<boolean> {
  const { service, environment } = record.deploy;
  try {
    return (await instance.hook.current({ service, environment }, signal)) !== null;
  } catch (error) {
    if (error instanceof EffectError) return false;
    throw error;
  }
}

function isWorthAnother({ kind }: EffectError): boolean {
  return kind === 'unreachable' || kind === 'timeout';
}

function orderFor({ effect, record }: RollbackTry): RollbackOrder {
  const { service, environment, release } = record.deploy;
  const { id, target, reasons } = effect.order;
  return { id, place: { service, environment }, from: { version: release.version }, target, reasons };
}

async function end(deps: DispatchDeps, { effect, instance, number }: RollbackTry, ended: AttemptEnd): Promise<void> {
  const { outcome, summary, output } = ended;
  const at = deps.clock.now();
  await deps.store.endAttempt({ orderId: effect.order.id, number, at, outcome, output });
  await deps.store.appendTimeline(effect.bakeId, {
    at,
    kind: 'hook_ended',
    by: 'bakewatch',
    text: endedText(number, ended),
    ...(output && output !== summary && { detail: output }),
  });
  deps.meter.attempted({ kind: 'roll_back', plugin: instance.type, outcome });
  deps.log.info({ deploy: effect.bakeId, order: effect.order.id, attempt: number, hook: instance.type, outcome }, 'rollback attempted');
}

/** Every try the queue allowed has failed. */
export async function rollbackGaveUp(deps: DispatchDeps, effect: RollBack): Promise<void> {
  deps.meter.gaveUp({ kind: 'roll_back', plugin: 'queue' });
  deps.log.error({ deploy: effect.bakeId, order: effect.order.id }, 'rollback given up');
  const reasons = [`the rollback to ${effect.order.target.version} was given up; look at what runs`];
  await fail(deps, effect, { outcome: 'unknown', reasons });
}

type Failure = { readonly outcome: 'no' | 'unknown'; readonly reasons: readonly string[]; readonly targetGone?: boolean };

/** Where the target is gone, what the guards must know is read with it: another release may be put back. */
async function fail({ store, clock }: DispatchDeps, { bakeId, order }: RollBack, failure: Failure): Promise<void> {
  const reasons = nonEmpty([...failure.reasons, ...order.reasons], 'the rollback failed');
  const event = { type: 'rollback_failed', at: clock.now(), orderId: order.id, outcome: failure.outcome, reasons } as const;
  const passedOver = [...(order.passedOver ?? []), order.target];
  await store.update(bakeId, null, async (record, facts) =>
    decide(record, failure.targetGone ? { ...event, gone: await facts(passedOver) } : event, 'bakewatch'),
  );
}

async function settle({ store }: DispatchDeps, effect: RollBack, event: BakeEvent): Promise<void> {
  await store.update(effect.bakeId, null, (record) => decide(record, event, 'bakewatch'));
}
