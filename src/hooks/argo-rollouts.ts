import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import { Duration } from '../core/base/option-schemas.ts';
import type { OnOutput, Place, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import { type Rollout, readRollout } from './argo/rollout.ts';
import type { HookDeps } from './deps.ts';
import { after, inSteps } from './in-steps.ts';
import type { Dialect } from './kubectl/failure.ts';
import { ClusterOptions, KubectlOptions, nameIn, Program } from './kubectl/options.ts';
import { createClient, createKubectl, type Kubectl } from './kubectl/run.ts';
import { type Destination, findTarget } from './kubectl/target.ts';
import { resourceOf, type Subject } from './kubectl/workload.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';

const ArgoOptions = z.strictObject({
  plugin: Program.default('kubectl-argo-rollouts').describe('The plugin of kubectl. Default: kubectl-argo-rollouts.'),
  kubectl: KubectlOptions.shape.kubectl,
  ...ClusterOptions,
  name: ClusterOptions.name.describe('The name of the Rollout; {service} and {environment} are filled in.'),
  container: KubectlOptions.shape.container,
  timeout: Duration.prefault('10m').describe('How long the release may take to be back. Default: 10m.'),
});
type ArgoOptions = z.output<typeof ArgoOptions>;

const dialect: Dialect = { name: 'kubectl-argo-rollouts', contextFlag: '--context', troubles: [], actsInSteps: false };

/** Aborts a Rollout that is under way, or undoes one that is done. */
export const argoRollouts = definePlugin({
  type: 'argo_rollouts',
  summary: 'Aborts a Rollout of Argo that is under way, or goes back to an earlier revision of one that is done.',
  options: ArgoOptions,
  example: { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'production', namespace: 'shop', name: '{service}' },
  create: (settings: ArgoOptions, { run }: HookDeps): RollbackHook => {
    const plugin = createClient({ ...dialect, program: settings.plugin }, settings, run);
    const client = createKubectl(settings, run);
    const tools = { plugin, client, timeoutMs: settings.timeout };
    const subjectIn = (place: Place): Subject => ({ kind: 'rollout', container: settings.container, name: nameIn(place, settings.name) });
    return {
      current: async (place, signal) => (await readRollout(client, subjectIn(place), signal)).current.fingerprint,
      rollBack: async (order, signal, onOutput) => {
        const subject = subjectIn(order.place);
        const rollout = await readRollout(client, subject, signal);
        const destination = findTarget({ order, subject }, rollout);
        const { fingerprint } = destination.release;
        const way = { ...tools, subject, destination, next: inSteps(onOutput) };
        if (destination.number === null) await settle(way, signal);
        const look = async () => (await readRollout(client, subject, signal)).current.fingerprint;
        const act = () => goBack(way, rollout, signal);
        return await lookActLook({ ...order, target: { ...order.target, fingerprint } }, { look, act });
      },
      rehearse: async (order, signal) => {
        const subject = subjectIn(order.place);
        const rollout = await readRollout(client, subject, signal);
        const { release } = findTarget({ order, subject }, rollout);
        const where = resourceOf(subject);
        const canPatch = ['auth', 'can-i', 'patch', '--', where];
        await client.run({ what: `asking for the right to patch ${where}`, phase: 'ask', args: canPatch }, signal);
        await plugin.run({ what: 'starting the plugin', phase: 'ask', args: ['version', '--short'] }, signal);
        const running = `${rollout.current.fingerprint} is running`;
        return [running, `this account may patch ${where}`, 'the plugin is there', `${release.fingerprint} is there to go back to`];
      },
    };
  },
});

type ArgoContext = {
  readonly plugin: Kubectl;
  readonly client: Kubectl;
  readonly subject: Subject;
  readonly destination: Destination;
  readonly timeoutMs: number;
  /** Who listens to the next program. */
  readonly next: () => OnOutput;
};

/** An abort gives the traffic back at once and leaves the spec alone, which may be kept by others; it can only go to the stable release. */
async function goBack(way: ArgoContext, { isInProgress, stable }: Rollout, signal: AbortSignal): Promise<ActResult> {
  const { plugin, subject, destination, next } = way;
  const { number, release } = destination;
  if (number === null) throw new EffectError('unreachable', 'what runs changed while it was looked at: nothing was done');
  const isAbort = isInProgress && stable?.hash === release.hash;
  const args = isAbort ? ['abort', '--', subject.name] : ['undo', `--to-revision=${number}`, '--', subject.name];
  const what = `the ${isAbort ? 'abort' : `rollback to revision ${number}`} of ${resourceOf(subject)}`;
  const { output } = await plugin.run({ what, phase: 'act', args, onOutput: next() }, signal);
  const promoted = await settle(way, signal).catch(after(output));
  const alreadyThere = output.includes('skipped rollback');
  const undone = `revision ${number} was ${alreadyThere ? 'in place already' : 'put back'}`;
  return {
    what: isAbort ? 'the rollout was aborted, its spec still has the bad release' : undone,
    output: output + promoted,
    alreadyThere,
  };
}

const pauseMs = 1_000;

/** Waits until nothing is left to be done. The known-good release need not go through the steps and pauses of a new one: it is promoted. */
async function settle({ plugin, client, subject, destination, timeoutMs, next }: ArgoContext, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(timeoutMs);
  let output = '';
  let seen = 'not seen by its controller';
  for (;;) {
    const rollout = await watched(client, subject, signal);
    if (rollout?.isSettled) return output;
    if (rollout) seen = rollout.phase;
    if (rollout && output === '' && isHalfway(rollout, destination)) {
      const what = `promoting ${resourceOf(subject)}`;
      const promotion = { what, phase: 'wait', args: ['promote', '--full', '--', subject.name], onOutput: next() } as const;
      output = (await plugin.run(promotion, signal)).output || 'promoted';
    }
    if (deadline.aborted) {
      const why = `${resourceOf(subject)} is still ${seen}, after ${timeoutMs / 1_000} s`;
      throw new EffectError(rollout ? 'failed' : 'timeout', why, { output });
    }
    if (signal.aborted) throw new EffectError('timeout', `the wait for ${resourceOf(subject)} was interrupted: it is ${seen}`, { output });
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}

function isHalfway({ isInProgress, isAborted, current }: Rollout, { release }: Destination): boolean {
  return isInProgress && !isAborted && current.hash === release.hash;
}

/** Until the controller has seen a change, and while the server cannot be asked, there is nothing to be seen. */
async function watched(client: Kubectl, subject: Subject, signal: AbortSignal): Promise<Rollout | null> {
  try {
    return await readRollout(client, subject, signal);
  } catch (error) {
    if (error instanceof EffectError) return null;
    throw error;
  }
}
