import { isFinal } from '../core/bake/bake.ts';
import type { Target } from '../core/bake/deploy.ts';
import { toQueuedEffects } from '../core/bake/effect.ts';
import { describeBake } from '../core/bake/narrate.ts';
import { AppError, EffectError } from '../core/base/errors.ts';
import { nonEmpty } from '../core/base/non-empty.ts';
import { shouldNotifyDrillFailure } from '../core/notify/should-notify-drill-failure.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Place, RollbackHook } from '../ports/hook.ts';
import type { ShiftHook } from '../ports/shift-hook.ts';
import { deployEntry } from './audited.ts';
import { drillOrder, rehearseRollback, rehearseShift, targetsOf } from './rehearsal.ts';

/** One step of a drill: how long it took, and what it found. */
export type DrillStep = { readonly name: string; readonly ok: boolean; readonly tookMs: number; readonly detail: string };

/** What a drill proved. `target` is the release that was, or would be, put back. `isOnlyKnownGood`: there is no other one, and it should run already. */
export type Drill = {
  readonly service: string;
  readonly environment: string;
  readonly hook: string;
  readonly target: string;
  readonly isOnlyKnownGood: boolean;
  readonly forReal: boolean;
  readonly ok: boolean;
  readonly steps: readonly DrillStep[];
};

export type DrillDeps = {
  readonly store: BakeStore & DeployCatalog & AuditLog;
  readonly clock: Clock;
  readonly hooks: ReadonlyMap<string, { readonly hook: RollbackHook }>;
  readonly shiftHooks: ReadonlyMap<string, { readonly hook: ShiftHook }>;
  readonly ruleSetFor: (service: string, environment: string) => RuleSet;
  /** The environments in which a drill may roll back for real. */
  readonly forRealIn: readonly string[];
};

export type DrillRequest = { readonly place: Place; readonly forReal: boolean; readonly by: string; readonly origin?: AuditOrigin };

/** The maximum duration of all steps of a drill. */
export const maxDrillMs = 30 * 60_000;

/**
 * Proves a rollback hook without an incident. A rehearsal does everything but the rollback itself. A drill for real rolls back to the known-good release
 * before the current one, and returns. The result is written into the timeline of the known-good deploy; a failure is sent to the service's
 * notifiers, a repeated one once a day. Throws `AppError`: `not_found` (no rules), `conflict` (no hook or no known-good release, a bake under way, a drill
 * for real that is not allowed here), `unavailable` (`signal` has ended a rehearsal: nothing is recorded).
 */
export async function drill(deps: DrillDeps, request: DrillRequest, signal: AbortSignal): Promise<Drill> {
  const { place, forReal } = request;
  const ruleSet = deps.ruleSetFor(place.service, place.environment);
  const name = ruleSet.rollback?.hook;
  if (name === undefined)
    throw new AppError('conflict', `the rules of ${place.service} in ${place.environment} name no rollback hook`, {
      problem: 'no_rollback_hook',
    });
  const hook = deps.hooks.get(name)?.hook;
  if (hook === undefined) throw new AppError('conflict', `the hook ${name} does not exist any more`, { problem: 'no_rollback_hook' });
  const [now, before] = await targetsOf(deps.store, place);
  if (forReal) await assertForRealAllowed(deps, place, before);
  const steps = createSteps(deps.clock, AbortSignal.any([signal, AbortSignal.timeout(maxDrillMs)]));
  if (forReal && before !== undefined) await thereAndBack(hook, { place, now, before }, steps);
  else await steps.step('rehearsal', (s) => rehearseRollback(hook, { place, now, before }, s));
  await rehearseTraffic(deps, { place, ruleSet, now }, steps);
  const target = (before ?? now).version;
  const done = steps.all();
  // A rehearsal that the server's stop has cut short says nothing about the hook. A drill for real may have changed what runs: people must hear of it.
  if (signal.aborted && !forReal && done.some(({ ok }) => !ok))
    throw new AppError('unavailable', 'the server stops, so the rehearsal ended without a result; start it again once the server is back');
  const result = {
    ...place,
    hook: name,
    target,
    isOnlyKnownGood: before === undefined,
    forReal,
    ok: done.every(({ ok }) => ok),
    steps: done,
  };
  await record(deps, request, { result, ruleSet, deployId: now.deployId });
  return result;
}

type TrafficDrill = { readonly place: Place; readonly ruleSet: RuleSet; readonly now: Target };

/** Rehearses the traffic hook, which takes users off a bad release first, with the weight of the first stage. Never shifts traffic. */
async function rehearseTraffic(
  { shiftHooks }: DrillDeps,
  { place, ruleSet: { traffic }, now }: TrafficDrill,
  { step }: DrillSteps,
): Promise<void> {
  if (traffic === null) return;
  const { hook: name, stages } = traffic;
  await step(`rehearsal of a shift with ${name}`, async (signal) => {
    const hook = shiftHooks.get(name)?.hook;
    if (hook === undefined) throw new EffectError('refused', `the traffic hook ${name} does not exist any more`);
    return await rehearseShift(hook, { place, version: now.version, weight: stages[0]?.weight ?? 100 }, signal);
  });
}

type Targets = { readonly place: Place; readonly now: Target; readonly before: Target };

/** Rolls back and returns. The way back is tried even where the rollback failed. */
async function thereAndBack(hook: RollbackHook, { place, now, before }: Targets, { step }: DrillSteps): Promise<void> {
  const isExpected = await step('what runs now', async (signal) => {
    const current = await hook.current(place, signal);
    if (current === null) throw new EffectError('refused', 'the hook cannot find out what runs, so a drill for real would prove nothing');
    if (current !== now.fingerprint && current !== now.version)
      throw new EffectError('refused', `${current} is running, and the last known-good release is ${now.version}: nothing was done`);
    return `${current} is running`;
  });
  if (!isExpected) return;
  await step(`rollback to ${before.version}`, async (signal) => {
    const { summary, alreadyThere } = await hook.rollBack(drillOrder(place, now, before), signal);
    if (alreadyThere)
      throw new EffectError('failed', `${summary}, so nothing was proved: ${now.version} and ${before.version} look the same to the hook`);
    return summary;
  });
  await step(`way back to ${now.version}`, async (signal) => (await hook.rollBack(drillOrder(place, before, now), signal)).summary);
}

/** Throws `AppError('conflict')` where a drill may not roll back for real now. */
async function assertForRealAllowed({ store, forRealIn }: DrillDeps, place: Place, before: Target | undefined): Promise<void> {
  const { service, environment } = place;
  if (!forRealIn.includes(environment))
    throw new AppError(
      'conflict',
      `a drill may not roll back for real in ${environment}; the config allows it in: ${forRealIn.join(', ') || 'no environment'} (policy.drill.for_real_in)`,
      { problem: 'drill_not_allowed' },
    );
  if (before === undefined)
    throw new AppError('conflict', `${service} in ${environment} has only one known-good release, so there is nothing to roll back to`, {
      problem: 'nothing_to_roll_back_to',
    });
  const [newest] = await store.list({ service, environment, limit: 1 });
  if (newest !== undefined && !isFinal(newest.bake))
    throw new AppError('conflict', `the bake of ${newest.deploy.release.version} is under way: ${describeBake(newest.bake)}`, {
      problem: 'bake_under_way',
    });
}

type DrillSteps = {
  /** Does one step, times it, and returns whether it succeeded. */
  step(name: string, work: (signal: AbortSignal) => Promise<string>): Promise<boolean>;
  all(): readonly DrillStep[];
};

function createSteps(clock: Clock, signal: AbortSignal): DrillSteps {
  const steps: DrillStep[] = [];
  return {
    all: () => steps,
    async step(name, work) {
      const from = clock.now();
      const end = (ok: boolean, detail: string) => steps.push({ name, ok, tookMs: clock.now() - from, detail });
      try {
        end(true, await work(signal));
        return true;
      } catch (error) {
        if (!(error instanceof EffectError)) throw error;
        end(false, error.message);
        return false;
      }
    },
  };
}

/** Writes the result into the timeline and, where it is a new failure, orders a notice. */
async function record(
  { store, clock }: DrillDeps,
  { place, by, origin }: DrillRequest,
  { result, ruleSet, deployId }: { readonly result: Drill; readonly ruleSet: RuleSet; readonly deployId: string },
): Promise<void> {
  const at = clock.now();
  const failed = result.steps.find(({ ok }) => !ok);
  const what = result.forReal ? 'a drill for real' : 'a drill';
  const scope = result.isOnlyKnownGood
    ? `; ${result.target} is the only known-good release, so no rollback to another one was rehearsed`
    : '';
  const text =
    failed === undefined
      ? `${what} with ${result.hook} succeeded${scope}`
      : `${what} with ${result.hook} failed: ${failed.name}: ${failed.detail}`;
  const detail = result.steps.map((step) => `${step.name} (${step.tookMs} ms): ${step.detail}`).join('\n');
  const entry = { at, kind: failed === undefined ? 'drilled' : 'drill_failed', by, text, detail };
  const done = deployEntry({ id: deployId, ...place }, { origin, by, at, verb: result.forReal ? 'drill.for_real' : 'drill', detail: text });
  const audit = { ...done, outcome: failed === undefined ? ('done' as const) : ('failed' as const) };
  const isNews = failed !== undefined && shouldNotifyDrillFailure(await store.timeline(deployId), at);
  await store.update(deployId, null, ({ bake, version }) => {
    const notice = { kind: 'notify', topic: 'drill_failed', at, reasons: nonEmpty([text], text) } as const;
    const bakeThen = { id: deployId, version: version + 1, place: `${ruleSet.service}/${ruleSet.environment}` };
    const effects = isNews ? toQueuedEffects([notice], bakeThen, ruleSet.notify) : [];
    return { ok: true, next: bake, effects, timeline: [entry], audit };
  });
}
