import recorded from '../fixtures/kubernetes-rollout-undo.json' with { type: 'json' };
import type { Json } from './kubernetes-api.ts';

export type FakeKind = 'deployment' | 'statefulset' | 'daemonset';

type Template = { metadata: Json & { labels: Record<string, string> }; spec: Json & { containers: (Json & { image: string })[] } };
type Revision = { name: string; number: number; template: Template };

/**
 * One workload and its controller, in memory. A new template gets the next revision number. An earlier template keeps its ReplicaSet or
 * ControllerRevision, which gets the next number: after a rollback to 1, that revision is 5, and 1 is gone.
 */
export type FakeWorkload = {
  readonly kind: FakeKind;
  readonly path: string;
  readonly historyPath: string;
  /** Deploys an image, like CI. `env` makes another template with the same image. */
  deploy(image: string, env?: string): void;
  restart(): void;
  image(): string;
  /** The template with an image, deployed or not. */
  templateOf(image: string): Json;
  revisions(): readonly { readonly number: number; readonly image: string }[];
  object(): Json;
  history(): Json;
  /** The template after a PATCH with this body. */
  patched(body: unknown): Json;
  patch(body: unknown): void;
  /** Sets fields of `spec`, such as `paused`. */
  set(spec: Json): void;
  /** Whether its pods become ready. */
  pods(state: 'ready' | 'not ready' | 'past the deadline'): void;
  forget(image: string): void;
};

const plurals = { deployment: 'deployments', statefulset: 'statefulsets', daemonset: 'daemonsets' } as const;
const kinds = { deployment: 'Deployment', statefulset: 'StatefulSet', daemonset: 'DaemonSet' } as const;
const uid = recorded.deployment.metadata.uid;
const revisionKey = 'deployment.kubernetes.io/revision';

export function createFakeWorkload(kind: FakeKind): FakeWorkload {
  const revisions: Revision[] = [];
  let template = withImage(structuredClone(recorded.deployment.spec.template), 'shop:v0');
  let generation = 0;
  let extra: Json = {};
  let pods: 'ready' | 'not ready' | 'past the deadline' = 'ready';
  const newest = () => Math.max(0, ...revisions.map(({ number }) => number));
  const reconcile = (next: Template) => {
    if (generation > 0 && textOf(next) === textOf(template)) return;
    template = next;
    generation += 1;
    const known = revisions.find((revision) => textOf(revision.template) === textOf(next));
    const number = newest() + 1;
    if (known) known.number = number;
    else revisions.push({ name: `shop-${Buffer.from(textOf(next)).length.toString(36)}${number}`, number, template: next });
  };
  const object = (of: Template = template): Json => ({
    apiVersion: 'apps/v1',
    kind: kinds[kind],
    metadata: {
      ...recorded.deployment.metadata,
      generation,
      resourceVersion: String(1000 + generation),
      annotations: kind === 'deployment' ? { [revisionKey]: String(newest()) } : { 'deprecated.daemonset.template.generation': '1' },
    },
    spec: { ...specOf(kind), selector: recorded.deployment.spec.selector, template: of, ...extra },
    status: statusOf(kind, { generation, pods }),
  });
  const patchedTemplate = (body: unknown) => (kind === 'deployment' ? fromJsonPatch(body) : fromMergePatch(body));
  return {
    kind,
    path: `/apis/apps/v1/namespaces/default/${plurals[kind]}`,
    historyPath: `/apis/apps/v1/namespaces/default/${kind === 'deployment' ? 'replicasets' : 'controllerrevisions'}`,
    deploy: (image, env) => reconcile(withImage(structuredClone(template), image, env)),
    restart: () => reconcile({ ...template, metadata: { ...template.metadata, annotations: { [restartKey]: '2026-11-21T10:00:00Z' } } }),
    image: () => template.spec.containers[0]?.image ?? '',
    templateOf: (image) => withImage(structuredClone(template), image),
    revisions: () => revisions.map(({ number, template: { spec } }) => ({ number, image: spec.containers[0]?.image ?? '' })),
    object: () => object(),
    history: () => ({
      apiVersion: 'apps/v1',
      kind: kind === 'deployment' ? 'ReplicaSetList' : 'ControllerRevisionList',
      metadata: { resourceVersion: '2000' },
      items: revisions.map(kind === 'deployment' ? replicaSet : (revision) => controllerRevision(kind, revision)),
    }),
    patched: (body) => object(patchedTemplate(body)),
    patch: (body) => reconcile(patchedTemplate(body)),
    set: (spec) => {
      extra = spec;
    },
    pods: (state) => {
      pods = state;
    },
    forget: (image) => {
      const index = revisions.findIndex((revision) => revision.template.spec.containers[0]?.image === image);
      if (index >= 0) revisions.splice(index, 1);
    },
  };
}

const restartKey = 'kubectl.kubernetes.io/restartedAt';

function withImage(template: Template, image: string, env?: string): Template {
  const [container] = template.spec.containers;
  const { env: _, ...rest }: Json = container ?? {};
  const next = { ...rest, image, ...(env !== undefined && { env: [{ name: 'FEATURE_PASSWORD', value: env }] }) };
  const { annotations: __, ...metadata } = template.metadata;
  return { ...template, metadata, spec: { ...template.spec, containers: [next] } };
}

function replicaSet({ name, number, template }: Revision): Json {
  const labels = { ...template.metadata.labels, 'pod-template-hash': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      labels,
      annotations: { [revisionKey]: String(number) },
      ownerReferences: owners('Deployment'),
    },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { ...template, metadata: { ...template.metadata, labels } } },
    status: { replicas: 2 },
  };
}

function controllerRevision(kind: FakeKind, { name, number, template }: Revision): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace: 'default', uid: name, labels: template.metadata.labels, ownerReferences: owners(kinds[kind]) },
    data: sorted({ spec: { template: { ...template, $patch: 'replace' } } }),
    revision: number,
  };
}

const owners = (kind: string) => [{ apiVersion: 'apps/v1', kind, name: 'shop', uid, controller: true, blockOwnerDeletion: true }];

function specOf(kind: FakeKind): Json {
  if (kind === 'deployment') return { replicas: 2, strategy: recorded.deployment.spec.strategy, progressDeadlineSeconds: 600 };
  const common = { revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate' } };
  return kind === 'statefulset' ? { ...common, replicas: 2, serviceName: 'shop', podManagementPolicy: 'OrderedReady' } : common;
}

function statusOf(kind: FakeKind, { generation, pods }: { generation: number; pods: string }): Json {
  const done = pods === 'ready' ? 2 : 1;
  const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
  if (kind === 'daemonset') {
    const counts = { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberMisscheduled: 0, numberReady: done };
    return { observedGeneration: generation, ...counts, updatedNumberScheduled: done, numberAvailable: done };
  }
  const revisions = kind === 'statefulset' ? { currentRevision: 'same', updateRevision: pods === 'ready' ? 'same' : 'other' } : {};
  return {
    observedGeneration: generation,
    replicas: 2,
    updatedReplicas: done,
    readyReplicas: done,
    availableReplicas: done,
    ...(kind === 'statefulset' && { currentReplicas: 2 }),
    ...revisions,
    ...(pods === 'past the deadline' && { conditions: [late] }),
  };
}

// Accepts only the recorded form of patches by kubectl; any other form is a mistake in the test.
function fromJsonPatch(body: unknown): Template {
  const [first, second] = body as { op: string; path: string; value: Template }[];
  if (first?.path !== '/spec/template' || second?.path !== '/metadata/annotations')
    throw new Error(`unexpected patch ${JSON.stringify(body)}`);
  return first.value;
}

function fromMergePatch(body: unknown): Template {
  const { $patch, ...template } = (body as { spec: { template: Template & { $patch?: string } } }).spec.template;
  if ($patch !== 'replace') throw new Error(`unexpected patch ${JSON.stringify(body)}`);
  return template;
}

const textOf = (value: unknown) => JSON.stringify(sorted(value));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
