import type { Command } from 'commander';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

/** Checks files. `lines` has a line for each problem, `notes` one for each remark about what is correct. */
export type CheckFiles = (files: readonly string[]) => FileCheck | Promise<FileCheck>;
type FileCheck = {
  readonly files: readonly { readonly file: string; readonly kind: string }[];
  readonly lines: readonly string[];
  readonly notes: readonly string[];
};

/** The files whose queries are asked, and the config with their providers where it is not one of the files. */
export type LiveCheckOptions = { readonly files: readonly string[]; readonly config: string | null };

/** What a live check found, in lines for the terminal. `failures`: what could not be asked. */
export type LiveCheckReport = {
  readonly lines: readonly string[];
  readonly findings: readonly { readonly severity: 'error' | 'warning'; readonly line: string }[];
  readonly failures: readonly string[];
};

/** Asks each query of each check through the providers of the config. Throws `ConfigError` and `AppError`. */
export type RunLiveCheck = (options: LiveCheckOptions) => Promise<LiveCheckReport>;

type CheckDeps = Pick<CliDeps, 'io' | 'done'> & { readonly checkFiles: CheckFiles; readonly runLiveCheck: RunLiveCheck };
type CheckFlags = { readonly live?: boolean; readonly config?: string; readonly json?: boolean };

const liveHelp = `
--live asks the metrics servers for the series of each query. It finds selectors that match nothing, labels that do not exist, bounds that
are no bucket bounds, gauges that are counted, too little traffic, and queries that are refused. Values that only a deploy has, such as
$version, are left open.

Exit codes: 0 ok, or only warnings · 1 a server could not be asked · 2 an error in a file or a query`;

/** Adds `check`: lints rule files and configs, and with --live asks their queries. Needs no server of ours. */
export function addCheckCommand(program: Command, { io, done, checkFiles, runLiveCheck }: CheckDeps): void {
  program
    .command('check')
    .description('check rule files and configs; with a config, the names in the rules are checked as well')
    .argument('<file...>', 'YAML files')
    .option('--live', 'ask each query of each check too, through the providers of the config')
    .option('-c, --config <file>', "with --live: the operator's config, where it is not among the files")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', liveHelp)
    .action(async (files: readonly string[], { live, config, json }: CheckFlags) => {
      const report = await checkFiles([...new Set([...files, ...(config === undefined ? [] : [config])])]);
      const isRight = report.lines.length === 0;
      if (json === true) {
        const found = isRight && live === true ? await runLiveCheck({ files, config: config ?? null }) : null;
        const code = found === null ? (isRight ? 0 : 2) : liveCodeOf(found);
        const { files: checked, lines: problems, notes } = report;
        sayJson(io, { ok: code === 0, files: checked, problems, notes, live: found });
        return done(code);
      }
      for (const line of report.lines) note(io, line);
      for (const line of report.notes) note(io, line);
      if (!isRight) note(io, `${report.lines.length} problem${report.lines.length === 1 ? '' : 's'}`);
      else for (const { file, kind } of report.files) say(io, `${file}: ${kind} ok`);
      if (!isRight || live !== true) return done(isRight ? 0 : 2);
      return done(showLive(io, await runLiveCheck({ files, config: config ?? null })));
    });
}

/** Prints a live check and returns its exit code. */
function showLive(io: CliDeps['io'], report: LiveCheckReport): number {
  const { lines, findings, failures } = report;
  for (const line of lines) say(io, line);
  for (const { line } of findings) note(io, line);
  for (const failure of failures) note(io, `${failure} (could not be asked)`);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (findings.length > 0) note(io, `${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`);
  return liveCodeOf(report);
}

function liveCodeOf({ findings, failures }: LiveCheckReport): number {
  if (findings.some(({ severity }) => severity === 'error')) return 2;
  return failures.length > 0 ? 1 : 0;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
