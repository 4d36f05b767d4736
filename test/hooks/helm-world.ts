import type { HookDeps } from '../../src/hooks/deps.ts';
import { helm } from '../../src/hooks/helm.ts';
import type { HookWorld } from '../contracts/hook.ts';
import type { RebuiltWorld } from '../contracts/killed.ts';
import { createFakeHelm } from '../support/fake-helm.ts';
import { openPrograms, type Programs } from '../support/program-world.ts';

/** The options that the fake of Helm accepts. */
export const helmOptions = { kubeconfig: '/etc/bakewatch/kubeconfig', context: 'test', namespace: 'shop', name: '{service}' };

/** The hook `helm` with its fake program. */
export async function openHelm(how: Programs): Promise<HookWorld & RebuiltWorld> {
  const fake = createFakeHelm('password=hunter2-hunter2');
  const { paths, deps, close } = await openPrograms(how, { helm: fake.program });
  const timeouts = how === 'in this process' ? { timeout: '50ms', request_timeout: '50ms' } : { timeout: '1s', request_timeout: '2s' };
  const bound = (rest: object, using: HookDeps) => helm.bind({ ...paths, ...helmOptions, ...timeouts, ...rest })(using);
  const revisionOf = (version: string) => fake.history().find((each) => each.app_version === version)?.revision;
  return {
    hook: bound({}, deps),
    unreachable: bound({ helm: '/nowhere/helm' }, deps),
    unverifiable: null,
    build: (using) => ({ hook: bound({ timeout: '10s', request_timeout: '10s' }, using), unverifiable: null }),
    runProgram: deps.run,
    prints: true,
    needsFingerprint: true,
    secret: 'hunter2-hunter2',
    fingerprintOf: (release) => `revision ${revisionOf(release)} (shop-1.4.0, ${release})`,
    addRelease: fake.deploy,
    behave: fake.behave,
    running: () => fake.history().at(-1)?.app_version ?? '',
    deploy: fake.deploy,
    removeRelease: (release) => fake.set(fake.history().filter((each) => each.app_version !== release)),
    received: () => fake.received().map((version) => ({ version })),
    close,
  };
}
