import { EffectError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import type { RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import { createDep } from './deployer/dep.ts';
import { readHost } from './deployer/host.ts';
import { DeployerOptions } from './deployer/options.ts';
import type { HostRelease, HostState } from './deployer/state.ts';
import { findTarget } from './deployer/target.ts';
import type { HookDeps } from './deps.ts';
import { lookActLook } from './look-act-look.ts';

/** Runs the task `rollback` of Deployer 6 to 8 for one host. */
export const deployer = definePlugin({
  type: 'deployer',
  summary: 'Runs the rollback of Deployer (deployer.org) 6 to 8 for one host, and asks the host itself what runs.',
  options: DeployerOptions,
  example: { recipe: '/srv/shop/deploy.php', selector: 'production', deploy_path: '/srv/shop' },
  create: (settings: DeployerOptions, { run }: HookDeps): RollbackHook => ({
    current: async (place, signal) => (await readHost(settings, place, { run, signal })).current.fingerprint,
    rollBack: async (order, signal, onOutput) => {
      const dep = createDep(settings, order.place, run);
      const read = () => readHost(settings, order.place, { run, signal });
      let state = await read();
      const target = findTarget(order, state);
      const look = async () => {
        state = await read();
        return state.current.fingerprint;
      };
      const act = async () => {
        const version = await dep.version(signal);
        const options = version === 6 ? oneStepBack(target, state) : straightTo(target, state);
        const { output } = await dep.rollback(options, signal, onOutput);
        return { what: 'Deployer exited with 0', output };
      };
      return await lookActLook({ ...order, target: { ...order.target, fingerprint: target.fingerprint } }, { look, act });
    },
    rehearse: async (order, signal) => {
      const state = await readHost(settings, order.place, { run, signal });
      const target = findTarget(order, state);
      const version = await createDep(settings, order.place, run).version(signal);
      if (target.fingerprint !== state.current.fingerprint) void (version === 6 ? oneStepBack(target, state) : straightTo(target, state));
      return [`${state.current.fingerprint} is running`, `Deployer ${version} answers`, `release ${target.name} is there to go back to`];
    },
  }),
});

/** Deployer 7 and 8 can be told where to go. */
function straightTo({ name }: HostRelease, state: HostState): readonly string[] {
  waitForLock(state);
  const problem = nameProblem(name);
  if (problem) throw new EffectError('refused', `the name of the release's folder ${problem}: it was kept away from Deployer`);
  return [`rollback_candidate=${name}`];
}

/** Deployer 6 cannot: it deletes the newest release, running or not, and goes to the one before. */
function oneStepBack({ name }: HostRelease, state: HostState): readonly string[] {
  waitForLock(state);
  const [newest, before] = state.oldList;
  if (newest === state.current.name && before === name) return [];
  const would = before === undefined ? 'has none to go back to' : `would delete release ${newest} and go to release ${before}`;
  throw new EffectError('refused', `Deployer 6 ${would}, not to release ${name}: link \`current\` to releases/${name} by hand`);
}

/** Deployer rolls back all the same while it deploys, and then the deploy has the last word. */
function waitForLock({ lock }: HostState): void {
  if (lock === null) return;
  const who = lock === '' ? 'someone' : lock;
  throw new EffectError('unreachable', `${who} is deploying: nothing was done; if that deploy is dead, run \`dep deploy:unlock\``);
}
