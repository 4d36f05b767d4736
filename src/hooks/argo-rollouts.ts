import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import { Duration } from '../core/base/option-schemas.ts';
import type { OnOutput, Place, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import { type Rollout, readRollout } from './argo/rollout.ts';
import type { HookDeps } from './deps.ts';
import { askRight } from './kubectl/ask-right.ts';
import type { Dialect } from './kubectl/failure.ts';
import { ClusterOptions, KubectlOptions, nameIn, Program } from './kubectl/options.ts';
import { createClient, createKubectl, type Kubectl } from './kubectl/run.ts';
import { type Destination, findTarget } from './kubectl/target.ts';
import { resourceOf, type Subject } from './kubectl/workload.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';
import { createStepOutput, prependOutput } from './step-output.ts';

const ArgoOptions = z.strictObject({
  plugin: Program.default('kubectl-argo-rollouts').describe('The plugin of kubectl. Default: kubectl-argo-rollouts.'),
  kubectl: KubectlOptions.shape.kubectl,
  ...ClusterOptions,
  name: ClusterOptions.name.describe('The name of the Rollout; {service} and {environment} are filled in.'),
  container: KubectlOptions.shape.container,
  timeout: Duration.prefault('10m').describe('How long the rollback may take until the old release serves all traffic. Default: 10m.'),
});
type ArgoOptions = z.output<typeof ArgoOptions>;

const dialect: Dialect = { name: 'kubectl-argo-rollouts', contextFlag: '--context', troubles: [], actsInSteps: false };

/** Aborts a Rollout that is in progress, or undoes one that is finished. */
export const argoRollouts = definePlugin({
  type: 'argo_rollouts',
  summary: 'Aborts an Argo Rollout that is in progress, or returns a finished one to an earlier revision.',
  options: ArgoOptions,
  example: { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'production', namespace: 'shop', name: '{service}' },
  create: (settings: ArgoOptions, { run }: HookDeps): RollbackHook => {
    const plugin = createClient({ ...dialect, program: settings.plugin }, settings, run);
    const client = createKubectl(settings, run);
    const tools = { plugin, client, timeoutMs: settings.timeout };
    const subjectIn = (place: Place): Subject => ({ kind: 'rollout', container: settings.container, name: nameIn(place, settings.name) });
    return {
      timeoutMs: settings.timeout + 2 * settings.request_timeout,
      current: async (place, signal) => (await readRollout(client, subjectIn(place), signal)).current.fingerprint,
      rollBack: async (order, signal, onOutput) => {
        const subject = subjectIn(order.place);
        const rollout = await readRollout(client, subject, signal);
        const destination = findTarget({ order, subject }, rollout);
        const { fingerprint } = destination.release;
        const context = { ...tools, subject, destination, mustAct: order.mustAct === true, nextListener: createStepOutput(onOutput) };
        if (destination.number === null) await waitUntilSettled(context, signal);
        const look = async () => (await readRollout(client, subject, signal)).current.fingerprint;
        const act = () => abortOrUndo(context, rollout, signal);
        return await lookActLook({ ...order, target: { ...order.target, fingerprint } }, { look, act });
      },
      rehearse: async (order, signal) => {
        const subject = subjectIn(order.place);
        const rollout = await readRollout(client, subject, signal);
        const { number, release } = findTarget({ order, subject }, rollout);
        const where = resourceOf(subject);
        await askRight(client, { verb: 'patch', resource: where }, signal);
        await askRight(client, { verb: 'patch', resource: where, subresource: 'status' }, signal);
        await plugin.run({ what: 'starting the plugin', phase: 'ask', args: ['version', '--short'] }, signal);
        return [
          `${rollout.current.fingerprint} is running`,
          `this account may read ${where} and its history, and may patch it and its status`,
          'the plugin answers',
          ...(number === null
            ? ['not checked: a rollback, because there is nothing else to go back to']
            : [`${release.fingerprint} is revision ${number}`, 'not checked: the rollback itself, because the plugin has no dry run']),
        ];
      },
    };
  },
});

type ArgoContext = {
  readonly plugin: Kubectl;
  readonly client: Kubectl;
  readonly subject: Subject;
  readonly destination: Destination;
  readonly mustAct: boolean;
  readonly timeoutMs: number;
  /** Makes the output listener of the next program. */
  readonly nextListener: () => OnOutput;
};

/**
 * Aborts if the rollout is in progress and the target is its stable release; otherwise undoes to the target's revision. An abort returns the traffic at
 * once and does not change the spec, which another system (GitOps, say) may own. It can only go to the stable release.
 */
async function abortOrUndo(context: ArgoContext, { isInProgress, stable }: Rollout, signal: AbortSignal): Promise<ActResult> {
  const { plugin, subject, destination, nextListener } = context;
  const { number, release } = destination;
  if (number === null && context.mustAct)
    return { what: 'the template was in place already, and the rollout is settled', output: '', alreadyThere: true };
  if (number === null) throw new EffectError('unreachable', 'the running release changed between two reads; nothing was done');
  const isAbort = isInProgress && stable?.hash === release.hash;
  const args = isAbort ? ['abort', '--', subject.name] : ['undo', `--to-revision=${number}`, '--', subject.name];
  const what = `the ${isAbort ? 'abort' : `rollback to revision ${number}`} of ${resourceOf(subject)}`;
  const { output } = await plugin.run({ what, phase: 'act', args, onOutput: nextListener() }, signal);
  const promotion = await waitUntilSettled(context, signal).catch(prependOutput(output));
  const alreadyThere = output.includes('skipped rollback');
  const undo = `revision ${number} was ${alreadyThere ? 'already in place' : 'put back'}`;
  return {
    what: isAbort ? 'the rollout was aborted; its spec still names the bad release' : undo,
    output: output + promotion,
    alreadyThere,
  };
}

const maxPollIntervalMs = 1_000;

/** Waits until the rollout is settled. Promotes the known-good release past the steps and pauses of a canary: it has passed them before. */
async function waitUntilSettled(context: ArgoContext, signal: AbortSignal): Promise<string> {
  const { plugin, client, subject, destination, timeoutMs, nextListener } = context;
  const deadline = AbortSignal.timeout(timeoutMs);
  const pollIntervalMs = Math.min(maxPollIntervalMs, timeoutMs / 20);
  let output = '';
  let phase = 'not yet seen by its controller';
  for (;;) {
    const rollout = await readIfPossible(client, subject, signal);
    if (rollout?.isSettled) return output;
    if (rollout) phase = rollout.phase;
    if (rollout && output === '' && needsPromotion(rollout, destination)) {
      const what = `promoting ${resourceOf(subject)}`;
      const promotion = { what, phase: 'wait', args: ['promote', '--full', '--', subject.name], onOutput: nextListener() } as const;
      output = (await plugin.run(promotion, signal)).output || 'promoted';
    }
    if (deadline.aborted) {
      const why = `${resourceOf(subject)} is still ${phase} after ${timeoutMs / 1_000} s`;
      throw new EffectError(rollout ? 'failed' : 'timeout', why, { output });
    }
    if (signal.aborted) throw new EffectError('timeout', `the wait for ${resourceOf(subject)} was interrupted: it is ${phase}`, { output });
    await delay(pollIntervalMs, undefined, { signal }).catch(() => {});
  }
}

function needsPromotion({ isInProgress, isAborted, current }: Rollout, { release }: Destination): boolean {
  return isInProgress && !isAborted && current.hash === release.hash;
}

/**
 * Returns `null` if the controller does not know the newest spec yet, or if the API server does not answer. A refusal, such as a missing right, stays one,
 * so waiting is useless. Throws `EffectError` `timeout` then.
 */
async function readIfPossible(client: Kubectl, subject: Subject, signal: AbortSignal): Promise<Rollout | null> {
  try {
    return await readRollout(client, subject, signal);
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    if (error.kind !== 'refused') return null;
    throw new EffectError('timeout', `the state of ${resourceOf(subject)} is unknown: ${error.message}`, { cause: error });
  }
}
