import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { visibleText } from '../core/base/visible-text.ts';
import type { DeployAnswer } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { say } from './io.ts';

type ReportFlags = { readonly output?: string };

/** Adds the operator's verbs: `cancel`, `pass`, `rollback`, `approve`, `extend`, `freeze`, `unfreeze`, and what writes files: `export` and `report`. */
export function addOperateCommands(program: Command, { io, client }: CliDeps): void {
  async function act(id: string, verb: string, body?: unknown): Promise<void> {
    const deploy = await client().call<DeployAnswer>(
      'POST',
      `/v1/deploys/${encodeURIComponent(id)}/${verb}`,
      body === undefined ? {} : { body },
    );
    say(io, `${deploy.service} ${deploy.release.version} (${deploy.environment}): ${deploy.summary}`);
  }
  async function write(id: string, what: string, output: string | undefined): Promise<void> {
    const text = await client().text(`/v1/deploys/${encodeURIComponent(id)}/${what}`);
    // A file or a pipe gets what the server sent; a terminal must not act upon it.
    const shown = io.isTerminal ? visibleText(text) : text;
    if (output === undefined) io.out.write(shown.endsWith('\n') ? shown : `${shown}\n`);
    else await writeFile(output, text);
  }
  const verb = (name: string, description: string) => program.command(name).description(description).argument('<id>', 'the deploy');
  verb('cancel', 'end the watch over a deploy; nothing is rolled back').action((id: string) => act(id, 'cancel'));
  verb('approve', 'let the rollback that waits for a person happen').action((id: string) => act(id, 'approve'));
  verb('pass', 'vouch for a release: it becomes known-good')
    .requiredOption('--why <text>', 'kept in the audit log')
    .action((id: string, { why }: { why: string }) => act(id, 'pass', { why }));
  verb('rollback', 'roll back to the last known-good release, whatever the checks say')
    .requiredOption('--why <text>', 'kept in the audit log')
    .action((id: string, { why }: { why: string }) => act(id, 'rollback', { why }));
  verb('extend', 'lengthen a bake')
    .requiredOption('--by <duration>', 'such as 10m')
    .action((id: string, { by }: { by: string }) => act(id, 'extend', { by }));
  verb('export', 'write a recording: everything the judge saw')
    .option('-o, --output <file>', 'instead of standard output')
    .action((id: string, { output }: ReportFlags) => write(id, 'recording', output));
  verb('report', 'write the draft of a post-mortem')
    .addOption(new Option('-f, --format <format>', 'in Markdown, HTML or JSON').choices(['md', 'html', 'json']).default('md'))
    .option('-o, --output <file>', 'instead of standard output')
    .action((id: string, { format, output }: ReportFlags & { format: string }) => write(id, `report?format=${format}`, output));

  program
    .command('freeze')
    .description('stop automatic rollbacks; what would have been rolled back pages people instead')
    .option('-s, --service <name>', 'of one service only')
    .requiredOption('--why <text>', 'shown to whoever finds a rollback held')
    .action(async ({ service, why }: { service?: string; why: string }) => {
      await client().call('PUT', '/v1/freeze', { body: { frozen: true, service, why } });
      say(io, `frozen: ${service ?? 'all services'}`);
    });
  program
    .command('unfreeze')
    .description('allow automatic rollbacks again')
    .option('-s, --service <name>', 'of one service only')
    .action(async ({ service }: { service?: string }) => {
      await client().call('PUT', '/v1/freeze', { body: { frozen: false, service } });
      say(io, `no longer frozen: ${service ?? 'all services'}`);
    });
}
