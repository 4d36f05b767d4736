import { EffectError } from '../core/base/errors.ts';
import type { OnOutput, Place, Receipt, RollbackHook, RollbackOrder } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { askRight } from './kubectl/ask-right.ts';
import { KubectlOptions, nameIn } from './kubectl/options.ts';
import { createKubectl, type Kubectl } from './kubectl/run.ts';
import { type Destination, findTarget } from './kubectl/target.ts';
import { waitForPods } from './kubectl/wait-for-pods.ts';
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
    const rollout = { client, timeoutMs: settings.timeout };
    return {
      timeoutMs: settings.timeout + 2 * settings.request_timeout,
      current: async (place, signal) => (await readCurrent(client, subjectIn(place, settings), signal)).fingerprint,
      rollBack: async (order, signal, onOutput) => {
        const subject = subjectIn(order.place, settings);
        const destination = findTarget({ order, subject }, await readWorkload(client, subject, signal));
        return await rollBack({ ...rollout, subject, order, destination, nextListener: createStepOutput(onOutput) }, signal);
      },
      rehearse: async (order, signal) => {
        const subject = subjectIn(order.place, settings);
        return await rehearse(client, { order, subject }, signal);
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
  /** Makes the output listener of the next program. */
  readonly nextListener: () => OnOutput;
};

/** Waits for the pods even if the template is already in place: an earlier attempt may have been interrupted while they were replaced. */
async function rollBack(rollback: Rollback, signal: AbortSignal): Promise<Receipt> {
  const { client, subject, order, destination, nextListener } = rollback;
  const { fingerprint } = destination.release;
  if (destination.number === null) await waitForPods({ ...rollback, wasChanged: false, onOutput: nextListener() }, signal);
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
  const wait = { ...rollback, wasChanged: true, onOutput: nextListener() };
  const waitOutput = await waitForPods(wait, signal).catch(prependOutput(output));
  const action = alreadyThere ? 'kubectl skipped the rollback because the template was already in place' : 'kubectl put the template back';
  return { what: `${action} (revision ${destination.number})`, output: output + waitOutput, alreadyThere };
}

type WorkloadRequest = { readonly order: RollbackOrder; readonly subject: Subject };

/** Takes the same way as the rollback, with the dry run of the server instead of the change. */
async function rehearse(client: Kubectl, { order, subject }: WorkloadRequest, signal: AbortSignal): Promise<readonly string[]> {
  const workload = await readWorkload(client, subject, signal);
  const { number, release } = findTarget({ order, subject }, workload);
  const where = resourceOf(subject);
  await askRight(client, { verb: 'patch', resource: where }, signal);
  const proved = [`${workload.current.fingerprint} is running`, `this account may read ${where} and its history, and may patch it`];
  if (workload.isPaused) throw new EffectError('refused', `${where} is paused; run \`kubectl rollout resume ${where}\``);
  if (number === null)
    return [...proved, `not checked: a dry run, because ${release.fingerprint} is running and there is nothing else to go back to`];
  const args = ['rollout', 'undo', '--dry-run=server', `--to-revision=${number}`, '--', where];
  await client.run({ what: `the dry run of a rollback of ${where} to revision ${number}`, phase: 'ask', args }, signal);
  return [
    ...proved,
    `${release.fingerprint} is revision ${number}, and the server would put it back`,
    'not checked: whether its image can still be pulled and its pods become ready',
  ];
}

function subjectIn(place: Place, { kind, container, name }: KubectlOptions): Subject {
  return { kind, container, name: nameIn(place, name) };
}
