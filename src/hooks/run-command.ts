import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import type { NonEmpty } from '../core/base/non-empty.ts';
import { Duration } from '../core/base/option-schemas.ts';
import { lastLine, maxOutputBytes } from '../net/last-line.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../net/process.ts';
import { secretsIn, Variables } from '../net/variables.ts';
import type { OnOutput } from '../ports/hook.ts';
import { environmentOf, fillArguments, type PlaceholderValues } from './placeholders.ts';

/** The options of every hook that runs a program of the operator. */
export const RunOptions = {
  cwd: z.string().min(1).optional().describe('The directory to run in. Default: where the server was started.'),
  env: Variables.optional().describe('Environment variables, in addition to PATH, HOME, LANG, the proxies and BAKEWATCH_*.'),
};

/** The option `timeout` of a program. */
export const commandTimeout = (defaultValue: string) =>
  Duration.prefault(defaultValue).describe(`The program and its child processes are killed after this time. Default: ${defaultValue}.`);

type CommandSettings = {
  readonly cwd?: string | undefined;
  readonly env?: z.output<typeof Variables> | undefined;
  readonly timeout: number;
};

/** One run: `what` names it in errors, and `onOutput` gets what it prints while it runs. */
export type CommandRun = {
  readonly what: string;
  readonly argv: NonEmpty<string>;
  readonly values: PlaceholderValues;
  readonly onOutput?: OnOutput | undefined;
};
export type Runner = (work: CommandRun, signal: AbortSignal) => Promise<ProcessResult>;

/** Makes a function that runs a command until it exits with 0. It throws `EffectError` for anything else. */
export function createRunner({ cwd, env = {}, timeout }: CommandSettings, run: RunProcess): Runner {
  const secrets = secretsIn(env);
  return async ({ what, argv, values, onOutput }, signal) => {
    const request = {
      argv: fillArguments(argv, values),
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
