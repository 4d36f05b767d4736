import { type Bake, isFinal, isShiftingBack } from '../core/bake/bake.ts';
import { begin } from '../core/bake/begin.ts';
import { decide } from '../core/bake/decide.ts';
import type { Deploy } from '../core/bake/deploy.ts';
import { disarmReasons } from '../core/bake/disarm.ts';
import { type Effect, toQueuedEffects } from '../core/bake/effect.ts';
import { lateText } from '../core/bake/late-registration.ts';
import { beginOvertaken, isOvertaken, type Neighbor } from '../core/bake/overtaken.ts';
import type { Plan } from '../core/bake/plan.ts';
import { notify } from '../core/bake/transition-result.ts';
import { AppError } from '../core/base/errors.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { AuditEntry, AuditOrigin, AuditTrail } from '../ports/audit-trail.ts';
import type { BakeStore, Commit, DeployRecord, DeploySummary, RegistrationContext, RegistrationDecision } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { deployEntry } from './audited.ts';
import type { PlanFacts } from './plan-for.ts';

/** A parsed registration. */
export type NewDeploy = {
  readonly deploy: Deploy;
  readonly phase: 'started' | 'finished';
  /** Register although a rollback of the same service and environment is under way. */
  readonly force: boolean;
  /** The caller has no right to operate the place. Then people are notified where the registration takes a rollback away. */
  readonly onlyRegisters?: boolean | undefined;
  readonly idempotencyKey: string | null;
  readonly olderKey?: string | undefined;
  readonly bodyHash: string;
  /** Who registers it, for the audit trail. */
  readonly origin?: AuditOrigin | undefined;
};

export type RegisterDeps = {
  readonly store: BakeStore & DeployCatalog & AuditLog & Pick<AuditTrail, 'recordAudit'>;
  readonly ruleSetFor: (service: string, environment: string) => RuleSet;
  readonly planFor: (ruleSet: RuleSet, now: PlanFacts) => Plan;
};

export type RegisterResult = { readonly record: DeploySummary; readonly isNew: boolean };

/** Among how many of the newest deploys of its place a late one looks for one that went out later. */
const maxRecent = 20;

/**
 * Registers a deploy and begins its bake. Older bakes of the same service and environment end as superseded. A deploy that is registered late, after one
 * that went out later, is recorded as superseded itself.
 * A rollback that a pipeline performs on our order creates no deploy: it is noted in the timeline of the bake that ordered it.
 * Throws `AppError`: `not_found` (no rules), `conflict` (a rollback is under way; the key was used for another deploy).
 */
export async function registerDeploy({ store, ruleSetFor, planFor }: RegisterDeps, registration: NewDeploy): Promise<RegisterResult> {
  const { deploy } = registration;
  const ruleSet = ruleSetFor(deploy.service, deploy.environment);
  const { service, environment } = deploy;
  const [good] = await store.list({ service, environment, state: 'passed', limit: 1 });
  const plan = planFor(ruleSet, { knownGood: good?.deploy.release.version ?? null });
  const audit = auditOf(registration);
  const ordered = deploy.cause.kind === 'rollback' ? await rollbackUnderWay(store, deploy) : null;
  if (ordered !== null) {
    await store.appendTimeline(ordered.deploy.id, {
      at: deploy.registeredAt,
      kind: 'rollback_registered',
      by: deploy.registeredBy,
      text: `the pipeline registered the rollback to ${deploy.release.version}`,
    });
    if (audit !== undefined) await store.recordAudit({ ...audit, deployId: ordered.deploy.id });
    return { record: ordered, isNew: false };
  }
  const { idempotencyKey, olderKey, bodyHash } = registration;
  const recent = deploy.deployedAt === undefined ? [] : await store.list({ service, environment, limit: maxRecent });
  const result = await store.register({ deploy, idempotencyKey, olderKey, bodyHash, ruleSet, plan }, ({ live }) => {
    // What was live before the lock may have been rolled back meanwhile: of those, only what is live now counts.
    const later = [...live, ...recent.filter(({ bake }) => isFinal(bake))].find((other) => isOvertaken(deploy, other));
    const decision = later === undefined ? decideRegistration(registration, { ruleSet, plan }, { live }) : recordOvertaken(deploy, later);
    return decision.ok ? { ...decision, first: { ...decision.first, audit } } : decision;
  });
  switch (result.kind) {
    case 'created':
    case 'existing':
      return { record: result.record, isNew: result.kind === 'created' };
    case 'refused':
      throw new AppError('conflict', result.refusal, { problem: 'rollback_under_way' });
    case 'key_conflict': {
      // The id of a deploy opens its page, so only the caller that registered it gets it.
      const which = result.registeredBy === deploy.registeredBy ? `another deploy (${result.id})` : 'another deploy';
      throw new AppError('conflict', `the same idempotency key was used for ${which} with different content`, { problem: 'key_conflict' });
    }
  }
}

/** Pure. A plain registration says itself in the timeline. What may keep a deploy from being rolled back, or overrides a refusal, is for the trail. */
function auditOf({ deploy, force, origin }: NewDeploy): AuditEntry | undefined {
  const { release, cause, migrations, adopted, registeredBy: by, registeredAt: at } = deploy;
  const special = [
    ...(cause.kind === 'rollback' ? ['cause: rollback'] : []),
    ...(migrations === 'irreversible' ? ['migrations: irreversible'] : []),
    ...(force ? ['forced'] : []),
  ];
  if (special.length === 0 && !adopted) return undefined;
  return deployEntry(deploy, { origin, by, at, verb: adopted ? 'adopt' : 'register', detail: [release.version, ...special].join(', ') });
}

async function rollbackUnderWay(store: DeployCatalog, { service, environment }: Deploy): Promise<DeploySummary | null> {
  for (const state of ['rolling_back', 'verifying'] as const) {
    const [record] = await store.list({ service, environment, state, limit: 1 });
    if (record !== undefined) return record;
  }
  return null;
}

function underWay(bake: Bake): string {
  const { state } = bake;
  if (state === 'rolling_back' && bake.order.replaces !== undefined) return 'a roll forward is under way';
  if (state === 'shifting') return 'traffic is being shifted back';
  return state === 'verifying' ? 'the recovery is being verified' : 'a rollback is under way';
}

/** Pure. What runs is the later deploy, so its bake goes on. */
function recordOvertaken(deploy: Deploy, by: Neighbor): RegistrationDecision {
  const { next, entry } = beginOvertaken(deploy, by);
  const { registeredAt: at, registeredBy, release } = deploy;
  const registered = { at, kind: 'registered', by: registeredBy, text: `${release.version} was registered late` };
  return { ok: true, first: { next, effects: [], timeline: [registered, entry] }, superseded: [] };
}

/** Pure. Decides which live bakes a registration ends, or why it is refused. */
function decideRegistration(
  registration: NewDeploy,
  rules: { ruleSet: RuleSet; plan: Plan },
  { live }: RegistrationContext,
): RegistrationDecision {
  const { deploy, phase, force } = registration;
  const busy = live.find(({ bake }) => bake.state === 'rolling_back' || bake.state === 'verifying' || isShiftingBack(bake));
  if (busy !== undefined && !force && !deploy.adopted) {
    const what = underWay(busy.bake);
    return {
      ok: false,
      refusal: `${what} for ${deploy.service} in ${deploy.environment} (deploy ${busy.deploy.id}, ${busy.deploy.release.version}); wait until it has ended, or use force`,
    };
  }
  const superseded = live.flatMap((record) => {
    const decided = decide(
      record,
      { type: 'superseded', at: deploy.registeredAt, by: deploy.id, version: deploy.release.version },
      deploy.registeredBy,
    );
    return decided.ok ? [{ id: record.deploy.id, commit: decided }] : [];
  });
  const first = begin(deploy, rules.plan, phase);
  const ended = live.filter(({ deploy: { id } }) => superseded.some((one) => one.id === id));
  const commit: Commit = {
    next: first.next,
    effects: toQueuedEffects(
      [...first.effects, ...disarmNotice(registration, rules.plan, ended)],
      { id: deploy.id, version: 0, place: `${deploy.service}/${deploy.environment}` },
      rules.ruleSet.notify,
    ),
    timeline: [
      {
        at: deploy.registeredAt,
        kind: 'registered',
        by: deploy.registeredBy,
        text: `${deploy.release.version} was ${deploy.adopted ? 'adopted' : 'registered'}${lateText(deploy)}`,
      },
    ],
  };
  return { ok: true, first: commit, superseded };
}

/** Pure. Tells people which rollbacks a caller takes away that could not have done so by the verbs of an operator. */
function disarmNotice({ deploy, onlyRegisters = false }: NewDeploy, plan: Plan, ended: readonly DeployRecord[]): readonly Effect[] {
  const old = ended.map((one) => ({ version: one.deploy.release.version, bake: one.bake }));
  const [reason, ...more] = onlyRegisters ? disarmReasons(deploy, plan, old) : [];
  return reason === undefined ? [] : [notify('disarmed', deploy.registeredAt, [reason, ...more])];
}
