import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import type { Kubectl } from '../kubectl/run.ts';
import { type PodRelease, PodTemplate, releaseOf } from '../kubectl/template.ts';
import { parseAnswer, type Revision, resourceOf, Selector, type Subject, selectorOf, type Workload } from '../kubectl/workload.ts';

/** A Rollout. `current` is the release that gets its traffic, or will get it: after an abort, the stable release. */
export type Rollout = Workload & {
  /** The release that has all traffic, or had it before the current rollout. */
  readonly stable: PodRelease | undefined;
  readonly isInProgress: boolean;
  readonly isAborted: boolean;
  /** The rollout is complete, or the abort is. */
  readonly isSettled: boolean;
  /** The phase in the words of the controller, such as `Paused: CanaryPauseStep`. */
  readonly phase: string;
};

const RolloutObject = z.object({
  metadata: z.object({ uid: z.string(), generation: z.number().nullish() }),
  spec: z.object({ selector: Selector.nullish(), replicas: z.number().nullish(), workloadRef: z.unknown().optional() }),
  status: z
    .object({
      observedGeneration: z.coerce.string().nullish(),
      currentPodHash: z.string().nullish(),
      stableRS: z.string().nullish(),
      abort: z.boolean().nullish(),
      abortedAt: z.string().nullish(),
      availableReplicas: z.number().nullish(),
      phase: z.string().nullish(),
      message: z.string().nullish(),
    })
    .nullish(),
});
type RolloutObject = z.output<typeof RolloutObject>;

const ReplicaSets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        labels: z.record(z.string(), z.string()).nullish(),
        annotations: z.record(z.string(), z.string()).nullish(),
        ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().nullish() })).nullish(),
      }),
      spec: z.object({ template: PodTemplate }),
    }),
  ),
});

/** Reads the running release and the history. Throws `EffectError` `unreachable` or `refused`: it changes nothing. */
export async function readRollout(kubectl: Kubectl, subject: Subject, signal: AbortSignal): Promise<Rollout> {
  const resource = resourceOf(subject);
  const what = `reading ${resource}`;
  const rollout = parseAnswer(RolloutObject, await kubectl.ask({ what, phase: 'ask', args: ['get', '--', resource] }, signal), what);
  const { selector, workloadRef } = rollout.spec;
  if (workloadRef || !selector)
    throw new EffectError('refused', `${resource} takes its template from a workloadRef; roll back that workload instead`);
  const args = ['get', `--selector=${selectorOf(selector)}`, '--', 'replicasets.apps'];
  const history = `reading the history of ${resource}`;
  const { items } = parseAnswer(ReplicaSets, await kubectl.ask({ what: history, phase: 'ask', args }, signal), history);
  const revisions = items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid, controller }) => uid === rollout.metadata.uid && controller === true))
    .flatMap(({ metadata, spec }) => revisionOf(metadata, releaseOf(spec.template, subject.container, podHashOf(metadata.labels))))
    .sort((a, b) => b.number - a.number);
  return rolloutOf(rollout, revisions, resource);
}

function podHashOf(labels: Readonly<Record<string, string>> | null | undefined): string {
  return labels?.['rollouts-pod-template-hash'] ?? '';
}

function revisionOf({ annotations }: { readonly annotations?: Readonly<Record<string, string>> | null | undefined }, release: PodRelease) {
  const number = Number(annotations?.['rollout.argoproj.io/revision']);
  const revision: Revision = { number, release };
  return Number.isSafeInteger(number) && number > 0 && release.hash !== '' ? [revision] : [];
}

function rolloutOf({ metadata, spec, status }: RolloutObject, revisions: readonly Revision[], resource: string): Rollout {
  const { currentPodHash, stableRS, abort, abortedAt, phase, message, availableReplicas } = status ?? {};
  const byHash = (hash: string | null | undefined) => revisions.find(({ release }) => release.hash === hash)?.release;
  const isSeen = status?.observedGeneration === String(metadata.generation);
  const isAborted = abort === true && byHash(stableRS) !== undefined;
  const current = byHash(isAborted ? stableRS : currentPodHash);
  if (!isSeen || !current) throw new EffectError('unreachable', `the controller does not know the newest ${resource} yet`);
  const isBack = Boolean(abortedAt) && (availableReplicas ?? 0) >= (spec.replicas ?? 1);
  return {
    current,
    revisions,
    stable: byHash(stableRS),
    isInProgress: currentPodHash !== stableRS,
    isAborted,
    isSettled: isAborted ? isBack : phase === 'Healthy',
    phase: [phase ?? 'unknown', message ?? ''].filter((part) => part !== '').join(': '),
  };
}
