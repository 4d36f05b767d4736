import { createHash, randomBytes } from 'node:crypto';
import type { Bake } from '../core/bake/bake.ts';
import { stampOf } from '../core/bake/bake-stamp.ts';
import type { Link } from '../core/bake/deploy.ts';
import type { Topic } from '../core/bake/effect.ts';
import { type InterventionKind, interventionsIn } from '../core/bake/interventions.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DispatchDeps, NotifierInstance } from './deps.ts';

/** How long a link acts. After it, people open the page of the deploy. */
const lifeMs = 30 * 60_000;
/** How long a link that has expired still says so. */
const keepMs = 86_400_000;

/** The topics that ask a person to act. */
const askingTopics: ReadonlySet<Topic> = new Set(['approval', 'failed', 'inconclusive', 'blind']);

type LinkVerb = InterventionKind | 'roll_forward';
type Message = { readonly record: DeployRecord; readonly topic: Topic; readonly notifier: string; readonly instance: NotifierInstance };

/**
 * Makes the links with which everyone who reads the message acts: each for one act, to this deploy, while its bake is as it is now, once, for half an hour. None
 * where the operator did not allow it, or nothing is asked of a person. A repeated delivery has links of its own.
 */
export async function actLinksFor(
  { store, clock, publicUrl }: Pick<DispatchDeps, 'store' | 'clock' | 'publicUrl'>,
  { record, topic, notifier, instance }: Message,
): Promise<readonly Link[]> {
  const { bake, deploy } = record;
  if (instance.rules.actLinks !== true || publicUrl === null || !askingTopics.has(topic)) return [];
  const at = clock.now();
  const made = verbsFor(bake).map((verb) => ({ verb, secret: randomBytes(32).toString('base64url') }));
  const common = { deployId: deploy.id, version: stampOf(bake), notifier, expiresAt: at + lifeMs };
  const rows = made.map(({ verb, secret }) => ({ ...common, verb, sha256: createHash('sha256').update(secret).digest('hex') }));
  if (rows.length > 0) await store.addActLinks(rows, at - keepMs);
  const base = publicUrl.replace(/\/$/, '');
  return made.map(({ verb, secret }) => ({ title: titleOf(verb, record), url: `${base}/act/${secret}` }));
}

/** A rollback that did not help is put back more often than it is repeated. */
function verbsFor(bake: Bake): readonly LinkVerb[] {
  if (bake.state === 'failed' && bake.rolledBack !== 'no') return ['roll_forward'];
  return interventionsIn(bake.state);
}

function titleOf(verb: LinkVerb, { bake, deploy }: DeployRecord): string {
  const { version } = deploy.release;
  switch (verb) {
    case 'approve':
      return bake.state === 'awaiting_approval' ? `Roll back to ${bake.target.version}…` : 'Approve the rollback…';
    case 'roll_back':
      return 'Roll back…';
    case 'roll_forward':
      return `Roll forward to ${version}…`;
    case 'pass':
      return `Keep ${version}…`;
    case 'extend':
      return 'Watch longer…';
  }
}
