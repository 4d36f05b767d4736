import { setTimeout as delay } from 'node:timers/promises';
import { EffectError } from '../core/base/errors.ts';
import type { OnOutput, Place, Receipt, RollbackHook, RollbackOrder } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { isPastDeadline } from './kubectl/failure.ts';
import { KubectlOptions, nameIn } from './kubectl/options.ts';
import { createKubectl, type Kubectl } from './kubectl/run.ts';
import { type Destination, findTarget } from './kubectl/target.ts';
import { readCurrent, readWorkload, resourceOf, type Subject } from './kubectl/workload.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';
import { createStepOutput, prependOutput } from './step-output.ts';

/** Returns a Deployment, StatefulSet or DaemonSet to an earlier pod template. */
export const kubectl = definePlugin({
  type: 'kubectl',
  summary: 'Returns a Deployment, StatefulSet or DaemonSet to an earlier pod template, and waits for its pods.',
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
        return await rollBack({ ...rollout, subject, order, destination, nextListener: createStepOutput(onOutput) }, signal);
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
  /** Makes the output listener of the next program. */
  readonly nextListener: () => OnOutput;
};

/** Waits for the pods even if the template is already in place: an earlier attempt may have been interrupted while they were replaced. */
async function rollBack(rollback: Rollback, signal: AbortSignal): Promise<Receipt> {
  const { client, subject, order, destination } = rollback;
  const { fingerprint } = destination.release;
  if (destination.number === null) await waitForPods(rollback, signal);
  return await lookActLook(
    { ...order, target: { ...order.target, fingerprint } },
    {
      look: async () => (await readCurrent(client, subject, signal)).fingerprint,
      act: () => undo(rollback, signal),
    },
  );
}

/** Always names the revision: `undo` without one goes to the previous revision, which after a rollback is the bad one. */
async function undo(rollback: Rollback, signal: AbortSignal): Promise<ActResult> {
  const { client, subject, destination, nextListener } = rollback;
  if (destination.number === null) {
    if (rollback.order.mustAct)
      return { what: 'the template was in place already, and its pods are ready', output: '', alreadyThere: true };
    throw new EffectError('unreachable', 'the running release changed between two reads; nothing was done');
  }
  const what = `the rollback of ${resourceOf(subject)} to revision ${destination.number}`;
  const args = ['rollout', 'undo', `--to-revision=${destination.number}`, '--', resourceOf(subject)];
  const { output } = await client.run({ what, phase: 'act', args, onOutput: nextListener() }, signal);
  const alreadyThere = output.includes('skipped rollback');
  const waitOutput = await waitForPods(rollback, signal).catch(prependOutput(output));
  const action = alreadyThere ? 'kubectl skipped the rollback because the template was already in place' : 'kubectl put the template back';
  return { what: `${action} (revision ${destination.number})`, output: output + waitOutput, alreadyThere };
}

/** How long a missed progress deadline is taken for the one of the bad release. */
const oldVerdictMs = 30_000;
const pollIntervalMs = 1_000;

/**
 * Waits for the pods: an API server that accepts a template says nothing about them. A bad release has often missed its progress deadline, and that
 * status stays until the controller sees progress of the old template. So this retries for a while before it believes the status.
 */
async function waitForPods({ client, subject, timeoutMs, graceMs, nextListener }: Rollback, signal: AbortSignal): Promise<string> {
  const args = ['rollout', 'status', `--timeout=${Math.max(1, Math.ceil(timeoutMs / 1_000))}s`, '--', resourceOf(subject)];
  const what = `waiting for the pods of ${resourceOf(subject)}`;
  const command = { what, phase: 'wait', args, timeoutMs: timeoutMs + graceMs, onOutput: nextListener() } as const;
  for (let retries = Math.floor(Math.min(oldVerdictMs, timeoutMs) / pollIntervalMs); ; retries -= 1) {
    try {
      return (await client.run(command, signal)).output;
    } catch (error) {
      if (retries <= 0 || !isPastDeadline(error)) throw await blameServerIfAway(error, { client, subject }, signal);
    }
    await delay(pollIntervalMs, undefined, { signal }).catch(() => {});
  }
}

/** kubectl keeps waiting while the API server is away, and then says that the pods are not ready. That is only known if the server answers now. */
async function blameServerIfAway(
  error: unknown,
  { client, subject }: Pick<Rollback, 'client' | 'subject'>,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof EffectError && error.kind === 'failed')) return error;
  try {
    await readCurrent(client, subject, signal);
    return error;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    return new EffectError('timeout', `the state of the pods of ${resourceOf(subject)} is unknown: ${why}`, {
      cause,
      output: error.output,
    });
  }
}

function subjectIn(place: Place, { kind, container, name }: KubectlOptions): Subject {
  return { kind, container, name: nameIn(place, name) };
}
