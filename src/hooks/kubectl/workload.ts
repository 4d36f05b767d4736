import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import type { KubectlOptions, WorkloadKind } from './options.ts';
import type { Kubectl } from './run.ts';
import { type PodRelease, PodTemplate, releaseOf } from './template.ts';

/** A revision in the history, with the number that it has now: a rollback gives it another. */
export type Revision = { readonly number: number; readonly release: PodRelease };

/** A Deployment, StatefulSet or DaemonSet: what it runs, and what it can go back to, the newest revision first. */
export type Workload = { readonly current: PodRelease; readonly revisions: readonly Revision[] };

/** Which object, and which container of its pods tells the release. */
export type Subject = Pick<KubectlOptions, 'container'> & { readonly kind: WorkloadKind; readonly name: string };

const resources: Readonly<Record<WorkloadKind, string>> = {
  deployment: 'deployments.apps',
  statefulset: 'statefulsets.apps',
  daemonset: 'daemonsets.apps',
  rollout: 'rollouts.argoproj.io',
};

/** `deployments.apps/shop`: as kubectl takes it. */
export function resourceOf({ kind, name }: Subject): string {
  return `${resources[kind]}/${name}`;
}

/** Which pods an object looks after. */
export const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })).nullish(),
});

const WorkloadObject = z.object({
  metadata: z.object({ uid: z.string(), generation: z.number().nullish() }),
  spec: z.object({
    selector: Selector,
    template: PodTemplate,
    updateStrategy: z.object({ type: z.string().nullish() }).nullish(),
  }),
  status: z.object({ observedGeneration: z.number().nullish() }).nullish(),
});
type WorkloadObject = z.output<typeof WorkloadObject>;

/** Asks what runs and what ran before. Throws `EffectError`: nothing is changed, so `unreachable` or `refused`. */
export async function readWorkload(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<Workload> {
  const found = await find(kubectl, subject, signal);
  if (found.spec.updateStrategy?.type === 'OnDelete') {
    const why = `${resourceOf(subject)} has the update strategy OnDelete: a rollback would change no pod until it is deleted`;
    throw new EffectError('refused', `${why}; use RollingUpdate, or roll back by hand`);
  }
  const revisions = await historyOf(kubectl, { subject, found }, signal);
  return { current: currentOf(found, revisions, subject), revisions };
}

/** Asks what runs. Throws `EffectError` as above. */
export async function readCurrent(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<PodRelease> {
  const found = await find(kubectl, subject, signal);
  if (subject.kind === 'deployment') return currentOf(found, [], subject);
  return currentOf(found, await historyOf(kubectl, { subject, found }, signal), subject);
}

async function find(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<WorkloadObject> {
  const what = `asking about ${resourceOf(subject)}`;
  const answer = await kubectl.ask({ what, phase: 'ask', args: ['get', '--', resources[subject.kind], subject.name] }, signal);
  return checked(WorkloadObject, answer, what);
}

/**
 * A Deployment's own template is compared with its ReplicaSets'. A StatefulSet's or DaemonSet's newest ControllerRevision is its template as it was
 * written, which the defaults of a newer API server do not change; it counts as soon as the controller has seen the newest template.
 */
function currentOf({ metadata, spec, status }: WorkloadObject, [newest]: readonly Revision[], { kind, container }: Subject): PodRelease {
  const isSettled = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  if (kind !== 'deployment' && newest && isSettled) return newest.release;
  return releaseOf(spec.template, container);
}

const Owned = z.object({
  annotations: z.record(z.string(), z.string()).nullish(),
  ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().nullish() })).nullish(),
});
const ReplicaSets = z.object({ items: z.array(z.object({ metadata: Owned, spec: z.object({ template: PodTemplate }) })) });
const ControllerRevisions = z.object({
  items: z.array(z.object({ metadata: Owned, revision: z.number(), data: z.object({ spec: z.object({ template: PodTemplate }) }) })),
});

async function historyOf(
  kubectl: Kubectl,
  { subject, found }: { readonly subject: Subject; readonly found: WorkloadObject },
  signal: AbortSignal,
): Promise<readonly Revision[]> {
  const what = `asking for the history of ${resourceOf(subject)}`;
  const list = async (resource: string) => {
    const args = ['get', `--selector=${selectorOf(found.spec.selector)}`, '--', resource];
    return await kubectl.ask({ what, phase: 'ask', args }, signal);
  };
  const isOwn = ({ metadata }: { readonly metadata: z.output<typeof Owned> }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => uid === found.metadata.uid && controller === true) ?? false;
  const templates =
    subject.kind === 'deployment'
      ? checked(ReplicaSets, await list('replicasets.apps'), what)
          .items.filter(isOwn)
          .map(({ metadata, spec }) => ({ number: numberOf(metadata.annotations), template: spec.template }))
      : checked(ControllerRevisions, await list('controllerrevisions.apps'), what)
          .items.filter(isOwn)
          .map(({ revision, data }) => ({ number: revision, template: data.spec.template }));
  return templates
    .filter(({ number }) => Number.isSafeInteger(number) && number > 0)
    .map(({ number, template }) => ({ number, release: releaseOf(template, subject.container) }))
    .sort((a, b) => b.number - a.number);
}

function numberOf(annotations: Readonly<Record<string, string>> | null | undefined): number {
  return Number(annotations?.['deployment.kubernetes.io/revision'] ?? Number.NaN);
}

/** A selector as kubectl takes it. */
export function selectorOf(selector: z.output<typeof Selector>): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

/** What a schema makes of an answer. Throws `EffectError` `unreachable` where it is another. */
export function checked<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new EffectError('unreachable', `${what}: the answer is not what Kubernetes is known to send (at ${where})`);
}
