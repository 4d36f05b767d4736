import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EffectError, type EffectErrorKind } from '../../core/base/errors.ts';
import type { NonEmpty } from '../../core/base/non-empty.ts';
import { lastLine, maxOutputBytes } from '../../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../../net/process.ts';
import type { OnOutput, Place } from '../../ports/hook.ts';
import { fillInText, placeValues } from '../placeholders.ts';
import { secretsIn } from '../variables.ts';
import type { DeployerOptions } from './options.ts';

/** The operator's Deployer for one place. Both throw `EffectError`. */
export type Dep = {
  /** 6, 7 or 8. */
  version(signal: AbortSignal): Promise<number>;
  /** Runs the task `rollback`, with options such as `rollback_candidate=3`. */
  rollback(options: readonly string[], signal: AbortSignal, onOutput?: OnOutput): Promise<ProcessResult>;
};

type DepCall = { readonly args: NonEmpty<string>; readonly isAsked: boolean; readonly onOutput?: OnOutput | undefined };

/** Deployer runs in an empty folder of its own, and its recipe must be there: it takes a deploy.php of any folder above rather than miss one. */
export function createDep(settings: DeployerOptions, place: Place, run: RunProcess): Dep {
  const { dep, env = {}, timeout } = settings;
  const values = placeValues(place);
  const recipe = fillInText(settings.recipe, values);
  const selector = fillInText(settings.selector, values);
  const secrets = secretsIn(env);
  const perform = async ({ args: [first, ...rest], isAsked, onOutput }: DepCall, signal: AbortSignal) => {
    const cwd = await mkdtemp(join(tmpdir(), 'bakewatch-dep-'));
    try {
      const argv = [...dep, first, '--no-interaction', '--no-ansi', ...rest] as const;
      const result = await run({ argv, cwd, env, timeoutMs: timeout, maxOutputBytes, secrets, onOutput }, signal);
      if (result.exitCode === 0) return result;
      throw failed(result, isAsked);
    } catch (error) {
      throw error instanceof ProcessError ? stopped(error, isAsked) : error;
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  };
  return {
    version: async (signal) => {
      const { stdout } = await perform({ args: ['--version'], isAsked: true }, signal);
      const version = Number(/\bDeployer v?(\d+)\./.exec(stdout)?.[1]);
      if (version >= 6 && version <= 8) return version;
      throw new EffectError('refused', `${dep.join(' ')} is no Deployer 6 to 8${lastLine(stdout)}`);
    },
    rollback: async (options, signal, onOutput) => {
      await access(recipe, constants.R_OK).catch(() => {
        throw new EffectError('refused', `the recipe ${recipe} is not there or cannot be read: Deployer was not run`);
      });
      // Deployer 6 does not see `--file=…` behind the task, and looks for a recipe of its own.
      const args = ['rollback', '-f', recipe, ...options.map((each) => `--option=${each}`), '--', selector] as const;
      return await perform({ args, isAsked: false, onOutput }, signal);
    },
  };
}

const troubles: readonly { readonly says: RegExp; readonly kind: EffectErrorKind; readonly advice: string }[] = [
  { says: /No host selected|Hostname or stage .* was not found/, kind: 'refused', advice: 'correct `selector`' },
  { says: /Command "rollback" is not defined/, kind: 'refused', advice: 'the recipe must require recipe/common.php' },
  {
    says: /ssh: |Connection (refused|reset|closed|timed out)|Permission denied \(|Host key verification failed|No route to host|exit code -1\b/i,
    kind: 'timeout',
    advice: 'Deployer did not reach the host, or lost it: it may have run',
  },
];

function failed({ exitCode, signalName, output }: ProcessResult, isAsked: boolean): EffectError {
  const trouble = troubles.find(({ says }) => says.test(output));
  const end = exitCode === null ? `was killed by ${signalName}` : `exited with ${exitCode}`;
  const advice = trouble ? ` (${trouble.advice})` : '';
  const kind = isAsked ? 'unreachable' : exitCode === null ? 'timeout' : (trouble?.kind ?? 'failed');
  return new EffectError(kind, `Deployer ${end}${lastLine(withoutUsage(output))}${advice}`, { output });
}

function stopped({ kind, message, output }: ProcessError, isAsked: boolean): EffectError {
  return new EffectError(isAsked || kind === 'not_started' ? 'unreachable' : 'timeout', message, { output });
}

/** Where it does not understand a call, it prints how it would have liked to be called last. */
function withoutUsage(output: string): string {
  return output.replace(/^\w+ \[-.*$/m, '');
}
