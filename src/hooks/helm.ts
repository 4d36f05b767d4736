import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import { Duration } from '../core/base/option-schemas.ts';
import type { OnOutput, Place, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { findRevision, type HelmRevision, parseHistory } from './helm/history.ts';
import type { Dialect } from './kubectl/failure.ts';
import { ClusterOptions, nameIn, Program } from './kubectl/options.ts';
import { createClient, type Kubectl } from './kubectl/run.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';

const HelmOptions = z.strictObject({
  helm: Program.default('helm').describe('The Helm program, 3 or 4. Default: helm.'),
  ...ClusterOptions,
  name: ClusterOptions.name.describe('The name of the release in Helm; {service} and {environment} are filled in.'),
  timeout: Duration.prefault('10m').describe('How long Helm may wait until the old revision is ready. Default: 10m.'),
});
type HelmOptions = z.output<typeof HelmOptions>;

const dialect: Dialect = {
  name: 'helm',
  contextFlag: '--kube-context',
  actsInSteps: true,
  troubles: [
    { says: /release: not found/, kind: 'refused', advice: 'correct `namespace` and `name` of the hook' },
    { says: /release has no \d+ version/, kind: 'unreachable', advice: 'its history changed in the meantime; nothing was done' },
    { says: /another operation .* is in progress/, kind: 'unreachable', advice: 'nothing was done' },
    { says: /context "[^"]*" does not exist/, kind: 'refused', advice: 'correct `context` or `kubeconfig`' },
    { says: /[Kk]ubernetes cluster unreachable/, kind: 'unreachable', advice: 'the API server was not reached' },
    {
      says: /timed out waiting for the condition|deadline exceeded|hooks? failed/,
      kind: 'failed',
      advice: 'the old revision was put back, but some of its resources did not become ready',
    },
  ],
};

/** Returns a Helm release to an earlier revision. */
export const helm = definePlugin({
  type: 'helm',
  summary: 'Rolls a Helm release back to its known-good revision, and waits until it is ready.',
  options: HelmOptions,
  example: { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'production', namespace: 'shop', name: '{service}' },
  create: (settings: HelmOptions, { run }: HookDeps): RollbackHook => {
    const client = createClient({ ...dialect, program: settings.helm }, settings, run);
    const read = (place: Place, signal: AbortSignal) => readHistory(client, nameIn(place, settings.name), signal);
    const dryRun = async (place: Place, { number }: HelmRevision, signal: AbortSignal) => {
      const name = nameIn(place, settings.name);
      const args = ['rollback', '--dry-run', '--', name, String(number)];
      await client.run({ what: `the dry run of a rollback of ${name} to revision ${number}`, phase: 'ask', args }, signal);
    };
    return {
      timeoutMs: settings.timeout + 2 * settings.request_timeout,
      current: async (place, signal) => (await read(place, signal))[0].fingerprint,
      rollBack: async (order, signal, onOutput) => {
        let history = await read(order.place, signal);
        const target = findRevision(order, history);
        const look = async () => {
          history = await read(order.place, signal);
          return history[0].fingerprint;
        };
        const act = () => {
          refuseWhilePending(history[0], target);
          return goBack(client, { name: nameIn(order.place, settings.name), target, settings, onOutput }, signal);
        };
        return await lookActLook({ ...order, target: { ...order.target, fingerprint: target.fingerprint } }, { look, act });
      },
      rehearse: async (order, signal) => {
        const history = await read(order.place, signal);
        const target = findRevision(order, history);
        refuseWhilePending(history[0], target);
        const running = `${history[0].fingerprint} is running`;
        if (target.fingerprint === history[0].fingerprint)
          return [running, 'not checked: a dry run, because there is nothing else to go back to'];
        await dryRun(order.place, target, signal);
        const found = `revision ${target.number} (${target.fingerprint}) is available, and the dry run of helm goes back to it`;
        return [running, found, 'not checked: the rights to change what the chart installs, and whether it becomes ready'];
      },
    };
  },
});

async function readHistory(client: Kubectl, name: string, signal: AbortSignal): Promise<readonly [HelmRevision, ...HelmRevision[]]> {
  const what = `asking for the history of ${name}`;
  return parseHistory(await client.ask({ what, phase: 'ask', args: ['history', '--max=256', '--', name] }, signal), what);
}

/**
 * Helm itself does not stop a rollback while another operation is pending, so this does. Exception: a pending rollback to the same target is taken for an
 * interrupted attempt of ours, and is repeated.
 */
function refuseWhilePending({ number, status, origin }: HelmRevision, target: HelmRevision): void {
  if (!status.startsWith('pending-') || (status === 'pending-rollback' && origin === target.origin)) return;
  const advice = 'If no other operation is running, roll back by hand';
  throw new EffectError('unreachable', `revision ${number} is ${status}; nothing was done. ${advice}`);
}

type HelmUndo = {
  readonly name: string;
  readonly target: HelmRevision;
  readonly settings: HelmOptions;
  readonly onOutput: OnOutput | undefined;
};

/** `--history-max=0` keeps all revisions: the deploy, not the rollback, decides how many are kept. */
async function goBack(client: Kubectl, { name, target, settings, onOutput }: HelmUndo, signal: AbortSignal): Promise<ActResult> {
  const seconds = Math.max(1, Math.ceil(settings.timeout / 1_000));
  const args = ['rollback', '--wait', `--timeout=${seconds}s`, '--history-max=0', '--', name, String(target.number)];
  const what = `the rollback of ${name} to revision ${target.number}`;
  const timeoutMs = settings.timeout + settings.request_timeout;
  const { output } = await client.run({ what, phase: 'act', args, timeoutMs, onOutput }, signal);
  return { what: `helm went back to revision ${target.number}`, output };
}
