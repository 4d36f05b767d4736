import { argoRollouts } from '../../src/hooks/argo-rollouts.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import type { HookWorld } from '../contracts/hook.ts';
import type { RebuiltWorld } from '../contracts/killed.ts';
import { createFakeArgo } from '../support/fake-argo.ts';
import { openPrograms, type Programs } from '../support/program-world.ts';

/** The options that the fakes of kubectl and its plugin accept. */
export const argoOptions = { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'test', namespace: 'shop', name: '{service}' };

/** The hook `argo_rollouts` with its fake programs. */
export async function openArgo(how: Programs): Promise<HookWorld & RebuiltWorld> {
  const fake = createFakeArgo('password=hunter2-hunter2');
  const { paths, deps, close } = await openPrograms(how, fake.programs);
  const timeouts = how === 'in this process' ? { timeout: '100ms', request_timeout: '100ms' } : { timeout: '1s', request_timeout: '2s' };
  const bound = (rest: object, using: HookDeps) => argoRollouts.bind({ ...paths, ...argoOptions, ...timeouts, ...rest })(using);
  return {
    hook: bound({}, deps),
    unreachable: bound({ kubectl: '/nowhere/kubectl' }, deps),
    unverifiable: null,
    build: (using) => ({ hook: bound({ timeout: '10s', request_timeout: '10s' }, using), unverifiable: null }),
    runProgram: deps.run,
    prints: true,
    needsFingerprint: true,
    secret: 'hunter2-hunter2',
    fingerprintOf: fake.fingerprintOf,
    addRelease: (release) => fake.deploy(release),
    behave: fake.behave,
    running: fake.running,
    deploy: (release) => fake.deploy(release),
    removeRelease: (release) => fake.set({ revisions: fake.state().revisions.filter(({ image }) => image !== release) }),
    received: () => fake.received().map((version) => ({ version })),
    close,
  };
}
