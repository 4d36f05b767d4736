import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EffectError, type EffectErrorKind } from '../../core/base/errors.ts';
import type { NonEmpty } from '../../core/base/non-empty.ts';
import { lastLine, maxOutputBytes } from '../../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../../net/process.ts';
import type { OnOutput, Place } from '../../ports/hook.ts';
import { fillText, placeValues } from '../placeholders.ts';
import { secretsIn } from '../variables.ts';
import type { DeployerOptions } from './options.ts';

/** Deployer for one place. Its methods throw `EffectError`. */
export type Dep = {
  /** Returns 6, 7 or 8. */
  version(signal: AbortSignal): Promise<number>;
  /** Runs the task `rollback`, with options such as `rollback_candidate=3`. */
  rollback(options: readonly string[], signal: AbortSignal, onOutput?: OnOutput): Promise<ProcessResult>;
  /** Runs another task of the recipe. */
  task(name: string, signal: AbortSignal, onOutput?: OnOutput): Promise<ProcessResult>;
};

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
      const result = await run({ argv, cwd, env, timeoutMs: timeout, maxOutputBytes, secrets, onOutput }, signal);
      if (result.exitCode === 0) return result;
      throw exitFailure(result, changesNothing);
    } catch (error) {
      throw error instanceof ProcessError ? processFailure(error, changesNothing) : error;
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  };
  const runTask = async (task: string, options: readonly string[], signal: AbortSignal, onOutput: OnOutput | undefined) => {
    await access(recipe, constants.R_OK).catch(() => {
      throw new EffectError('refused', `the recipe ${recipe} does not exist or cannot be read; Deployer was not run`);
    });
    // Deployer 6 ignores `--file=…` after the task, and looks for another recipe.
    const args = [task, '-f', recipe, ...options.map((each) => `--option=${each}`), '--', selector] as const;
    return await perform({ args, changesNothing: false, onOutput }, signal);
  };
  return {
    version: async (signal) => {
      const { stdout } = await perform({ args: ['--version'], changesNothing: true }, signal);
      const version = Number(/\bDeployer v?(\d+)\./.exec(stdout)?.[1]);
      if (version >= 6 && version <= 8) return version;
      throw new EffectError('refused', `${dep.join(' ')} is not Deployer 6 to 8${lastLine(stdout)}`);
    },
    rollback: (options, signal, onOutput) => runTask('rollback', options, signal, onOutput),
    task: (name, signal, onOutput) => runTask(name, [], signal, onOutput),
  };
}

const troubles: readonly { readonly says: RegExp; readonly kind: EffectErrorKind; readonly advice: string }[] = [
  { says: /No host selected|Hostname or stage .* was not found/, kind: 'refused', advice: 'correct `selector`' },
  { says: /Command "rollback" is not defined/, kind: 'refused', advice: 'the recipe must require recipe/common.php' },
  {
    says: /ssh: |Connection (refused|reset|closed|timed out)|Permission denied \(|Host key verification failed|No route to host|exit code -1\b/i,
    kind: 'timeout',
    advice: 'Deployer did not reach the host, or lost the connection; the rollback may have run',
  },
];

function exitFailure({ exitCode, signalName, output }: ProcessResult, changesNothing: boolean): EffectError {
  const trouble = troubles.find(({ says }) => says.test(output));
  const end = exitCode === null ? `was killed by ${signalName}` : `exited with ${exitCode}`;
  const advice = trouble ? ` (${trouble.advice})` : '';
  const kind = changesNothing ? 'unreachable' : exitCode === null ? 'timeout' : (trouble?.kind ?? 'failed');
  return new EffectError(kind, `Deployer ${end}${lastLine(withoutUsage(output))}${advice}`, { output });
}

function processFailure({ kind, message, output }: ProcessError, changesNothing: boolean): EffectError {
  return new EffectError(changesNothing || kind === 'not_started' ? 'unreachable' : 'timeout', message, { output });
}

/** After an error in a call, Deployer prints its usage last. */
function withoutUsage(output: string): string {
  return output.replace(/^\w+ \[-.*$/m, '');
}
