import { z } from 'zod';
import type { RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { firstLine } from './first-line.ts';
import { lookActLook } from './look-act-look.ts';
import { OrderCommand, orderValues, PlaceCommand, type PlaceholderValues, placeValues } from './placeholders.ts';
import { notRehearsed, rehearsalFindings } from './rehearsal-findings.ts';
import { rethrowTargetGone } from './rethrow-target-gone.ts';
import { commandTimeout, createRunner, RunOptions } from './run-command.ts';

const options = z.strictObject({
  rollback: OrderCommand.describe('Program and arguments that put the target back; placeholders such as {version} are filled in.'),
  current: PlaceCommand.optional().describe('Program and arguments that print the running release on the first line.'),
  rehearse: OrderCommand.optional().describe('Program and arguments that prove in a drill that `rollback` would work, and change nothing.'),
  ...RunOptions,
  timeout: commandTimeout('5m'),
});

/** Runs a program on the machine of the server. */
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
    const look = async (values: PlaceholderValues, signal: AbortSignal) =>
      settings.current ? firstLine((await runner({ what: 'the `current` command', argv: settings.current, values }, signal)).stdout) : null;
    return {
      timeoutMs: settings.timeout,
      current: (place, signal) => look(placeValues(place), signal),
      rollBack: (order, signal, onOutput) => {
        const act = async () => {
          const work = { what: 'the command', argv: settings.rollback, values: orderValues(order), onOutput };
          const { output } = await runner(work, signal).catch(rethrowTargetGone);
          return { what: 'the command exited with 0', output };
        };
        return lookActLook(order, { look: () => look(placeValues(order.place), signal), act });
      },
      rehearse: async (order, signal) => {
        const running = await look(placeValues(order.place), signal);
        const { rehearse } = settings;
        if (rehearse)
          await runner({ what: 'the `rehearse` command', argv: rehearse, values: orderValues(order) }, signal).catch(rethrowTargetGone);
        const found = rehearse ? { proven: ['the `rehearse` command exited with 0'] } : { notChecked: [notRehearsed(order)] };
        return rehearsalFindings({ running, ...found }, 'give the hook `current` or `rehearse`');
      },
    };
  },
});
