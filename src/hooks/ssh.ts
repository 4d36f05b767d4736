import { sshRun } from '../net/ssh.ts';
import type { RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { firstLine } from './first-line.ts';
import { lookActLook } from './look-act-look.ts';
import { fillArguments, orderValues, type PlaceholderValues, placeValues } from './placeholders.ts';
import { proveLogin } from './prove-login.ts';
import { notRehearsed, rehearsalFindings } from './rehearsal-findings.ts';
import { rethrowTargetGone } from './rethrow-target-gone.ts';
import { SshOptions } from './ssh-options.ts';

/** Runs a command on another machine with the system's OpenSSH client. The host key must be pinned. */
export const ssh = definePlugin({
  type: 'ssh',
  summary: 'Runs a command on another machine over SSH, whose host key is pinned.',
  options: SshOptions,
  example: {
    host: 'shop-1.example.com',
    user: 'deploy',
    identity_file: '/etc/bakewatch/id_ed25519',
    known_hosts: '/etc/bakewatch/known_hosts',
    rollback: ['/usr/local/bin/release-switch', '{version}'],
    current: ['/usr/local/bin/release-switch', '--show'],
  },
  create: (settings: SshOptions, { run }: HookDeps): RollbackHook => {
    const look = async (values: PlaceholderValues, signal: AbortSignal) => {
      if (!settings.current) return null;
      const command = { what: 'the `current` command', argv: fillArguments(settings.current, values), timeoutMs: settings.timeout };
      return firstLine((await sshRun(settings, command, { run, signal })).stdout);
    };
    return {
      timeoutMs: settings.timeout + settings.connect_timeout,
      isRemote: true,
      current: (place, signal) => look(placeValues(place), signal),
      rollBack: (order, signal, onOutput) => {
        const act = async () => {
          const argv = fillArguments(settings.rollback, orderValues(order));
          const command = { what: 'the command', argv, timeoutMs: settings.timeout, onOutput };
          const { output } = await sshRun(settings, command, { run, signal }).catch(rethrowTargetGone);
          return { what: `the command on ${settings.host} exited with 0`, output };
        };
        return lookActLook(order, { look: () => look(placeValues(order.place), signal), act });
      },
      rehearse: async (order, signal) => {
        const running = await look(placeValues(order.place), signal);
        const { rehearse, host, timeout: timeoutMs } = settings;
        const advice = 'give the hook `current` or `rehearse`';
        if (rehearse) {
          const command = { what: 'the `rehearse` command', argv: fillArguments(rehearse, orderValues(order)), timeoutMs };
          await sshRun(settings, command, { run, signal }).catch(rethrowTargetGone);
          return rehearsalFindings({ running, proven: [`the \`rehearse\` command on ${host} exited with 0`] }, advice);
        }
        if (running === null) await proveLogin(settings, { run, signal });
        return rehearsalFindings({ running, proven: [`the login to ${host} works`], notChecked: [notRehearsed(order)] }, advice);
      },
    };
  },
});
