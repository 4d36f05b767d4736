import { setTimeout as delay } from 'node:timers/promises';
import { EffectError } from '../../core/base/errors.ts';
import type { OnOutput } from '../../ports/hook.ts';
import { type PodProgress, podProgress } from './pod-progress.ts';
import type { Kubectl } from './run.ts';
import { resourceOf, type Subject } from './workload.ts';

/** One wait. `wasChanged`: the rollback has put the template back, so an error must not say that nothing was done. */
export type PodWait = {
  readonly client: Kubectl;
  readonly subject: Subject;
  readonly timeoutMs: number;
  readonly wasChanged: boolean;
  readonly onOutput: OnOutput;
};

/** How long a missed progress deadline is taken for the one of the bad release. */
const oldVerdictMs = 30_000;
const pollIntervalMs = 1_000;

/**
 * Waits for the pods, and returns what it reported meanwhile: an API server that accepts a template says nothing about them. It asks again and again with
 * `get`, which every rollback needs: `kubectl rollout status` needs `list` and `watch` as well, and without them waits for its whole timeout.
 * A bad release has often missed its progress deadline, and that status stays until the controller sees progress of the old template. So the status is
 * believed only after a while.
 */
export async function waitForPods(wait: PodWait, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(wait.timeoutMs);
  const verdictCounts = AbortSignal.timeout(Math.min(oldVerdictMs, wait.timeoutMs));
  let output = '';
  for (;;) {
    const progress = await readProgress(wait, signal).catch(failWhereUseless(wait, output));
    if (progress instanceof EffectError) {
      if (deadline.aborted) throw unknown(wait, progress, output);
    } else {
      if (progress.kind === 'ready') return output;
      const line = `waiting for ${resourceOf(wait.subject)}: ${progress.words}\n`;
      if (!output.endsWith(line)) {
        output += line;
        wait.onOutput(output);
      }
      if (progress.kind === 'paused') throw paused(wait, progress, output);
      if (progress.kind === 'late' && verdictCounts.aborted)
        throw notReady(wait, `exceeded its progress deadline (${progress.words})`, output);
      if (deadline.aborted) throw notReady(wait, `was not ready in time (${progress.words})`, output);
    }
    if (signal.aborted)
      throw new EffectError('timeout', `the wait for the pods of ${resourceOf(wait.subject)} was interrupted`, { output });
    await delay(pollIntervalMs, undefined, { signal }).catch(() => {});
  }
}

async function readProgress({ client, subject }: PodWait, signal: AbortSignal): Promise<PodProgress> {
  const what = `asking for the pods of ${resourceOf(subject)}`;
  return podProgress(await client.ask({ what, phase: 'ask', args: ['get', '--', resourceOf(subject)] }, signal), what);
}

/** An API server that is away may come back. A refusal stays one, so waiting is useless. */
function failWhereUseless(wait: PodWait, output: string): (error: unknown) => EffectError {
  return (error) => {
    if (!(error instanceof EffectError)) throw error;
    if (error.kind === 'refused') throw unknown(wait, error, output);
    return error;
  };
}

function unknown({ subject }: PodWait, cause: EffectError, output: string): EffectError {
  return new EffectError('timeout', `the state of the pods of ${resourceOf(subject)} is unknown: ${cause.message}`, {
    cause,
    output: output + cause.output,
  });
}

function paused({ subject, wasChanged }: PodWait, { words }: PodProgress, output: string): EffectError {
  const where = resourceOf(subject);
  const why = `${where} has the known-good template, but it is paused, so its pods are not replaced (${words})`;
  const advice = `run \`kubectl rollout resume ${where}\` and roll back again`;
  return new EffectError(wasChanged ? 'failed' : 'refused', `${why}; ${advice}`, { output });
}

function notReady({ subject, wasChanged }: PodWait, why: string, output: string): EffectError {
  const done = wasChanged ? 'the template was put back' : 'the template was in place already';
  return new EffectError(
    'failed',
    `${done}, but ${resourceOf(subject)} ${why}: its pods do not become ready; look at \`kubectl get pods\``,
    { output },
  );
}
