import { z } from 'zod';
import { Duration } from '../../core/base/option-schemas.ts';
import { sshRun } from '../../net/ssh.ts';
import { isPinned, sshConnectionShape, unpinned } from '../../net/ssh-connection.ts';
import { definePlugin } from '../../ports/plugin.ts';
import type { ShiftHook } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { fillArguments, PlaceCommand, type PlaceholderValues, placeValues, ShiftCommand, shiftValues } from '../placeholders.ts';
import { proveLogin } from '../prove-login.ts';
import { parseWeight, shiftAndLook, shiftFindings } from './weight.ts';

const options = z
  .strictObject({
    ...sshConnectionShape,
    shift: ShiftCommand.describe(
      'Remote program and arguments that give the release {weight} percent of the traffic, and the stable release the rest.',
    ),
    weight: PlaceCommand.optional().describe("Remote program and arguments that print the release's share in percent, on the first line."),
    rehearse: ShiftCommand.optional().describe(
      'Remote program and arguments that prove in a drill that `shift` would work, and change nothing.',
    ),
    timeout: Duration.prefault('30s').describe('How long the remote program may take. Default: 30s.'),
  })
  .refine(isPinned, unpinned);

/** Runs a command on another machine, such as the one with the load balancer. */
export const ssh = definePlugin({
  type: 'ssh',
  summary: 'Runs a command on another machine over SSH, whose host key is pinned.',
  options,
  example: {
    host: 'edge-1.example.com',
    user: 'deploy',
    identity_file: '/etc/bakewatch/id_ed25519',
    known_hosts: '/etc/bakewatch/known_hosts',
    shift: ['/usr/local/bin/split', '{weight}'],
    weight: ['/usr/local/bin/split', '--show'],
  },
  create: (settings: z.output<typeof options>, { run }: HookDeps): ShiftHook => {
    const { host, timeout: timeoutMs } = settings;
    const look = async (values: PlaceholderValues, signal: AbortSignal) => {
      if (!settings.weight) return null;
      const what = 'the `weight` command';
      const { stdout } = await sshRun(settings, { what, argv: fillArguments(settings.weight, values), timeoutMs }, { run, signal });
      return parseWeight(stdout, what);
    };
    return {
      timeoutMs: timeoutMs + settings.connect_timeout,
      isRemote: true,
      weight: (place, signal) => look(placeValues(place), signal),
      shift: (order, signal) => {
        const act = async () => {
          const argv = fillArguments(settings.shift, shiftValues(order));
          const { output } = await sshRun(settings, { what: 'the command', argv, timeoutMs }, { run, signal });
          return { what: `the command on ${host} exited with 0`, output };
        };
        return shiftAndLook(order, { look: () => look(placeValues(order.place), signal), act });
      },
      rehearse: async (order, signal) => {
        const weight = await look(placeValues(order.place), signal);
        const { rehearse } = settings;
        const what = 'the `rehearse` command';
        if (rehearse) await sshRun(settings, { what, argv: fillArguments(rehearse, shiftValues(order)), timeoutMs }, { run, signal });
        else if (weight === null) await proveLogin(settings, { run, signal });
        return shiftFindings(weight, [rehearse ? `the \`rehearse\` command on ${host} exited with 0` : `the login to ${host} works`], '');
      },
    };
  },
});
