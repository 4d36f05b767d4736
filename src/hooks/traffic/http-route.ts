import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { Duration } from '../../core/base/option-schemas.ts';
import { formatWeight } from '../../core/rules/stage.ts';
import type { Place } from '../../ports/hook.ts';
import { definePlugin } from '../../ports/plugin.ts';
import type { ShiftHook } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { askRight } from '../kubectl/ask-right.ts';
import type { Dialect } from '../kubectl/failure.ts';
import { ClusterOptions, KubectlOptions, nameIn, Program } from '../kubectl/options.ts';
import { createClient, type Kubectl } from '../kubectl/run.ts';
import { patchTo, readRoute, type Split, stateOf, type TrafficRoute } from './route.ts';
import { shiftFindings } from './weight.ts';

const options = z.strictObject({
  kubectl: Program.default('kubectl').describe('The kubectl program. Default: kubectl.'),
  ...ClusterOptions,
  name: KubectlOptions.shape.name.describe('The name of the HTTPRoute; {service} and {environment} are filled in.'),
  canary: KubectlOptions.shape.name.describe('The backend of the new release, as `backendRefs` name it, such as {service}-canary.'),
  stable: KubectlOptions.shape.name.describe('The backend of the stable release, such as {service}.'),
  timeout: Duration.prefault('30s').describe('How long the gateway may take to accept the new weights. Default: 30s.'),
});

/** A patch that no longer fits the route has changed nothing; the next attempt makes a new one. */
const dialect: Dialect = {
  name: 'kubectl',
  contextFlag: '--context',
  troubles: [
    {
      says: /rejected our request due to an error in our request|testing (path|value) |test operation/,
      kind: 'unreachable',
      advice: 'the route changed in the meantime; nothing was done',
    },
    { says: /doesn't have a resource type/, kind: 'refused', advice: 'the cluster has no HTTPRoutes; install the Gateway API' },
  ],
  actsInSteps: false,
};

/** Sets the weights of two backends of an HTTPRoute (Gateway API), and waits until the gateway accepts them. */
export const httpRoute = definePlugin({
  type: 'http_route',
  summary: 'Sets the weights of two backends of an HTTPRoute of the Kubernetes Gateway API, and waits until the gateway accepts them.',
  options,
  example: {
    kubeconfig: '/etc/bakewatch/kubeconfig',
    context: 'production',
    namespace: 'shop',
    name: '{service}',
    canary: '{service}-canary',
    stable: '{service}-stable',
  },
  create: (settings: z.output<typeof options>, { run }: HookDeps): ShiftHook => {
    const client = createClient({ ...dialect, program: settings.kubectl }, settings, run);
    const splitIn = (place: Place): Split => ({
      route: `httproutes.gateway.networking.k8s.io/${nameIn(place, settings.name)}`,
      canary: nameIn(place, settings.canary),
      stable: nameIn(place, settings.stable),
    });
    return {
      timeoutMs: settings.timeout + 2 * settings.request_timeout,
      weight: async (place, signal) => Math.max(...(await readTraffic(client, splitIn(place), signal)).shares),
      shift: async ({ place, weight }, signal) => {
        const split = splitIn(place);
        const route = await readTraffic(client, split, signal);
        const isThere = route.shares.every((share) => share === weight);
        const output = isThere ? '' : await applyWeight(client, { split, route, weight }, signal);
        const parents = await waitUntilAccepted(client, { split, weight, timeoutMs: settings.timeout, output }, signal);
        const proof = `${formatWeight(weight)} of ${split.route} go to ${split.canary}, accepted by ${parents}`;
        return { summary: isThere ? `${proof}; nothing was done` : proof, alreadyThere: isThere, output };
      },
      rehearse: async ({ place, weight }, signal) => {
        const split = splitIn(place);
        const route = await readTraffic(client, split, signal);
        await askRight(client, { verb: 'patch', resource: split.route }, signal);
        const args = ['patch', '--dry-run=server', '--type=json', `--patch=${patchTo(route, weight)}`, '--', split.route];
        await client.run({ what: `the dry run of a shift to ${formatWeight(weight)}`, phase: 'ask', args }, signal);
        const found = [
          `this account may read and patch ${split.route}`,
          `the server would set ${formatWeight(weight)}`,
          gatewayFinding(route),
          'not checked: whether the gateway follows',
        ];
        return shiftFindings(Math.max(...route.shares), found, '');
      },
    };
  },
});

/** What the gateway says of the route as it is. Throws `EffectError` `failed` if it has rejected the route. */
function gatewayFinding(route: TrafficRoute): string {
  const { kind, words } = stateOf(route);
  if (kind === 'rejected') throw new EffectError('failed', `the gateway does not accept the route as it is: ${words}`);
  return kind === 'accepted' ? `the route is accepted by ${words}` : words;
}

async function readTraffic(client: Kubectl, split: Split, signal: AbortSignal): Promise<TrafficRoute> {
  const answer = await client.ask({ what: `reading ${split.route}`, phase: 'ask', args: ['get', '--', split.route] }, signal);
  return readRoute(answer, split);
}

type Patch = { readonly split: Split; readonly route: TrafficRoute; readonly weight: number };

async function applyWeight(client: Kubectl, { split, route, weight }: Patch, signal: AbortSignal): Promise<string> {
  const args = ['patch', '--type=json', `--patch=${patchTo(route, weight)}`, '--', split.route];
  return (await client.run({ what: `the shift of ${split.route} to ${formatWeight(weight)}`, phase: 'act', args }, signal)).output;
}

const pollIntervalMs = 500;
type Wait = { readonly split: Split; readonly weight: number; readonly timeoutMs: number; readonly output: string };

/** Waits until the gateway has accepted the weights and the route still has them: an API server that accepts a route says nothing about the gateway. */
async function waitUntilAccepted(client: Kubectl, { split, weight, timeoutMs, output }: Wait, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(timeoutMs);
  for (;;) {
    const route = await readTraffic(client, split, signal).catch(timeoutAfterPatch(output));
    const other = route.shares.find((share) => share !== weight);
    if (other !== undefined) {
      throw new EffectError(
        'failed',
        `${split.route} was patched, but ${split.canary} gets ${formatWeight(other)}, not ${formatWeight(weight)}`,
        { output },
      );
    }
    const state = stateOf(route);
    if (state.kind === 'accepted') return state.words;
    if (state.kind === 'rejected') throw new EffectError('failed', `${split.route} was not accepted: ${state.words}`, { output });
    if (deadline.aborted || signal.aborted) {
      throw new EffectError('timeout', `${split.route} has its weights, but ${state.words}`, { output });
    }
    await delay(pollIntervalMs, undefined, { signal }).catch(() => {});
  }
}

/** After a change, a failed read must not say that nothing was done. */
function timeoutAfterPatch(output: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof EffectError)) throw error;
    throw new EffectError('timeout', `the route could not be read after the patch: ${error.message}`, { cause: error, output });
  };
}
