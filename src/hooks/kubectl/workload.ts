import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import type { KubectlOptions, WorkloadKind } from './options.ts';
import type { Kubectl } from './run.ts';
import { type PodRelease, PodTemplate, releaseOf } from './template.ts';

/** A revision in the history with its present number; a rollback gives it a new one. */
export type Revision = { readonly number: number; readonly release: PodRelease };

/** A Deployment, StatefulSet or DaemonSet: its running release, and its history, newest revision first. `isPaused`: kubectl refuses a rollback. */
export type Workload = { readonly current: PodRelease; readonly revisions: readonly Revision[]; readonly isPaused?: boolean | undefined };

/** The object, and the container whose image identifies the release. */
export type Subject = Pick<KubectlOptions, 'container'> & { readonly kind: WorkloadKind; readonly name: string };

const resources: Readonly<Record<WorkloadKind, string>> = {
  deployment: 'deployments.apps',
  statefulset: 'statefulsets.apps',
  daemonset: 'daemonsets.apps',
  rollout: 'rollouts.argoproj.io',
};

/** The object as an argument of kubectl, such as `deployments.apps/shop`. */
export function resourceOf({ kind, name }: Subject): string {
  return `${resources[kind]}/${name}`;
}

/** The label selector of an object. */
export const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() })).nullish(),
});

const WorkloadObject = z.object({
  metadata: z.object({ uid: z.string(), generation: z.number().nullish() }),
  spec: z.object({
    selector: Selector,
    template: PodTemplate,
    paused: z.boolean().nullish(),
    updateStrategy: z.object({ type: z.string().nullish() }).nullish(),
  }),
  status: z.object({ observedGeneration: z.number().nullish() }).nullish(),
});
type WorkloadObject = z.output<typeof WorkloadObject>;

/** Reads the running release and the history. Throws `EffectError` `unreachable` or `refused`: it changes nothing. */
export async function readWorkload(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<Workload> {
  const object = await readObject(kubectl, subject, signal);
  if (object.spec.updateStrategy?.type === 'OnDelete') {
    const why = `${resourceOf(subject)} has the update strategy OnDelete, so a rollback changes a pod only when the pod is deleted`;
    throw new EffectError('refused', `${why}; use RollingUpdate, or roll back by hand`);
  }
  const revisions = await readHistory(kubectl, { subject, object }, signal);
  return { current: currentOf(object, revisions, subject), revisions, isPaused: object.spec.paused === true };
}

/** Reads the running release. Throws like `readWorkload`. */
export async function readCurrent(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<PodRelease> {
  const object = await readObject(kubectl, subject, signal);
  if (subject.kind === 'deployment') return currentOf(object, [], subject);
  return currentOf(object, await readHistory(kubectl, { subject, object }, signal), subject);
}

async function readObject(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<WorkloadObject> {
  const what = `reading ${resourceOf(subject)}`;
  const answer = await kubectl.ask({ what, phase: 'ask', args: ['get', '--', resources[subject.kind], subject.name] }, signal);
  return parseAnswer(WorkloadObject, answer, what);
}

/**
 * For a Deployment, its own template, which is comparable with those of its ReplicaSets. For a StatefulSet or DaemonSet, its newest ControllerRevision as
 * soon as the controller has seen the newest template: it holds the template as written, without the defaults of a newer API server.
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

async function readHistory(
  kubectl: Kubectl,
  { subject, object }: { readonly subject: Subject; readonly object: WorkloadObject },
  signal: AbortSignal,
): Promise<readonly Revision[]> {
  const what = `reading the history of ${resourceOf(subject)}`;
  const list = async (resource: string) => {
    const args = ['get', `--selector=${selectorOf(object.spec.selector)}`, '--', resource];
    return await kubectl.ask({ what, phase: 'ask', args }, signal);
  };
  const isOwn = ({ metadata }: { readonly metadata: z.output<typeof Owned> }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => uid === object.metadata.uid && controller === true) ?? false;
  const templates =
    subject.kind === 'deployment'
      ? parseAnswer(ReplicaSets, await list('replicasets.apps'), what)
          .items.filter(isOwn)
          .map(({ metadata, spec }) => ({ number: numberOf(metadata.annotations), template: spec.template }))
      : parseAnswer(ControllerRevisions, await list('controllerrevisions.apps'), what)
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

/** A selector as an argument of kubectl. */
export function selectorOf(selector: z.output<typeof Selector>): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

/** Parses an answer. Throws `EffectError` `unreachable` if it does not match the schema. */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw new EffectError('unreachable', `${what}: the answer of Kubernetes has an unknown form (at ${where})`);
}
