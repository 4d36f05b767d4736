import { setTimeout as delay } from 'node:timers/promises';
import { EffectError } from '../core/base/errors.ts';
import type { OnOutput, Place, Receipt, RollbackHook, RollbackOrder } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { after, inSteps } from './in-steps.ts';
import { isPastDeadline } from './kubectl/failure.ts';
import { KubectlOptions, nameIn } from './kubectl/options.ts';
import { createKubectl, type Kubectl } from './kubectl/run.ts';
import { type Destination, findTarget } from './kubectl/target.ts';
import { readCurrent, readWorkload, resourceOf, type Subject } from './kubectl/workload.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';

/** Puts an earlier pod template of a Deployment, StatefulSet or DaemonSet back. */
export const kubectl = definePlugin({
  type: 'kubectl',
  summary: 'Puts the pod template of a Deployment, StatefulSet or DaemonSet back, and waits for its pods.',
  options: KubectlOptions,
  example: { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'production', namespace: 'shop', kind: 'deployment', name: '{service}' },
  create: (settings: KubectlOptions, { run }: HookDeps): RollbackHook => {
    const client = createKubectl(settings, run);
    const rollout = { client, timeoutMs: settings.timeout, graceMs: settings.request_timeout };
    return {
      current: async (place, signal) => (await readCurrent(client, subjectIn(place, settings), signal)).fingerprint,
      rollBack: async (order, signal, onOutput) => {
        const subject = subjectIn(order.place, settings);
        const destination = findTarget({ order, subject }, await readWorkload(client, subject, signal));
        return await rollBack({ ...rollout, subject, order, destination, next: inSteps(onOutput) }, signal);
      },
      rehearse: async (order, signal) => {
        const subject = subjectIn(order.place, settings);
        const workload = await readWorkload(client, subject, signal);
        const { number, release } = findTarget({ order, subject }, workload);
        const where = resourceOf(subject);
        await client.run(
          { what: `asking for the right to patch ${where}`, phase: 'ask', args: ['auth', 'can-i', 'patch', '--', where] },
          signal,
        );
        const rights = [`${workload.current.fingerprint} is running`, `this account may patch ${where}`];
        if (number === null) return rights;
        const args = ['rollout', 'undo', '--dry-run=server', `--to-revision=${number}`, '--', where];
        await client.run({ what: `the dry run of a rollback of ${where} to revision ${number}`, phase: 'ask', args }, signal);
        return [...rights, `${release.fingerprint} is revision ${number}, and the server would put it back`];
      },
    };
  },
});

type Rollback = {
  readonly client: Kubectl;
  readonly subject: Subject;
  readonly order: RollbackOrder;
  readonly destination: Destination;
  readonly timeoutMs: number;
  readonly graceMs: number;
  /** Who listens to the next program. */
  readonly next: () => OnOutput;
};

/** Also where the template is there already its pods are waited for: an earlier try may have been interrupted while they were replaced. */
async function rollBack(rollback: Rollback, signal: AbortSignal): Promise<Receipt> {
  const { client, subject, order, destination } = rollback;
  const { fingerprint } = destination.release;
  if (destination.number === null) await podsReady(rollback, signal);
  return await lookActLook(
    { ...order, target: { ...order.target, fingerprint } },
    {
      look: async () => (await readCurrent(client, subject, signal)).fingerprint,
      act: () => undo(rollback, signal),
    },
  );
}

/** Always with a revision: the bare undo goes to the one before, which after a rollback is the bad one. */
async function undo(rollback: Rollback, signal: AbortSignal): Promise<ActResult> {
  const { client, subject, destination, next } = rollback;
  if (destination.number === null) {
    throw new EffectError('unreachable', 'what runs changed while it was looked at: nothing was done');
  }
  const what = `the rollback of ${resourceOf(subject)} to revision ${destination.number}`;
  const args = ['rollout', 'undo', `--to-revision=${destination.number}`, '--', resourceOf(subject)];
  const undone = await client.run({ what, phase: 'act', args, onOutput: next() }, signal);
  const alreadyThere = undone.output.includes('skipped rollback');
  const ready = await podsReady(rollback, signal).catch(after(undone.output));
  const done = alreadyThere ? 'kubectl skipped the rollback, as its template is in place already,' : 'kubectl put its template back';
  return { what: `${done} (revision ${destination.number})`, output: undone.output + ready, alreadyThere };
}

/** How long the bad release's missed deadline may be all that is known. */
const staleMs = 30_000;
const pauseMs = 1_000;

/**
 * That the API took a template says nothing of its pods. A bad release often missed its progress deadline, and that verdict stands until the
 * controller has seen the old template progress: it is asked again for a while before it is believed.
 */
async function podsReady({ client, subject, timeoutMs, graceMs, next }: Rollback, signal: AbortSignal): Promise<string> {
  const args = ['rollout', 'status', `--timeout=${Math.max(1, Math.ceil(timeoutMs / 1_000))}s`, '--', resourceOf(subject)];
  const what = `waiting for the pods of ${resourceOf(subject)}`;
  const command = { what, phase: 'wait', args, timeoutMs: timeoutMs + graceMs, onOutput: next() } as const;
  for (let left = Math.floor(Math.min(staleMs, timeoutMs) / pauseMs); ; left -= 1) {
    try {
      return (await client.run(command, signal)).output;
    } catch (error) {
      if (left <= 0 || !isPastDeadline(error)) throw await blamed(error, { client, subject }, signal);
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** kubectl waits on where the API server is gone, and blames the pods in the end: they are to blame only where the server answers. */
async function blamed(error: unknown, { client, subject }: Pick<Rollback, 'client' | 'subject'>, signal: AbortSignal): Promise<unknown> {
  if (!(error instanceof EffectError && error.kind === 'failed')) return error;
  try {
    await readCurrent(client, subject, signal);
    return error;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    return new EffectError('timeout', `the pods of ${resourceOf(subject)} were lost sight of: ${why}`, { cause, output: error.output });
  }
}

function subjectIn(place: Place, { kind, container, name }: KubectlOptions): Subject {
  return { kind, container, name: nameIn(place, name) };
}
