import { describe } from 'vitest';
import type { HookDeps } from '../../src/hooks/deps.ts';
import { PodTemplate, releaseOf } from '../../src/hooks/kubectl/template.ts';
import { type Behavior, describeHookContract } from '../contracts/hook.ts';
import { describeKilled } from '../contracts/killed.ts';
import { type FakeKubernetes, hasKubectl, startFakeKubernetes, type Trouble } from '../support/fake-kubernetes.ts';
import { kubectlHook } from '../support/kubectl-hook.ts';

const secret = 'hunter2-hunter2';

/** What goes wrong with a request. */
function troubleOf(behavior: Behavior, fake: FakeKubernetes, method: string): Trouble | null {
  const down = { status: 503, reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' };
  if (behavior === 'unreadable' || (behavior === 'unreadable after the action' && fake.patches.length > 0 && method === 'GET')) return down;
  if (method !== 'PATCH') return null;
  if (behavior === 'fails') return { status: 500, reason: 'InternalError', message: `Internal error occurred: token=${secret}` };
  if (behavior === 'hangs') return 'hang';
  return behavior === 'lies' ? 'pretend' : null;
}

describe.skipIf(!hasKubectl())('with a real kubectl', () => {
  for (const kind of ['deployment', 'statefulset'] as const) {
    const open = async () => {
      const fake = await startFakeKubernetes(kind);
      return {
        hook: kubectlHook(fake),
        impatient: kubectlHook(fake, { request_timeout: '4s' }),
        unreachable: kubectlHook(fake, { context: 'nowhere' }),
        unverifiable: null,
        build: (using: HookDeps) => ({ hook: kubectlHook(fake, {}, using), unverifiable: null }),
        needsFingerprint: true,
        secret,
        fingerprintOf: (release: string) =>
          releaseOf(PodTemplate.parse(fake.workload.templateOf(`shop:${release}`)), undefined).fingerprint,
        addRelease: (release: string) => fake.workload.deploy(`shop:${release}`),
        behave: (behavior: Behavior) => fake.trouble(({ method }) => troubleOf(behavior, fake, method)),
        running: () => fake.workload.image().replace('shop:', ''),
        deploy: (release: string) => fake.workload.deploy(`shop:${release}`),
        removeRelease: (release: string) => fake.workload.forget(`shop:${release}`),
        received: () => fake.patches.map(({ body }) => ({ version: /"image":"shop:([^"]*)"/.exec(JSON.stringify(body))?.[1] ?? '' })),
        close: fake.close,
      };
    };
    describeHookContract(`kubectl (${kind})`, open);
    if (kind === 'deployment') describeKilled('kubectl', open);
  }
});
