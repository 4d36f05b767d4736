import type { Command } from 'commander';
import type { CliDeps } from './deploy-command.ts';
import { note, say } from './io.ts';

/** Checks files. `lines` has a line for each problem. */
export type CheckFiles = (files: readonly string[]) => {
  readonly files: readonly { readonly file: string; readonly kind: string }[];
  readonly lines: readonly string[];
};

/** Adds `check`: lints rule files and configs. Needs no server. */
export function addCheckCommand(
  program: Command,
  { io, done, checkFiles }: Pick<CliDeps, 'io' | 'done'> & { readonly checkFiles: CheckFiles },
): void {
  program
    .command('check')
    .description('check rule files and configs; with a config, the names in the rules are checked as well')
    .argument('<file...>', 'YAML files')
    .action((files: readonly string[]) => {
      const report = checkFiles(files);
      for (const line of report.lines) note(io, line);
      if (report.lines.length > 0) note(io, `${report.lines.length} problem${report.lines.length === 1 ? '' : 's'}`);
      else for (const { file, kind } of report.files) say(io, `${file}: ${kind} ok`);
      done(report.lines.length === 0 ? 0 : 2);
    });
}
