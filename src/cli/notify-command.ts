import type { Command } from 'commander';
import type { ApiSchemas } from '../client/index.ts';
import { answerOf } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

type NotifyFlags = {
  readonly topic?: NonNullable<ApiSchemas['NotifierTestRequest']['topic']>;
  readonly service?: string;
  readonly environment?: string;
  readonly json?: boolean;
};

/** Longer than the server's own timeout for a receiver. */
const timeoutMs = 75_000;

/** Adds `notify test`: proves that notices arrive. */
export function addNotifyCommand(program: Command, { io, client, done }: CliDeps): void {
  const notify = program.command('notify').description('test the notifiers');
  notify
    .command('test')
    .description('send a sample notice, marked as a test, through a notifier of the server')
    .argument('<name>', 'the notifier')
    .option('-t, --topic <topic>', 'the topic of the sample, such as unhealthy (the default), recovered, passed')
    .option('-s, --service <name>', 'the service of the sample (default: example)')
    .option('-e, --environment <name>', 'the environment of the sample (default: production)')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, { json, ...body }: NotifyFlags) => {
      const answer = await answerOf(
        client()
          .within(timeoutMs)
          .POST('/v1/notifiers/{name}/test', { params: { path: { name } }, body }),
      );
      if (json) sayJson(io, answer);
      else print(answer);
      done(answer.ok ? 0 : 1);
    });

  function print({ notifier, type, ok, outcome, reason, took_ms, title, rules }: ApiSchemas['NotifierTest']): void {
    say(io, `${notifier} (${type}): ${ok ? 'delivered' : outcome} after ${(took_ms / 1000).toFixed(1)} s: ${title}`);
    if (reason !== null) say(io, `  ${reason}`);
    if (rules.kind === 'hold') note(io, `a real notice would be held back until ${rules.until}: ${rules.why}`);
    else if (rules.kind !== 'send') note(io, `a real notice would not be sent: ${rules.why}`);
  }
}
