import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import { Duration } from '../core/base/option-schemas.ts';
import { lastLine, maxOutputBytes } from '../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../net/process.ts';
import type { OnOutput } from '../ports/hook.ts';
import { environmentOf, fillIn, type PlaceholderValues } from './placeholders.ts';
import { secretsIn, Variables } from './variables.ts';

/** Where and with what a program of the operator runs. */
export const RunOptions = {
  cwd: z.string().min(1).optional().describe('The directory to run in. Default: where the server was started.'),
  env: Variables.optional().describe('Environment variables, beside PATH, HOME, LANG and BAKEWATCH_*.'),
};

/** How long a program may take. */
export const killedAfter = (usual: string) =>
  Duration.prefault(usual).describe(`The program and all it started are killed after this. Default: ${usual}.`);

type CommandSettings = {
  readonly cwd?: string | undefined;
  readonly env?: z.output<typeof Variables> | undefined;
  readonly timeout: number;
};

/** What is run, with which values; `onOutput` hears what it prints while it runs. */
export type CommandRun = {
  readonly what: string;
  readonly argv: NonEmpty<string>;
  readonly values: PlaceholderValues;
  readonly onOutput?: OnOutput | undefined;
};
export type Runner = (work: CommandRun, signal: AbortSignal) => Promise<ProcessResult>;

/** Runs a command with its values to exit code 0; anything else is an `EffectError`. */
export function createRunner({ cwd, env = {}, timeout }: CommandSettings, run: RunProcess): Runner {
  const secrets = secretsIn(env);
  return async ({ what, argv, values, onOutput }, signal) => {
    const request = {
      argv: fillIn(argv, values),
      cwd,
      env: { ...env, ...environmentOf(values) },
      timeoutMs: timeout,
      maxOutputBytes,
      secrets,
      onOutput,
    };
    const result = await run(request, signal).catch((error: unknown) => {
      if (!(error instanceof ProcessError)) throw error;
      const { kind, message, output } = error;
      throw new EffectError(kind === 'not_started' ? 'unreachable' : 'timeout', `${what}: ${message}`, { cause: error, output });
    });
    if (result.exitCode === 0) return result;
    const end = result.exitCode === null ? `was killed by ${result.signalName}` : `exited with ${result.exitCode}`;
    throw new EffectError('failed', `${what} ${end}${lastLine(result.output)}`, { output: result.output, exitCode: result.exitCode });
  };
}
