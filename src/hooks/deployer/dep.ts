import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EffectError } from '../../core/base/errors.ts';
import type { NonEmpty } from '../../core/base/non-empty.ts';
import { lastLine, maxOutputBytes } from '../../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../../net/process.ts';
import { secretsIn } from '../../net/variables.ts';
import type { OnOutput, Place } from '../../ports/hook.ts';
import { fillText, placeValues } from '../placeholders.ts';
import { exitFailure, processFailure } from './failure.ts';
import type { DeployerOptions } from './options.ts';

/** Deployer for one place. Its methods throw `EffectError`. */
export type Dep = {
  /** Returns 6, 7 or 8. */
  version(signal: AbortSignal): Promise<number>;
  /** Proves that the recipe has the task `rollback`, and with version 7 and 8 that the selector selects a host. Changes nothing. */
  plan(version: number, signal: AbortSignal): Promise<void>;
  /** Runs a shell script on each selected host over Deployer's own ssh. Version 7 and 8 exit with 0 although a host failed. The script changes nothing. */
  ask(version: number, script: string, signal: AbortSignal): Promise<ProcessResult>;
  /** Runs a task that changes nothing in the same way as a rollback; for version 7 and 8. */
  tryTask(signal: AbortSignal): Promise<void>;
  /** Removes the mark that these releases are bad, on the hosts of `selector` instead of all selected ones; for version 7 and 8. */
  unmark(names: readonly string[], selector: string | undefined, signal: AbortSignal): Promise<void>;
  /** Runs the task `rollback` with options such as `rollback_candidate=3`, for the hosts of `selector` instead of all selected ones. */
  rollback(order: DepRollback, signal: AbortSignal, onOutput?: OnOutput): Promise<ProcessResult>;
  /** Runs another task of the recipe. */
  task(name: string, signal: AbortSignal, onOutput?: OnOutput): Promise<ProcessResult>;
};

/** An order for Deployer: its options, and a narrower selector. */
export type DepRollback = { readonly options: readonly string[]; readonly selector?: string | undefined };
/** How long a question may take: an attempt that has changed nothing can be repeated early. */
const maxQuestionMs = 60_000;
/** Deployer breaks the lines of error messages at the width of the terminal. */
const wide = { COLUMNS: '1000' };

type DepCall = { readonly args: NonEmpty<string>; readonly changesNothing: boolean; readonly onOutput?: OnOutput | undefined };

/**
 * Runs Deployer in an empty folder, and only if the recipe exists: without its recipe, Deployer would use any deploy.php that it finds in the folders
 * above.
 */
export function createDep(settings: DeployerOptions, place: Place, run: RunProcess): Dep {
  const { dep, env = {}, timeout } = settings;
  const values = placeValues(place);
  const recipe = fillText(settings.recipe, values);
  const selector = fillText(settings.selector, values);
  const secrets = secretsIn(env);
  const perform = async ({ args: [first, ...rest], changesNothing, onOutput }: DepCall, signal: AbortSignal) => {
    const cwd = await mkdtemp(join(tmpdir(), 'bakewatch-dep-'));
    try {
      const argv = [...dep, first, '--no-interaction', '--no-ansi', ...rest] as const;
      const result = await run(
        {
          argv,
          cwd,
          env: { ...wide, ...env },
          timeoutMs: changesNothing ? Math.min(timeout, maxQuestionMs) : timeout,
          maxOutputBytes,
          secrets,
          onOutput,
          wantsAnswer: changesNothing,
        },
        signal,
      );
      if (result.exitCode === 0) return result;
      throw exitFailure(result, changesNothing);
    } catch (error) {
      throw error instanceof ProcessError ? processFailure(error, changesNothing) : error;
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  };
  const runRecipe = async ({ args: [command, ...rest], ...call }: DepCall, signal: AbortSignal) => {
    await access(recipe, constants.R_OK).catch(() => {
      throw new EffectError('refused', `the recipe ${recipe} does not exist or cannot be read; Deployer was not run`);
    });
    // Deployer 6 ignores `--file=…` after the task, and looks for another recipe.
    return await perform({ args: [command, '-f', recipe, ...rest], ...call }, signal);
  };
  return {
    version: async (signal) => {
      const { stdout } = await perform({ args: ['--version'], changesNothing: true }, signal);
      const version = Number(/\bDeployer v?(\d+)\./.exec(stdout)?.[1]);
      if (version >= 6 && version <= 8) return version;
      throw new EffectError('refused', `${dep.join(' ')} is not Deployer 6 to 8${lastLine(stdout)}`);
    },
    plan: async (version, signal) => {
      const args = version === 6 ? (['debug:task', '--', 'rollback'] as const) : (['rollback', '--plan', '--', selector] as const);
      await runRecipe({ args, changesNothing: true }, signal);
    },
    ask: (version, script, signal) => {
      const args = version === 6 ? [`--stage=${selector}`, '--', script] : ['--', script, selector];
      return runRecipe({ args: ['run', ...args], changesNothing: true }, signal);
    },
    tryTask: async (signal) => {
      await runRecipe({ args: ['deploy:is_locked', '--no-hooks', '--', selector], changesNothing: true }, signal);
    },
    unmark: async (names, hosts = selector, signal) => {
      const files = names.map((name) => `'{{deploy_path}}/releases/${name}/BAD_RELEASE'`).join(' ');
      await runRecipe({ args: ['run', '--', `rm -f ${files}`, hosts], changesNothing: true }, signal);
    },
    rollback: ({ options, selector: hosts = selector }, signal, onOutput) => {
      const args = ['rollback', ...options.map((each) => `--option=${each}`), '--', hosts] as const;
      return runRecipe({ args, changesNothing: false, onOutput }, signal);
    },
    task: (name, signal, onOutput) => runRecipe({ args: [name, '--', selector], changesNothing: false, onOutput }, signal),
  };
}
