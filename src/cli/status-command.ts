import { styleText } from 'node:util';
import type { Command } from 'commander';
import { formatDuration } from '../core/base/duration.ts';
import { formatWeight } from '../core/rules/stage.ts';
import type { Client, DeployAnswer } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { type Io, safeLine, sayJson } from './io.ts';

type StatusOptions = {
  readonly service?: string;
  readonly environment?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly limit: string;
};

/** How often `--watch` draws the table again. */
const redrawMs = 2_000;

/** Adds `status`: a table of the newest deploys, live with `--watch`. */
export function addStatusCommand(program: Command, { io, client }: CliDeps): void {
  program
    .command('status')
    .description('show the newest deploys and the states of their bakes')
    .option('-s, --service <name>', 'only deploys of this service')
    .option('-e, --environment <name>', 'only deploys in this environment')
    .option('-n, --limit <count>', 'the maximum number of deploys', '20')
    .option('-w, --watch', 'draw the table again every two seconds, until Ctrl-C')
    .option('--json', 'print the deploys as JSON')
    .action(async (options: StatusOptions) => {
      for (;;) {
        const deploys = await newest(client(), options);
        if (options.json === true) sayJson(io, deploys);
        else io.out.write(`${options.watch === true && io.isTerminal ? '\u001b[H\u001b[2J' : ''}${table(deploys, io)}\n`);
        if (options.watch !== true) return;
        await io.sleep(redrawMs);
      }
    });
}

async function newest(client: Client, { service, environment, limit }: StatusOptions): Promise<readonly DeployAnswer[]> {
  const query = new URLSearchParams({
    limit,
    ...(service !== undefined && { service }),
    ...(environment !== undefined && { environment }),
  });
  return (await client.call<{ deploys: readonly DeployAnswer[] }>('GET', `/v1/deploys?${query}`)).deploys;
}

const colors = {
  passed: 'green',
  rolled_back: 'yellow',
  inconclusive: 'yellow',
  failed: 'red',
  rolling_back: 'red',
  awaiting_approval: 'red',
  shifting: 'cyan',
  baking: 'cyan',
  verifying: 'cyan',
} as const;

function table(deploys: readonly DeployAnswer[], io: Io): string {
  if (deploys.length === 0) return 'no deploys';
  const head = ['SERVICE', 'ENVIRONMENT', 'VERSION', 'STATE', 'AGE', 'WHY'];
  const rows = deploys.map((d) =>
    [d.service, d.environment, d.release.version, d.state, ageOf(d, io.now()), [...stageOf(d), ...d.reasons].join('; ').slice(0, 120)].map(
      safeLine,
    ),
  );
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return [line(head), ...rows.map((row) => paint(line(row), row[3] ?? '', io))].join('\n');
}

function stageOf({ stage }: DeployAnswer): readonly string[] {
  if (stage === null) return [];
  return [`stage ${stage.number} of ${stage.of}: ${formatWeight(stage.weight)}, until ${stage.ends_at.slice(11, 19)} UTC`];
}

function paint(text: string, state: string, io: Io): string {
  const color = Object.entries(colors).find(([name]) => name === state)?.[1];
  return io.isTerminal && color !== undefined ? styleText(color, text) : text;
}

function ageOf({ registered_at }: DeployAnswer, now: number): string {
  const ms = Math.max(0, now - Date.parse(registered_at));
  const unit = ms < 60_000 ? 1_000 : ms < 3_600_000 ? 60_000 : 3_600_000;
  return formatDuration(Math.floor(ms / unit) * unit);
}
