import { type Command, InvalidArgumentError } from 'commander';
import type { BacktestReport } from '../core/backtest/report.ts';
import { parseDuration } from '../core/base/duration.ts';
import type { Interval } from '../core/base/window.ts';
import { backtestTable } from './backtest-table.ts';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';
import { readShare } from './read-share.ts';

/** The options of a backtest. */
export type BacktestOptions = {
  readonly rules: string;
  /** Whose rules, where the file is for several services. */
  readonly service: string | null;
  readonly config: string;
  readonly sinceMs: number;
  readonly stepMs: number | null;
  readonly except: readonly Interval[];
  readonly deploys: number;
  readonly falseAlarms?: number | undefined;
  readonly seed: number;
};

/** Runs a backtest; `progress` is called with a line for every step that is done. Throws `ConfigError` and `AppError`. */
export type RunBacktest = (options: BacktestOptions, progress: (line: string) => void) => Promise<BacktestReport>;

type BacktestFlags = {
  readonly rules: string;
  readonly service?: string;
  readonly config: string;
  readonly since: number;
  readonly step?: number;
  readonly except?: readonly Interval[];
  readonly deploys: number;
  readonly falseAlarms?: number;
  readonly json?: boolean;
};

const dayMs = 86_400_000;
/** A constant, so that the same rules on the same past give the same report. */
export const seed = 20_231_005;

/** Adds `backtest`: tries rules on the past that the providers have. Needs no server. */
export function addBacktestCommand(
  program: Command,
  { io, done, runBacktest }: Pick<CliDeps, 'io' | 'done'> & { readonly runBacktest: RunBacktest },
): void {
  program
    .command('backtest')
    .description('try rules on the past: how many false alarms would they have raised, and which regressions would they have found')
    .requiredOption('--rules <file>', 'the rule file')
    .option('-s, --service <name>', 'the service, where the file has rules for several')
    .option('-c, --config <file>', "the operator's config, for its providers", 'bakewatch.yaml')
    .option('--since <duration>', 'how much of the past is read', readSince, 14 * dayMs)
    .option('--step <duration>', "read in longer ticks than the bake's: faster, but less exact", readStep)
    .option('--deploys <count>', 'the maximum number of pseudo deploys', readCount, 200)
    .option('--except <from/to...>', 'leave this period out: an incident, a rollback, a real deploy; two ISO-8601 instants', readPeriods)
    .option(
      '--false-alarms <share>',
      'how often a healthy bake may fail, for all its checks together; default: as the rules say',
      readShare,
    )
    .option('--json', 'print the report as JSON')
    .action(async ({ rules, service, config, since, step, except = [], deploys, falseAlarms, json }: BacktestFlags) => {
      const options = { rules, service: service ?? null, config, sinceMs: since, stepMs: step ?? null, except, deploys, falseAlarms, seed };
      const report = await runBacktest(options, (line) => note(io, line));
      if (json === true) sayJson(io, report);
      else for (const line of backtestTable(report)) say(io, line);
      // A check without data must not look like a check without false alarms.
      const withoutData = report.checks.filter(({ advice }) => advice === 'no_data').map(({ name }) => name);
      if (withoutData.length > 0) note(io, `bakewatch: no data for ${withoutData.join(', ')}: perhaps the selectors match nothing`);
      const unproven = report.checks.flatMap((check) => (check.unproven === undefined ? [] : [check.name]));
      if (unproven.length > 0)
        note(io, `bakewatch: ${unproven.join(', ')} may watch nothing: \`bakewatch check --live\` says which labels there are`);
      done(withoutData.length + unproven.length > 0 ? 1 : 0);
    });
}

/** Reads how much of the past is wanted. Throws `InvalidArgumentError`. */
export function readSince(text: string): number {
  return readWithin(text, { min: 3_600_000, max: 90 * dayMs, expected: 'a duration from 1h to 90d, such as 14d' });
}

function readStep(text: string): number {
  return readWithin(text, { min: 1_000, max: 3_600_000, expected: 'a duration from 1s to 1h, such as 1m' });
}

function readWithin(
  text: string,
  { min, max, expected }: { readonly min: number; readonly max: number; readonly expected: string },
): number {
  const ms = parseDuration(text);
  if (ms === null || ms < min || ms > max) throw new InvalidArgumentError(expected);
  return ms;
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 10 || count > 2_000) throw new InvalidArgumentError('a whole number from 10 to 2000');
  return count;
}

function readPeriods(text: string, before: readonly Interval[] = []): readonly Interval[] {
  const [from = Number.NaN, to = Number.NaN, ...rest] = text.split('/').map((instant) => Date.parse(instant));
  if (!(from < to) || rest.length > 0)
    throw new InvalidArgumentError('two instants, the earlier first, such as 2026-11-03T10:00Z/2026-11-03T11:30Z');
  return [...before, { from, to }];
}
