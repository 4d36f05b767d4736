import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../core/base/errors.ts';
import { readSince } from './backtest-command.ts';
import type { CliDeps } from './deploy-command.ts';
import type { InitFromDeps } from './init-from.ts';
import { say } from './io.ts';
import { writeNew } from './write-new.ts';

type InitFlags = {
  readonly from?: string;
  readonly config?: string;
  readonly environment: string;
  readonly service?: readonly string[];
  readonly since?: number;
  readonly backtest: boolean;
};

const defaultSinceMs = 3 * 86_400_000;

const fromHelp = `
Examples: bakewatch init shop
          bakewatch init --from http://127.0.0.1:9090
          bakewatch init --from prom --service shop cart

--from looks at the metrics that a server has, writes a rule file for each service that answers requests, and tries each on the last days.
An existing file is never overwritten.`;

/** Adds `init`: writes a first config and rule file, or rules for the services that a provider has metrics of. Never overwrites anything. */
export function addInitCommand(program: Command, { io, done, ...deps }: Pick<CliDeps, 'io' | 'done'> & Omit<InitFromDeps, 'io'>): void {
  program
    .command('init')
    .description('write a first config and rule file, or rules for the services that a Prometheus has metrics of')
    .argument('[folder]', 'the folder to write to', '.')
    .option('--from <provider>', 'the name of a provider in the config, or the address of a Prometheus')
    .option('-c, --config <file>', "with --from: the operator's config; default: bakewatch.yaml in the folder")
    .option('-e, --environment <name>', 'with --from: the environment of services whose metrics name none', 'production')
    .option('--service <name...>', 'with --from: only these services')
    .option('--since <duration>', 'with --from: how much of the past the rules are tried on; default: 3d', readSince)
    .option('--no-backtest', 'with --from: do not try the rules on the past')
    .addHelpText('after', fromHelp)
    .action(async (folder: string, flags: InitFlags) => {
      if (flags.from === undefined) {
        const { config, service, since } = flags;
        if (config !== undefined || service !== undefined || since !== undefined)
          throw new AppError('invalid', '--config, --service and --since need --from');
        return await writeStarter(folder);
      }
      const isAddress = /^https?:\/\//.test(flags.from);
      const config = flags.config ?? join(folder, 'bakewatch.yaml');
      if (isAddress) await writeConfig(config, flags.from);
      const provider = isAddress ? 'prom' : flags.from;
      const { environment, service, since = defaultSinceMs, backtest } = flags;
      const { initFrom } = await import('./init-from.ts');
      done(await initFrom({ io, ...deps }, { config, provider, environment, services: service ?? null, sinceMs: backtest ? since : null }));
    });

  async function writeStarter(folder: string): Promise<void> {
    for (const [name, text] of Object.entries(starterFiles)) await writeOrRefuse(join(folder, name), text);
    const config = join(folder, 'bakewatch.yaml');
    say(io, `next: fill in the addresses, then \`bakewatch check ${config}\` and \`bakewatch serve --config ${config}\``);
  }

  async function writeConfig(path: string, url: string): Promise<void> {
    const text = (starterFiles['bakewatch.yaml'] ?? '').replace('http://127.0.0.1:9090', () => JSON.stringify(url));
    await writeOrRefuse(path, text, '; name one of its providers with --from');
  }

  async function writeOrRefuse(path: string, text: string, hint = ''): Promise<void> {
    if (!(await writeNew(path, text))) throw new AppError('conflict', `${path} already exists; nothing was overwritten${hint}`);
    say(io, `wrote ${path}`);
  }
}

/** What `init` writes, by file name. */
export const starterFiles: Readonly<Record<string, string>> = {
  'bakewatch.yaml': `# The operator's side: addresses, secrets, hooks, notifiers.
config: 1
server:
  listen: 127.0.0.1:8700
  # public_url: https://bakewatch.example.com
# tokens:
#   - { name: ci, token: "\${BAKEWATCH_CI_TOKEN}", verbs: [register, read] }
providers:
  prom:
    type: prometheus
    url: http://127.0.0.1:9090
hooks:
  # A program on this machine that rolls back to a release. {version} is filled in.
  shop:
    type: command
    rollback: [/usr/local/bin/rollback-shop, "{version}"]
    current: [/usr/local/bin/current-shop]
# notifiers:
#   team: { type: slack, url: "\${SLACK_WEBHOOK_URL}" }
rules: [rules/*.yaml]
`,
  'rules/shop.yaml': `# The service owner's side: the checks, the duration of a bake, and what happens when a check fails.
rules: 1
service: shop
environment: production
bake: { for: 15m, every: 15s, warmup: 30s, extend: 15m }
checks:
  errors:
    provider: prom
    ratio:
      bad: http_requests_total{job="shop",code=~"5.."}
      total: http_requests_total{job="shop"}
    fail_when:
      - above: 10%
        for: 2 of 3
      - regression # worse than the service's past, by more than the past varies
  latency:
    provider: prom
    latency: http_request_duration_seconds_bucket{job="shop"}
    fail_when:
      - slower_than: 500ms
        for_more_than: 10%
        for: 2 of 3
      - regression
on_failure: rollback
rollback: { hook: shop, verify: 5m }
# notify: [team]
`,
};
