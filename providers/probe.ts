import { z } from 'zod';
import { ProviderError } from '../src/core/base/errors.ts';
import { Name } from '../src/core/base/option-schemas.ts';
import type { ProbeLint, ProbeTarget } from '../src/core/rules/probe.ts';
import { SshConnection } from '../src/net/ssh-connection.ts';
import { definePlugin } from '../src/ports/plugin.ts';
import type { MetricsProvider } from '../src/ports/provider.ts';
import type { ProviderPlugin } from '../src/ports/provider-plugin.ts';
import type { ProviderDeps } from './deps.ts';
import type { AttemptDeps } from './probe/deps.ts';
import { tryOften } from './probe/try-often.ts';

const ProbeOptions = z.strictObject({
  ssh: z.record(Name, SshConnection).default({}).describe('Machines on which probes may run commands, by the name that rules use.'),
  commands: z
    .boolean()
    .default(false)
    .describe('Whether probes may run commands on the machine of the server, as the user of the server. Default: false.'),
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', 'must be PEM text')
    .optional()
    .describe('The authorities to trust, and no others, as PEM text: `file:PATH`. Default: those that Node trusts.'),
  concurrency: z.int().min(1).max(1_000).default(400).describe('Probes at once, those of sites that hang included. Default: 400.'),
});

type ProbeOptions = z.output<typeof ProbeOptions>;

const plugin = definePlugin<MetricsProvider, ProviderDeps, typeof ProbeOptions>({
  type: 'probe',
  summary: 'Tries it out: asks a site over HTTP, connects to a port, or runs a command, here or over ssh.',
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
  create: ({ ssh, commands, ca }, { http, run }) => {
    const deps: AttemptDeps = { http, run, connections: new Map(Object.entries(ssh)), ca };
    return {
      fetchSeries: async (query, signal) => {
        if (query.form !== 'probe')
          throw new ProviderError('bad_query', 'a probe takes no query and no selector: write `probe:` in the rules');
        const wrong = lint({ ssh, commands }, query.probe.target);
        if (wrong) throw new ProviderError('bad_query', wrong.message);
        return tryOften(deps, query, signal);
      },
      // There is nobody to be let in by; each probe finds out by itself.
      ping: async () => {},
    };
  },
});

/** Makes health probes, as if trying were a metric: the ratio of failed attempts. */
export const probe: ProviderPlugin<ProviderDeps> = {
  ...plugin,
  isBuiltIn: true,
  lintSelector: () => 'a probe takes no selector',
  lintProbe: (raw, target) => {
    const options = ProbeOptions.safeParse(raw);
    return options.success ? lint(options.data, target) : null;
  },
  settleMs: () => 0,
  limits: (options) => ({ concurrency: ProbeOptions.parse(options).concurrency, perSecond: null }),
};

/** Rules may name any address, but commands only where the operator has said so, and machines only that the operator has described. */
function lint({ ssh, commands }: Pick<ProbeOptions, 'ssh' | 'commands'>, target: ProbeTarget): ProbeLint | null {
  if (target.kind !== 'command') return null;
  if (target.ssh === null) {
    const hint = 'set `commands: true` on the provider of type probe, or name a machine with `ssh`';
    return commands ? null : { key: 'command', message: 'the operator lets no probe run commands on the machine of the server', hint };
  }
  if (Object.hasOwn(ssh, target.ssh)) return null;
  const known = Object.keys(ssh).join(', ') || 'none';
  return { key: 'ssh', message: `the operator has no ssh connection named "${target.ssh}"`, hint: `defined: ${known}` };
}
