import { z } from 'zod';
import { EffectError } from '../core/errors.ts';
import { Duration } from '../core/fields.ts';
import type { NonEmpty } from '../core/non-empty.ts';
import { lastWords, maxOutputBytes } from '../net/last-words.ts';
import { ProcessError, type ProcessResult, type RunProcess } from '../net/process.ts';
import type { OnOutput, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import { firstLine } from './command-answer.ts';
import type { HookDeps } from './deps.ts';
import { lookActLook } from './look-act-look.ts';
import { environmentOf, fillIn, OrderCommand, orderValues, PlaceCommand, placeValues, type Values } from './placeholders.ts';
import { found } from './rehearsal.ts';
import { heedGone } from './target-gone.ts';
import { secretsIn, Variables } from './variables.ts';

const options = z.strictObject({
  rollback: OrderCommand.describe('Program and arguments that put the target back; placeholders such as {version} are filled in.'),
  current: PlaceCommand.optional().describe('Program and arguments that print what runs now, on the first line.'),
  rehearse: OrderCommand.optional().describe('Program and arguments that prove in a drill that `rollback` would work, and change nothing.'),
  cwd: z.string().min(1).optional().describe('The directory to run in. Default: where the server was started.'),
  env: Variables.optional().describe('Environment variables, beside PATH, HOME, LANG and BAKEWATCH_*.'),
  timeout: Duration.prefault('5m').describe('The program and all it started are killed after this. Default: 5m.'),
});

/** Runs a program on the server's own machine. */
export const command = definePlugin({
  type: 'command',
  summary: 'Runs a program of the operator on the machine of the server.',
  options,
  example: {
    rollback: ['/usr/local/bin/release', '--to={version}', '{service}'],
    current: ['/usr/local/bin/release', '--show', '{service}'],
  },
  create: (settings: z.output<typeof options>, { run }: HookDeps): RollbackHook => {
    const runner = createRunner(settings, run);
    const look = async (values: Values, signal: AbortSignal) =>
      settings.current ? firstLine((await runner({ what: 'the `current` command', argv: settings.current, values }, signal)).stdout) : null;
    return {
      current: (place, signal) => look(placeValues(place), signal),
      rollBack: (order, signal, onOutput) => {
        const act = async () => {
          const work = { what: 'the command', argv: settings.rollback, values: orderValues(order), onOutput };
          const { output } = await runner(work, signal).catch(heedGone);
          return { what: 'the command exited with 0', output };
        };
        return lookActLook(order, { look: () => look(placeValues(order.place), signal), act });
      },
      rehearse: async (order, signal) => {
        const running = await look(placeValues(order.place), signal);
        const { rehearse } = settings;
        if (rehearse) await runner({ what: 'the `rehearse` command', argv: rehearse, values: orderValues(order) }, signal).catch(heedGone);
        return found(running, rehearse ? ['the `rehearse` command exited with 0'] : [], 'give the hook `current` or `rehearse`');
      },
    };
  },
});

type Work = {
  readonly what: string;
  readonly argv: NonEmpty<string>;
  readonly values: Values;
  readonly onOutput?: OnOutput | undefined;
};
type Runner = (work: Work, signal: AbortSignal) => Promise<ProcessResult>;

/** Runs a command with its values to exit code 0; anything else is an `EffectError`. */
function createRunner({ cwd, env = {}, timeout }: z.output<typeof options>, run: RunProcess): Runner {
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
    throw new EffectError('failed', `${what} ${end}${lastWords(result.output)}`, { output: result.output, exitCode: result.exitCode });
  };
}
