import { EffectError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import type { OnOutput, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import { createDep, type Dep } from './deployer/dep.ts';
import { readHost } from './deployer/host.ts';
import { DeployerOptions } from './deployer/options.ts';
import type { HostRelease, HostState } from './deployer/state.ts';
import { findTarget } from './deployer/target.ts';
import type { HookDeps } from './deps.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';
import { createStepOutput } from './step-output.ts';

/** Runs the task `rollback` of Deployer 6 to 8 for one host, and reads from that host which release is current. */
export const deployer = definePlugin({
  type: 'deployer',
  summary: 'Runs the rollback of Deployer (deployer.org) 6 to 8 for one host, and reads from the host which release is current.',
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
        if (state.current.fingerprint === target.fingerprint) return await resume(dep, settings, { target, signal, onOutput });
        const version = await dep.version(signal);
        const options = version === 6 ? optionsToStepBack(target, state) : optionsToGoTo(target, state);
        const { output } = await dep.rollback(options, signal, onOutput);
        return { what: 'Deployer exited with 0', output };
      };
      return await lookActLook({ ...order, target: { ...order.target, fingerprint: target.fingerprint } }, { look, act });
    },
    rehearse: async (order, signal) => {
      const state = await readHost(settings, order.place, { run, signal });
      const target = findTarget(order, state);
      const version = await createDep(settings, order.place, run).version(signal);
      if (target.fingerprint !== state.current.fingerprint)
        void (version === 6 ? optionsToStepBack(target, state) : optionsToGoTo(target, state));
      return [`${state.current.fingerprint} is running`, `Deployer ${version} answers`, `release ${target.name} is available`];
    },
  }),
});

type Resumption = { readonly target: HostRelease; readonly signal: AbortSignal; readonly onOutput: OnOutput | undefined };

/**
 * Runs what follows the switch: an earlier attempt may have stopped before that. Deployer itself must not roll back to the current release, because it
 * would mark it as bad.
 */
async function resume(dep: Dep, { resume: tasks }: DeployerOptions, { target, signal, onOutput }: Resumption): Promise<ActResult> {
  if (tasks === undefined) {
    const why = `release ${target.name} is current, but an earlier attempt may have stopped before the tasks that follow the switch`;
    throw new EffectError('failed', `${why}; run them by hand, and name them in \`resume\``);
  }
  const next = createStepOutput(onOutput);
  let output = '';
  for (const task of tasks) output += (await dep.task(task, signal, next())).output;
  const what = tasks.length === 0 ? 'nothing follows the switch' : `Deployer ran ${tasks.join(', ')} again`;
  return { what, output, alreadyThere: tasks.length === 0 };
}

/** The options for Deployer 7 and 8, which take the release to go to. Throws `EffectError`. */
function optionsToGoTo({ name }: HostRelease, state: HostState): readonly string[] {
  refuseWhileLocked(state);
  const problem = nameProblem(name);
  if (problem) throw new EffectError('refused', `the name of the release's folder ${problem}; no rollback was run`);
  return [`rollback_candidate=${name}`];
}

/** Deployer 6 takes no release: it deletes the newest one, running or not, and goes to the one before. Throws `EffectError` if that is not the target. */
function optionsToStepBack({ name }: HostRelease, state: HostState): readonly string[] {
  refuseWhileLocked(state);
  const [newest, previous] = state.version6List;
  if (newest === state.current.name && previous === name) return [];
  const plan = previous === undefined ? 'has no earlier release' : `would delete release ${newest} and go to release ${previous}`;
  throw new EffectError('refused', `Deployer 6 ${plan}, not to release ${name}; link \`current\` to releases/${name} by hand`);
}

/** Deployer does not refuse a rollback during a deploy, and the deploy would then overwrite its result. */
function refuseWhileLocked({ lock }: HostState): void {
  if (lock === null) return;
  const user = lock === '' ? 'someone' : lock;
  throw new EffectError('unreachable', `${user} is deploying; nothing was done. If that deploy has ended, run \`dep deploy:unlock\``);
}
