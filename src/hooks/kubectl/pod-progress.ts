import { z } from 'zod';
import { parseAnswer } from './workload.ts';

/**
 * How far the replacement of the pods is. `late`: the controller reports a missed deadline. `paused`: the controller replaces no pod until a person
 * resumes the Deployment.
 */
export type PodProgress = { readonly kind: 'ready' | 'waiting' | 'late' | 'paused'; readonly words: string };

const count = z.number().nullish();
const ReplacedObject = z.object({
  metadata: z.object({ generation: count }),
  spec: z.object({
    replicas: count,
    paused: z.boolean().nullish(),
    updateStrategy: z.object({ rollingUpdate: z.object({ partition: count }).nullish() }).nullish(),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      currentRevision: z.string().nullish(),
      updateRevision: z.string().nullish(),
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      conditions: z.array(z.object({ type: z.string(), reason: z.string().nullish() })).nullish(),
    })
    .nullish(),
});
type ReplacedObject = z.output<typeof ReplacedObject>;

/** Reads the progress from a Deployment, StatefulSet or DaemonSet. Throws `EffectError` `unreachable` if the object has an unknown form. */
export function podProgress(answer: unknown, what: string): PodProgress {
  const object = parseAnswer(ReplacedObject, answer, what);
  if ((object.status?.observedGeneration ?? 0) < (object.metadata.generation ?? 0))
    return { kind: 'waiting', words: 'the controller has not seen the template yet' };
  const words = missing(object);
  if (words === null) return { kind: 'ready', words: 'all pods are ready' };
  if (object.spec.paused === true) return { kind: 'paused', words };
  const isLate = object.status?.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded');
  return { kind: isLate ? 'late' : 'waiting', words };
}

/** What is missing until all pods have the template and are ready; `null`: nothing. */
function missing({ spec, status }: ReplacedObject): string | null {
  const { updatedReplicas, availableReplicas, readyReplicas, replicas, desiredNumberScheduled } = status ?? {};
  if (typeof desiredNumberScheduled === 'number') {
    const { updatedNumberScheduled, numberAvailable } = status ?? {};
    return short(updatedNumberScheduled, desiredNumberScheduled, 'replaced') ?? short(numberAvailable, desiredNumberScheduled, 'available');
  }
  const wanted = spec.replicas ?? 1;
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (spec.updateStrategy) {
    // With a partition, the StatefulSet keeps the older pods on purpose.
    const isMixed = partition === 0 && status?.currentRevision !== status?.updateRevision;
    return (
      short(readyReplicas, wanted, 'ready') ??
      short(updatedReplicas, isMixed || partition > 0 ? Math.max(0, wanted - partition) : 0, 'replaced') ??
      (isMixed ? 'the last pods are being replaced' : null)
    );
  }
  const old = (replicas ?? 0) - (updatedReplicas ?? 0);
  return (
    short(updatedReplicas, wanted, 'replaced') ??
    (old > 0 ? `${old} old pods are still there` : null) ??
    short(availableReplicas, updatedReplicas ?? 0, 'available')
  );
}

function short(have: number | null | undefined, wanted: number, state: string): string | null {
  return (have ?? 0) >= wanted ? null : `${have ?? 0} of ${wanted} pods are ${state}`;
}
