import type { Command } from 'commander';
import type { ApiSchemas } from '../client/index.ts';
import { answerOf } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

/** Many rule files, on a slow disk. */
const timeoutMs = 60_000;

/** Adds `reload`: loads the files of the server again. */
export function addReloadCommand(program: Command, { io, client, done }: CliDeps): void {
  program
    .command('reload')
    .description('load the config, the rule files and the secrets of the server again; bakes under way keep their rules')
    .option('--json', 'print the result as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const answer = await answerOf(client().within(timeoutMs).POST('/v1/reload'));
      if (json) sayJson(io, answer);
      else print(answer);
      done(answer.refused.length > 0 ? 1 : 0);
    });

  function print({ rule_book, outcome, changes, refused, needs_restart, scope }: ApiSchemas['Reload']): void {
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
