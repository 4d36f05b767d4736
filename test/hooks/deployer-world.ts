import { deployer } from '../../src/hooks/deployer.ts';
import type { HookDeps } from '../../src/hooks/deps.ts';
import type { HookWorld } from '../contracts/hook.ts';
import type { RebuiltWorld } from '../contracts/killed.ts';
import { createFakeDeployer } from '../support/fake-deployer.ts';
import { openPrograms, type Programs } from '../support/program-world.ts';

/** The hook `deployer` with its fake program and a host in a folder. As real processes, a real shell reads the host. */
export async function openDeployer(how: Programs): Promise<HookWorld & RebuiltWorld> {
  const fake = createFakeDeployer('7.5.12', 'password=hunter2-hunter2');
  const { paths, deps, close } = await openPrograms(how, fake.programs);
  const options = { dep: [paths.dep], recipe: fake.recipe, selector: 'prod', deploy_path: fake.deployPath, resume: [] };
  const timeout = how === 'in this process' ? '100ms' : '2s';
  const bound = (rest: object, using: HookDeps) => deployer.bind({ ...options, timeout, ...rest })(using);
  return {
    hook: bound({}, deps),
    unreachable: bound({ dep: ['/nowhere/dep'] }, deps),
    unverifiable: null,
    build: (using) => ({ hook: bound({ timeout: '10s' }, using), unverifiable: null }),
    runProgram: deps.run,
    prints: true,
    needsFingerprint: true,
    secret: 'hunter2-hunter2',
    fingerprintOf: fake.fingerprintOf,
    addRelease: (release) => fake.deploy(release),
    behave: fake.behave,
    running: fake.running,
    deploy: (release) => fake.deploy(release),
    removeRelease: fake.removeRelease,
    received: () => fake.received().map((version) => ({ version })),
    close: async () => {
      await close();
      fake.remove();
    },
  };
}
