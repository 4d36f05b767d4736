import { Argument, type Command } from 'commander';
import type { CliDeps } from './deploy-command.ts';
import { sayJson } from './io.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Adds `completion`: prints the script that completes commands, options and their values in a shell. */
export function addCompletionCommand(program: Command, { io }: Pick<CliDeps, 'io'>): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .option('--json', 'print the shell and the script as JSON')
    .action(async (shell: Shell, { json }: { json?: boolean }) => {
      const { completionScripts, completionsOf } = await import('./completion.ts');
      const script = completionScripts[shell](completionsOf(program));
      if (json === true) sayJson(io, { shell, script });
      else io.out.write(script);
    });
}
