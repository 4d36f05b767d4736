import type { Command } from 'commander';
import { answerOf } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { say, sayJson } from './io.ts';

/** Adds `session list` and `session revoke`. Both need a token that may `admin`. */
export function addSessionCommands(program: Command, { io, client, done }: CliDeps): void {
  const sessions = program.command('session').description('who has signed in');
  sessions
    .command('list')
    .description('list the sessions, the one that was used last first')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const answer = await answerOf(client().GET('/v1/sessions'));
      if (json) sayJson(io, answer);
      else for (const { id, name, kind, seen_at } of answer.sessions) say(io, `${id}  ${seen_at}  ${kind}  ${name}`);
      done(0);
    });
  sessions
    .command('revoke')
    .description('end a session, on all servers at once')
    .argument('<id>', 'the id of the session, as `session list` shows it')
    .option('--json', 'print the session as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const session = await answerOf(client().DELETE('/v1/sessions/{id}', { params: { path: { id } } }));
      if (json) sayJson(io, session);
      else say(io, `ended the session of ${session.name}`);
      done(0);
    });
}
