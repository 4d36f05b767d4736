import { styleText } from 'node:util';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { StateName } from '../core/bake/bake.ts';
import { formatDuration } from '../core/base/duration.ts';
import { isHeadlineOf } from '../core/judge/reason-layers.ts';
import { formatWeight } from '../core/rules/stage.ts';
import { answerOf, type CheckBody, type Client, type DeployAnswer, given } from './client.ts';
import { cutAtWord } from './cut-at-word.ts';
import type { CliDeps } from './deploy-command.ts';
import { checkLine, conclusionOf, stateOf, timeLeftOf } from './deploy-words.ts';
import { assertKnown } from './find-deploy.ts';
import { freezeLines } from './freeze-lines.ts';
import { type Io, safeLine, sayJson } from './io.ts';

type StatusOptions = {
  readonly service?: string;
  readonly environment?: string;
  readonly state?: StateName;
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly limit: number;
};

/** How often `--watch` draws the table again. */
const redrawMs = 2_000;

/** Adds `status`: a table of the newest deploys, or one deploy in layers; live with `--watch`. */
export function addStatusCommand(program: Command, { io, client }: CliDeps): void {
  program
    .command('status')
    .description('show the newest deploys, trouble first, one line each; with an id, what is known of that deploy')
    .argument('[id]', 'one deploy')
    .option('-s, --service <name>', 'only deploys of this service')
    .option('-e, --environment <name>', 'only deploys in this environment')
    .addOption(new Option('--state <state>', 'only deploys in this state').choices(Object.keys(stateRanks)))
    .option('-n, --limit <count>', 'the maximum number of deploys', readLimit, 20)
    .option('-w, --watch', 'draw the table again every two seconds, until Ctrl-C')
    .option('--json', 'print the deploys as JSON')
    .action(async (id: string | undefined, options: StatusOptions) => {
      for (;;) {
        const answer = id === undefined ? await newest(client(), options) : await one(client(), id);
        if (options.json === true) sayJson(io, answer);
        else {
          const service = 'state' in answer ? answer.service : options.service;
          const frozen = freezeLines(await answerOf(client().GET('/v1/freeze')), service);
          const text = [...frozen.map(safeLine), textOf(answer, io)].join('\n');
          io.out.write(`${options.watch === true && io.isTerminal ? '\u001b[H\u001b[2J' : ''}${text}\n`);
        }
        if (options.watch !== true) return;
        await io.sleep(redrawMs);
      }
    });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new InvalidArgumentError('a whole number from 1 to 200');
  return limit;
}

async function one(client: Client, id: string): Promise<DeployAnswer> {
  return await answerOf(client.GET('/v1/deploys/{id}', { params: { path: { id } } }));
}

function textOf(answer: DeployAnswer | readonly DeployAnswer[], io: Io): string {
  return 'state' in answer ? story(answer, io).map(safeLine).join('\n') : table(answer, io);
}

async function newest(client: Client, { service, environment, state, limit }: StatusOptions): Promise<readonly DeployAnswer[]> {
  const states = state === undefined ? {} : { state: [state] };
  const query = { limit, ...given({ service, environment }), ...states };
  const { deploys } = await answerOf(client.GET('/v1/deploys', { params: { query } }));
  const isFiltered = service !== undefined || environment !== undefined;
  if (deploys.length === 0 && isFiltered) await assertKnown(client, { service, environment });
  return deploys;
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

/** What a person must look at comes first. */
const stateRanks: Readonly<Record<StateName, number>> = {
  awaiting_approval: 0,
  failed: 1,
  rolling_back: 2,
  verifying: 3,
  rolled_back: 4,
  inconclusive: 5,
  shifting: 6,
  baking: 7,
  warming: 8,
  passed: 9,
  canceled: 9,
  superseded: 9,
};

/** Trouble first, of the deploys that are the newest of their place; older ones are history, newest first. The server sends the newest first. */
function troubleFirst(deploys: readonly DeployAnswer[]): readonly DeployAnswer[] {
  const seen = new Set<string>();
  const ranked = deploys.map((deploy) => {
    const place = JSON.stringify([deploy.service, deploy.environment]);
    const isNewest = !seen.has(place);
    seen.add(place);
    const rank = Object.entries(stateRanks).find(([state]) => state === deploy.state)?.[1] ?? 0;
    return { deploy, rank: isNewest ? rank : 10 };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ deploy }) => deploy);
}

function table(deploys: readonly DeployAnswer[], io: Io): string {
  if (deploys.length === 0) return 'no deploys';
  const rows = troubleFirst(deploys).map((deploy) => ({ state: deploy.state, cells: cellsOf(deploy, io.now()).map(safeLine) }));
  const widths = heads.map((title, column) => Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  const width = io.columns ?? defaultColumns;
  const line = (cells: readonly string[]) => {
    const start = cells.slice(0, -1).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const last = cells.at(-1) ?? '';
    const left = width - [...start, ''].join('  ').length;
    return [...start, cutAtWord(last, Math.max(minWhy, left))].join('  ').trimEnd();
  };
  return [line(heads), ...rows.map(({ cells, state }) => paint(line(cells), state, io))].join('\n');
}

const heads = ['STATE', 'SERVICE', 'ENVIRONMENT', 'VERSION', 'AGE', 'LEFT', 'WHY'];
/** The width of a line where the output is no terminal. */
const defaultColumns = 160;
/** The last column has this width even on a narrow terminal, which then breaks the line. */
const minWhy = 40;

function cellsOf(deploy: DeployAnswer, now: number): readonly string[] {
  const { state, service, environment, release, reasons } = deploy;
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  const why = [...stageOf(deploy), ...reasons.slice(0, 1)].join('; ');
  return [
    stateOf(deploy),
    service,
    environment,
    release.version,
    ageOf(deploy, now),
    state === 'baking' ? (timeLeftOf(deploy, now) ?? '') : '',
    `${why}${more}`,
  ];
}

function stageOf({ stage }: DeployAnswer): readonly string[] {
  return stage === null ? [] : [`stage ${stage.number} of ${stage.of}: ${formatWeight(stage.weight)}`];
}

/** One deploy in layers: its state, its reasons with what is below them, the other checks, and its page. */
function story(deploy: DeployAnswer, io: Io): readonly string[] {
  const { state, checks = [] } = deploy;
  const left = state === 'baking' ? timeLeftOf(deploy, io.now()) : null;
  const [head = '', ...lines] = conclusionOf(deploy, { showsNotes: true });
  const others = checks.filter((check) => !isMentioned(check, deploy, lines));
  return [
    `${head}${left === null ? '' : `, ${left}`}, registered ${ageOf(deploy, io.now())} ago`,
    ...lines.slice(0, -1),
    ...(others.length === 0 ? [] : ['  checks:', ...others.flatMap(checkLines)]),
    ...lines.slice(-1),
  ];
}

/** Whether the lines above the list of checks say what this check says. */
function isMentioned(check: CheckBody, { explained, reasons, asides = [] }: DeployAnswer, lines: readonly string[]): boolean {
  const { name, headline, reason } = check;
  const isReason = (text: string) => isHeadlineOf(text, { name, headline: headline ?? reason });
  return (
    (explained?.map(({ text }) => text) ?? reasons).some(isReason) ||
    asides.some((text) => text.startsWith(`${name} `) && (text.endsWith(reason) || text.endsWith(headline ?? reason))) ||
    lines.some((line) => line.endsWith(checkLine(check)))
  );
}

function checkLines(check: CheckBody): readonly string[] {
  const { outcome, because = '' } = check;
  return [
    `    ${outcome === 'not_asked' ? `${check.name}: not asked yet` : checkLine(check)}`,
    ...(because === '' ? [] : [`      ${because}`]),
  ];
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
