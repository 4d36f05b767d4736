import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/base/duration.ts';
import type { ExamOutcome, ExamRow } from '../usecases/examine.ts';
import type { CliDeps } from './deploy-command.ts';
import { say, sayJson } from './io.ts';

/** `timeoutMs`: after this time no further probe is begun, and those that run are ended. */
export type DoctorOptions = { readonly config: string; readonly timeoutMs: number };

/** Looks at everything that a server needs, and changes nothing. */
export type RunDoctor = (options: DoctorOptions) => Promise<readonly ExamRow[]>;

type DoctorFlags = { readonly config: string; readonly timeout?: number; readonly json?: boolean };

const defaultTimeoutMs = 120_000;

/** Adds `doctor`: one table of what works and what does not. It works while the server runs, and while it is stopped. */
export function addDoctorCommand(
  program: Command,
  { io, done, runDoctor }: Pick<CliDeps, 'io' | 'done'> & { readonly runDoctor: RunDoctor },
): void {
  program
    .command('doctor')
    .description('look at config, database, queries, hooks, notifiers and clocks, and change nothing')
    .option('-c, --config <file>', "the operator's config", 'bakewatch.yaml')
    .option('--timeout <duration>', 'how long all probes may take together (default: 2m)', readTimeout)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExit codes: 0 nothing has failed · 1 something has failed, or the config cannot be used · 2 usage')
    .action(async ({ config, timeout = defaultTimeoutMs, json }: DoctorFlags) => {
      const rows = await runDoctor({ config, timeoutMs: timeout });
      const ok = rows.every(({ outcome }) => outcome !== 'fail');
      if (json === true) sayJson(io, { ok, rows: rows.map(({ hint = null, ...row }) => ({ ...row, hint })) });
      else for (const line of tableOf(rows)) say(io, line);
      done(ok ? 0 : 1);
    });
}

const words: Readonly<Record<ExamOutcome, string>> = { ok: 'ok', warn: 'warn', fail: 'FAIL', not_tried: 'not tried' };

function tableOf(rows: readonly ExamRow[]): readonly string[] {
  const whats = rows.map(({ part, name }) => `${part} ${name}`.trim());
  const width = Math.min(maxWidth, Math.max(...whats.map(({ length }) => length)));
  const lines = rows.flatMap(({ outcome, reason, hint }, i) => [
    `${words[outcome].padEnd(11)}${(whats[i] ?? '').padEnd(width)}  ${reason}`,
    ...(hint === undefined ? [] : [`${' '.repeat(11 + width)}  hint: ${hint}`]),
  ]);
  return [...lines, sumOf(rows)];
}

const maxWidth = 40;

function sumOf(rows: readonly ExamRow[]): string {
  const count = (outcome: ExamOutcome) => rows.filter((row) => row.outcome === outcome).length;
  return `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failed, ${count('not_tried')} not tried`;
}

function readTimeout(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 1_000 || ms > 3_600_000) throw new InvalidArgumentError('a duration from 1s to 1h, such as 30s');
  return ms;
}
