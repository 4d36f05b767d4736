import { z } from 'zod';
import { ProviderError } from '../src/core/base/errors.ts';
import { Name } from '../src/core/base/option-schemas.ts';
import type { ProbeLint, ProbeTarget } from '../src/core/rules/probe.ts';
import { SshConnection } from '../src/net/ssh-connection.ts';
import { defineProvider } from './define-provider.ts';
import type { AttemptDeps } from './probe/deps.ts';
import { runAttempts } from './probe/run-attempts.ts';

const ProbeOptions = z.strictObject({
  ssh: z.record(Name, SshConnection).default({}).describe('Machines on which probes may run commands, by the name that rules use.'),
  commands: z
    .boolean()
    .default(false)
    .describe('Whether probes may run commands on the machine of the Bakewatch server, as its user. Default: false.'),
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', 'must be PEM text')
    .optional()
    .describe('The only certificate authorities to trust, as PEM text: `file:PATH`. Default: those that Node trusts.'),
  concurrency: z
    .int()
    .min(1)
    .max(1_000)
    .default(400)
    .describe('Maximum number of concurrent probes, including those of sites that hang. Default: 400.'),
});

type ProbeOptions = z.output<typeof ProbeOptions>;

/** Makes health probes. Their metric is the ratio of failed attempts. */
export const probe = defineProvider({
  type: 'probe',
  summary: 'Health probes: send an HTTP request, open a TCP connection, or run a command, here or over ssh.',
  options: ProbeOptions,
  example: {
    ssh: {
      'shop-vm': {
        host: 'shop-1.example.com',
        user: 'bakewatch',
        identity_file: '/etc/bakewatch/id_ed25519',
        known_hosts: '/etc/bakewatch/known_hosts',
      },
    },
  },
  isBuiltIn: true,
  lintSelector: () => 'a probe takes no selector',
  lintProbe: lint,
  settleMs: () => 0,
  limits: ({ concurrency }) => ({ concurrency, perSecond: null }),
  create: ({ ssh, commands, ca }, { http, run }) => {
    const deps: AttemptDeps = { http, run, connections: new Map(Object.entries(ssh)), ca };
    return {
      fetchSeries: async (query, signal) => {
        if (query.form !== 'probe')
          throw new ProviderError('bad_query', 'a probe takes no query and no selector: write `probe:` in the rules');
        const fault = lint({ ssh, commands }, query.probe.target);
        if (fault) throw new ProviderError('bad_query', fault.message);
        return runAttempts(deps, query, signal);
      },
      // There is no server to log in to.
      ping: async () => {},
    };
  },
});

/** Rules may name any address. They may run commands only where the operator allows it, and only over ssh connections of the config. */
function lint({ ssh, commands }: Pick<ProbeOptions, 'ssh' | 'commands'>, target: ProbeTarget): ProbeLint | null {
  if (target.kind !== 'command') return null;
  if (target.ssh === null) {
    const hint = 'set `commands: true` on the provider of type probe, or name a machine with `ssh`';
    return commands ? null : { key: 'command', message: 'probes may not run commands on the machine of the server', hint };
  }
  if (Object.hasOwn(ssh, target.ssh)) return null;
  const known = Object.keys(ssh).join(', ') || 'none';
  return { key: 'ssh', message: `the config has no ssh connection named "${target.ssh}"`, hint: `defined: ${known}` };
}
