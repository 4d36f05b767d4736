import { EffectError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import type { OnOutput, RollbackHook, RollbackOrder } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import { createDep, type Dep, type DepRollback } from './deployer/dep.ts';
import { readHost } from './deployer/host.ts';
import { DeployerOptions } from './deployer/options.ts';
import { askSelection, type Expectation, refuseIfDifferent, type SelectedHost } from './deployer/selection.ts';
import type { HostRelease, HostState } from './deployer/state.ts';
import { findTarget } from './deployer/target.ts';
import type { HookDeps } from './deps.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';
import { createStepOutput } from './step-output.ts';

/** Runs the task `rollback` of Deployer 6 to 8 for one host or for hosts that are equal, and reads from each which release is current. */
export const deployer = definePlugin({
  type: 'deployer',
  summary: 'Runs the rollback of Deployer (deployer.org) 6 to 8 for one host, and reads from the host which release is current.',
  options: DeployerOptions,
  example: { recipe: '/srv/shop/deploy.php', selector: 'production', deploy_path: '/srv/shop' },
  create: (settings: DeployerOptions, { run }: HookDeps): RollbackHook => ({
    timeoutMs: settings.timeout * (1 + (settings.resume?.length ?? 0)),
    current: async (place, signal) => (await readHost(settings, place, { run, signal })).current.fingerprint,
    rollBack: async (order, signal, onOutput) => {
      const dep = createDep(settings, order.place, run);
      const read = () => readHost(settings, order.place, { run, signal });
      let state = await read();
      const target = findTarget(order, state);
      const selection = await inspect(dep, { state, target }, signal);
      const look = async () => {
        state = await read();
        return state.current.fingerprint;
      };
      const act = async () => {
        const { pending } = selection;
        if (pending.length === 0) return await resume(dep, settings, { target, signal, onOutput });
        const next = createStepOutput(onOutput);
        const ordered = rollbackOf(selection, { state, target });
        const takeMarks = takesMarks(order, selection);
        if (takeMarks) await dep.unmark([target.name], ordered.selector, signal);
        const { output } = await dep.rollback(ordered, signal, next());
        await assertAllThere(dep, selection, { state, target }, signal);
        // Deployer marks what it leaves. Nobody has judged that release here, and it may be the next target.
        const unmarked = takeMarks ? await unmarkLeft(dep, selection, ordered.selector, signal) : '';
        const done = { what: `Deployer exited with 0${unmarked}`, output };
        if (pending.length === selection.hosts.length) return done;
        // On the other hosts an earlier attempt may have stopped after the switch.
        const rest = await resume(dep, settings, { target, signal, onOutput: next() });
        return { what: `${done.what}, and ${rest.what}`, output: output + rest.output };
      };
      const mustAct = order.mustAct === true || selection.pending.length > 0;
      return await lookActLook({ ...order, mustAct, target: { ...order.target, fingerprint: target.fingerprint } }, { look, act });
    },
    rehearse: async (order, signal) => {
      const state = await readHost(settings, order.place, { run, signal });
      const target = findTarget(order, state);
      const dep = createDep(settings, order.place, run);
      const selection = await inspect(dep, { state, target }, signal);
      await dep.plan(selection.version, signal);
      if (selection.pending.length > 0) void rollbackOf(selection, { state, target });
      if (selection.version !== 6) await dep.tryTask(signal);
      const names = selection.hosts.map(({ alias }) => alias).join(', ');
      return [
        `${state.current.fingerprint} is running`,
        `Deployer ${selection.version} plans the rollback of ${names}, and reaches each host over its own ssh`,
        `release ${target.name} is available`,
        'not checked: your own tasks before and after `rollback`',
      ];
    },
  }),
});

/** Deployer 7 and 8 mark the release that they leave as bad, and do not go back to it. Deployer 6 deletes it. */
function takesMarks({ isForward }: RollbackOrder, { version }: Selection): boolean {
  return isForward === true && version !== 6;
}

/** Returns what to say of it. A mark that stays is no failure: the release runs. */
async function unmarkLeft(dep: Dep, { pending }: Selection, selector: string | undefined, signal: AbortSignal): Promise<string> {
  const names = [...new Set(pending.map(({ state }) => state.current.name))].filter((name) => nameProblem(name) === null);
  try {
    await dep.unmark(names, selector, signal);
    return '';
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    return `, but the file BAD_RELEASE of release ${names.join(', ')} could not be removed`;
  }
}

/** The version of Deployer, the hosts that the selector selects, and those of them that do not run the target. */
type Selection = { readonly version: number; readonly hosts: readonly SelectedHost[]; readonly pending: readonly SelectedHost[] };

/** Throws `EffectError` if Deployer cannot be asked, or if one order cannot handle the selected hosts. Changes nothing. */
async function inspect(dep: Dep, expected: Expectation, signal: AbortSignal): Promise<Selection> {
  const version = await dep.version(signal);
  const hosts = await askSelection(dep, version, expected, signal).catch(async (error: unknown) => {
    // A recipe that cannot be planned is the better reason.
    await dep.plan(version, signal);
    throw error;
  });
  refuseIfDifferent(hosts, version, expected);
  return { version, hosts, pending: hosts.filter(({ state }) => state.current.name !== expected.target.name) };
}

/** What to order from Deployer. The hosts that run the target are left out, because Deployer would mark it as bad there. Throws `EffectError`. */
function rollbackOf({ version, hosts, pending }: Selection, { state, target }: Expectation): DepRollback {
  for (const host of hosts) refuseWhileLocked(host.state);
  const selector = pending.length < hosts.length ? pending.map(({ alias }) => alias).join(',') : undefined;
  return { options: version === 6 ? optionsToStepBack(target, state) : optionsToGoTo(target), selector };
}

/** The hook itself reads one host again. The others are asked over Deployer. Throws `EffectError` if one does not run the target. */
async function assertAllThere(dep: Dep, { version, hosts }: Selection, expected: Expectation, signal: AbortSignal): Promise<void> {
  if (hosts.length === 1) return;
  const after = await askSelection(dep, version, expected, signal).catch((error: unknown) => {
    if (!(error instanceof EffectError)) throw error;
    throw new EffectError('timeout', `Deployer exited with 0, but the hosts could not be read: ${error.message}`, { cause: error });
  });
  const wrong = after.filter(({ state }) => state.current.name !== expected.target.name);
  if (wrong.length === 0 && after.length === hosts.length) return;
  const seen = wrong.map(({ alias, state }) => `${alias} runs ${state.current.fingerprint}`).join(', ') || 'a host gave no answer';
  throw new EffectError('failed', `Deployer exited with 0, but ${seen}, not ${expected.target.fingerprint}`);
}

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
function optionsToGoTo({ name }: HostRelease): readonly string[] {
  const problem = nameProblem(name);
  if (problem) throw new EffectError('refused', `the name of the release's folder ${problem}; no rollback was run`);
  return [`rollback_candidate=${name}`];
}

/** Deployer 6 takes no release: it deletes the newest one, running or not, and goes to the one before. Throws `EffectError` if that is not the target. */
function optionsToStepBack({ name }: HostRelease, state: HostState): readonly string[] {
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
