import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../core/base/errors.ts';
import type { CliDeps } from './deploy-command.ts';
import { say } from './io.ts';

/** Adds `init`: writes a first config and rule file. Never overwrites anything. */
export function addInitCommand(program: Command, { io }: Pick<CliDeps, 'io'>): void {
  program
    .command('init')
    .description('write a first config and rule file')
    .argument('[folder]', 'the folder to write to', '.')
    .action(async (folder: string) => {
      for (const [name, text] of Object.entries(starterFiles)) {
        const path = join(folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeNew(path, text);
        say(io, `wrote ${path}`);
      }
      say(
        io,
        `next: fill in the addresses, then \`bakewatch check ${join(folder, 'bakewatch.yaml')}\` and \`bakewatch serve --config ${join(folder, 'bakewatch.yaml')}\``,
      );
    });
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new AppError('conflict', `${path} already exists; nothing was overwritten`, { cause: error });
    throw error;
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
