import type { Command } from 'commander';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

type ReloadAnswer = {
  readonly rule_book: number;
  readonly outcome: 'loaded' | 'current' | 'older';
  readonly changes: readonly string[];
  readonly refused: readonly { readonly file: string; readonly problems: readonly string[] }[];
  readonly needs_restart: readonly string[];
  readonly scope: string;
};

/** Many rule files, on a slow disk. */
const timeoutMs = 60_000;

/** Adds `reload`: loads the files of the server again. */
export function addReloadCommand(program: Command, { io, client, done }: CliDeps): void {
  program
    .command('reload')
    .description('load the config, the rule files and the secrets of the server again; bakes under way keep their rules')
    .option('--json', 'print the result as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const answer = await client().call<ReloadAnswer>('POST', '/v1/reload', { timeoutMs });
      if (json) sayJson(io, answer);
      else print(answer);
      done(answer.refused.length > 0 ? 1 : 0);
    });

  function print({ rule_book, outcome, changes, refused, needs_restart, scope }: ReloadAnswer): void {
    const head = { loaded: 'loaded', current: 'the same rules as before', older: 'the fleet has newer rules, which stay' }[outcome];
    say(io, `rule book ${rule_book}: ${head}`);
    for (const change of changes) say(io, `  ${change}`);
    if (needs_restart.length > 0) note(io, `changed, and read at the start only: ${needs_restart.join(', ')}; restart the server`);
    for (const { file, problems } of refused) {
      note(io, `${file} is refused; its services keep the rules that they had:`);
      for (const problem of problems) note(io, `  ${problem}`);
    }
    note(io, scope);
  }
}
