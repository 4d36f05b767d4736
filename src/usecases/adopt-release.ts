import { isDeepStrictEqual } from 'node:util';
import type { Deploy } from '../core/bake/deploy.ts';
import { compareRunning } from '../core/bake/running-release.ts';
import { AppError, EffectError } from '../core/base/errors.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { Fingerprint, Place } from '../ports/hook.ts';
import { type NewDeploy, type RegisterDeps, registerDeploy } from './register-deploy.ts';

export type AdoptDeps = RegisterDeps & {
  /** Asks a hook what runs. Throws `EffectError`. */
  readonly whatRuns: (hook: string, place: Place) => Promise<Fingerprint>;
};

/** `force`: adopt although the platform says that another release runs. */
export type AdoptRequest = Pick<NewDeploy, 'deploy' | 'force' | 'origin'>;

/** `running`: what the platform says. `note`: what a person should know about it, if anything. */
export type Adoption = {
  readonly record: DeploySummary;
  /** `false`: the newest deploy is this adoption already. */
  readonly isNew: boolean;
  readonly running: Fingerprint;
  readonly note: string | null;
};

/** How many earlier deploys are compared with what runs. */
const pastCount = 50;

/**
 * Declares the running release known-good, after asking the platform whether it is running. Throws `AppError`: `not_found` (no rules), `conflict` if
 * another release is running, which `force` overrides. Where the platform cannot say, the release is adopted with a note. Idempotent.
 */
export async function adoptRelease(deps: AdoptDeps, { deploy, force, origin }: AdoptRequest): Promise<Adoption> {
  const hook = deps.ruleSetFor(deploy.service, deploy.environment).rollback?.hook;
  const { running, note } = await check(deps, { deploy, force, hook });
  const earlier = await sameAdoption(deps, deploy);
  if (earlier !== null) return { record: earlier, isNew: false, running, note };
  const { record } = await registerDeploy(deps, { deploy, phase: 'finished', force, idempotencyKey: null, bodyHash: '', origin });
  if (note !== null)
    await deps.store.appendTimeline(deploy.id, { at: deploy.registeredAt, kind: 'adopted', by: deploy.registeredBy, text: note });
  return { record, isNew: true, running, note };
}

/** The newest deploy of the place, if it is an adoption of the same release: a caller that got no answer asks again. */
async function sameAdoption({ store }: AdoptDeps, { service, environment, release }: Deploy): Promise<DeploySummary | null> {
  const [newest] = await store.list({ service, environment, limit: 1 });
  if (newest === undefined || !newest.deploy.adopted || newest.bake.state !== 'passed') return null;
  return isDeepStrictEqual(identityOf(newest.deploy.release), identityOf(release)) ? newest : null;
}

function identityOf({ version, commit, image }: Deploy['release']) {
  return { version, commit, image };
}

type Check = AdoptRequest & { readonly hook: string | undefined };

async function check({ store, whatRuns }: AdoptDeps, { deploy, force, hook }: Check): Promise<Pick<Adoption, 'running' | 'note'>> {
  const { service, environment, release } = deploy;
  const { version } = release;
  const unproven = `it was not checked that ${version} is running`;
  if (hook === undefined) return { running: null, note: `${unproven}: the rules name no rollback hook` };
  let running: Fingerprint;
  try {
    running = await whatRuns(hook, { service, environment });
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    return { running: null, note: `${unproven}: ${hook} could not ask: ${error.message}` };
  }
  if (running === null) return { running, note: `${unproven}: ${hook} has no way to ask` };
  const knownGood = await store.knownGood({ service, environment }, pastCount);
  const versions = (await store.list({ service, environment, limit: pastCount })).map((record) => record.deploy.release.version);
  const verdict = compareRunning(running, release, { knownGood, versions });
  if (verdict === 'this') return { running, note: null };
  if (verdict === 'unknown') return { running, note: `${running} is running, and nothing in that says whether it is ${version}` };
  const found = `${hook} says that ${running} is running in ${environment}, not ${version}`;
  if (force) return { running, note: `${found}; ${version} was adopted by force` };
  throw new AppError('conflict', `${found}; adopt the release that runs, or use force if that is ${version} under another name`, {
    problem: 'other_release_runs',
  });
}
