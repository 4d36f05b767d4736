import { z } from 'zod';
import { definePlugin } from '../../ports/plugin.ts';
import type { ShiftHook } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { PlaceCommand, type PlaceholderValues, placeValues, ShiftCommand, shiftValues } from '../placeholders.ts';
import { commandTimeout, createRunner, RunOptions } from '../run-command.ts';
import { parseWeight, shiftAndLook, shiftFindings } from './weight.ts';

const options = z.strictObject({
  shift: ShiftCommand.describe(
    'Program and arguments that give the release {weight} percent of the traffic, and the stable release the rest.',
  ),
  weight: PlaceCommand.optional().describe("Program and arguments that print the release's share in percent, on the first line."),
  rehearse: ShiftCommand.optional().describe('Program and arguments that prove in a drill that `shift` would work, and change nothing.'),
  ...RunOptions,
  timeout: commandTimeout('30s'),
});

/** Runs a program on the machine of the server. */
export const command = definePlugin({
  type: 'command',
  summary: 'Runs a program of the operator on the machine of the server.',
  options,
  example: { shift: ['/usr/local/bin/split', '{service}', '{weight}'], weight: ['/usr/local/bin/split', '--show', '{service}'] },
  create: (settings: z.output<typeof options>, { run }: HookDeps): ShiftHook => {
    const runner = createRunner(settings, run);
    const look = async (values: PlaceholderValues, signal: AbortSignal) =>
      settings.weight
        ? parseWeight(
            (await runner({ what: 'the `weight` command', argv: settings.weight, values }, signal)).stdout,
            'the `weight` command',
          )
        : null;
    return {
      timeoutMs: settings.timeout,
      weight: (place, signal) => look(placeValues(place), signal),
      shift: (order, signal) => {
        const act = async () => {
          const { output } = await runner({ what: 'the command', argv: settings.shift, values: shiftValues(order) }, signal);
          return { what: 'the command exited with 0', output };
        };
        return shiftAndLook(order, { look: () => look(placeValues(order.place), signal), act });
      },
      rehearse: async (order, signal) => {
        const weight = await look(placeValues(order.place), signal);
        const { rehearse } = settings;
        if (rehearse) await runner({ what: 'the `rehearse` command', argv: rehearse, values: shiftValues(order) }, signal);
        return shiftFindings(weight, rehearse ? ['the `rehearse` command exited with 0'] : [], 'give the hook `weight` or `rehearse`');
      },
    };
  },
});
