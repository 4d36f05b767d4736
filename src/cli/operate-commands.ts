import { type Command, Option } from 'commander';
import type { ApiClient, ApiSchemas } from '../client/index.ts';
import type { VerdictMarkKind } from '../core/bake/verdict-mark.ts';
import { AppError } from '../core/base/errors.ts';
import { visibleText } from '../core/base/visible-text.ts';
import { answerOf, given } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { assertKnown, chosenId, type DeployChoice } from './find-deploy.ts';
import { freezeEnd } from './freeze-lines.ts';
import { say, sayJson } from './io.ts';
import { writeText } from './write-new.ts';

type Id = string | undefined;
type DeployPath = { readonly path: { readonly id: string } };
/** A verb about one deploy. */
type VerbCall = (api: ApiClient, params: DeployPath) => Promise<{ readonly data?: ApiSchemas['DeploySummary'] }>;
/** Fetches a document about one deploy. */
type DocumentCall = (api: ApiClient, params: DeployPath) => Promise<{ readonly data?: string }>;

type VerbFlags = DeployChoice & { readonly json?: boolean };
type WhyFlags = VerbFlags & { readonly why: string };
type MarkFlags = WhyFlags & { readonly falseAlarm?: boolean; readonly elsewhere?: boolean; readonly undo?: boolean };
type DocumentFlags = DeployChoice & { readonly output?: string };
type ReportFlags = DocumentFlags & { readonly format: 'md' | 'html' | 'json'; readonly json?: boolean };
type FreezeFlags = { readonly service?: string; readonly json?: boolean };
type SetFreezeFlags = FreezeFlags & { readonly why: string; readonly until?: string; readonly for?: string; readonly force?: boolean };

/** Adds the operator's commands (`cancel`, `pass`, `rollback`, `roll-forward`, `approve`, `mark`, `extend`, `freeze`, `unfreeze`), and `export` and `report`, which write files. */
export function addOperateCommands(program: Command, { io, client }: CliDeps): void {
  async function act(id: Id, flags: VerbFlags, call: VerbCall): Promise<void> {
    const chosen = await chosenId(client(), io, id, flags);
    const deploy = await answerOf(call(client(), { path: { id: chosen } }));
    if (flags.json === true) sayJson(io, deploy);
    else say(io, `${deploy.service} ${deploy.release.version} (${deploy.environment}): ${deploy.summary}`);
  }
  async function write(id: Id, flags: DocumentFlags, call: DocumentCall): Promise<void> {
    const chosen = await chosenId(client(), io, id, flags);
    const text = await answerOf(call(client(), { path: { id: chosen } }));
    // A file or a pipe gets exactly what the server sent. A terminal must not act upon control characters in it.
    const shown = io.isTerminal ? visibleText(text) : text;
    if (flags.output === undefined) io.out.write(shown.endsWith('\n') ? shown : `${shown}\n`);
    else await writeText(flags.output, text);
  }
  const document = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .argument('[id]', 'the deploy')
      .option('-s, --service <name>', 'instead of an id: the newest deploy of this service')
      .option('-e, --environment <name>', 'with --service: in this environment; default: production');
  const verb = (name: string, description: string) => document(name, description).option('--json', 'print the deploy as JSON');
  const verbWithReason = (name: string, description: string) =>
    verb(name, description).requiredOption('--why <text>', 'the reason; kept in the audit log');

  verb('cancel', 'end the watch over a deploy; roll nothing back').action((id: Id, flags: VerbFlags) =>
    act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/cancel', { params })),
  );
  verb('approve', 'approve the rollback that waits for a person').action((id: Id, flags: VerbFlags) =>
    act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/approve', { params })),
  );
  verbWithReason('pass', 'pass a bake by hand: the release becomes known-good').action((id: Id, { why, ...flags }: WhyFlags) =>
    act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/pass', { params, body: { why } })),
  );
  verbWithReason('rollback', 'roll back to the last known-good release, whatever the checks say').action(
    (id: Id, { why, ...flags }: WhyFlags) =>
      act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/rollback', { params, body: { why } })),
  );
  verbWithReason('roll-forward', 'put the release of a deploy back after a rollback')
    .option('--confirm', 'also where a freeze or a verdict would hold an automatic order')
    .action((id: Id, { why, confirm = false, ...flags }: WhyFlags & { confirm?: boolean }) =>
      act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/roll-forward', { params, body: { why, confirm } })),
    );
  verbWithReason('mark', 'mark a bad verdict as wrong: it no longer counts against the release')
    .option('--false-alarm', 'the release was healthy')
    .option('--elsewhere', 'the release was not the cause of the failure')
    .option('--undo', 'take the mark back')
    .action((id: Id, flags: MarkFlags) => {
      const body = { kind: markOf(flags), why: flags.why, undo: flags.undo === true };
      return act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/mark', { params, body }));
    });
  verb('extend', 'extend a bake')
    .requiredOption('--by <duration>', 'how much longer, such as 10m')
    .action((id: Id, { by, ...flags }: VerbFlags & { by: string }) =>
      act(id, flags, (api, params) => api.POST('/v1/deploys/{id}/extend', { params, body: { by } })),
    );
  document('export', 'write a recording: everything that the judge saw')
    .option('-o, --output <file>', 'write to this file; default: standard output')
    .option('--json', 'changes nothing: a recording is a line of JSON')
    .action((id: Id, flags: DocumentFlags) =>
      write(id, flags, (api, params) => api.GET('/v1/deploys/{id}/recording', { params, parseAs: 'text' })),
    );
  document('report', 'write the draft of a post-mortem')
    .addOption(new Option('-f, --format <format>', 'Markdown, HTML or JSON').choices(['md', 'html', 'json']).default('md'))
    .option('-o, --output <file>', 'write to this file; default: standard output')
    .option('--json', 'the same as --format json')
    .action((id: Id, flags: ReportFlags) => {
      const query = { format: flags.json === true ? 'json' : flags.format } as const;
      return write(id, flags, (api, { path }) => api.GET('/v1/deploys/{id}/report', { params: { path, query }, parseAs: 'text' }));
    });

  program
    .command('freeze')
    .description('stop automatic rollbacks; a bad deploy pages people instead')
    .option('-s, --service <name>', 'one service; default: all services')
    .requiredOption('--why <text>', 'the reason; shown to people whose rollback is held')
    .option('--until <time>', 'when the freeze ends by itself, such as 2026-12-01T08:00:00Z; default: when it is lifted')
    .option('--for <duration>', 'instead of --until: how long the freeze holds, such as 2h')
    .option('--force', 'also a service of which no deploy was ever registered')
    .option('--json', 'print all freezes as JSON')
    .action(async ({ service, why, until, for: length, force = false, json }: SetFreezeFlags) => {
      if (service !== undefined && !force) await assertKnown(client(), { service });
      const set = { frozen: true, why, ...given({ service, until, for: length }) } as const;
      const answer = await answerOf(client().PUT('/v1/freeze', { body: set }));
      if (json === true) return sayJson(io, answer);
      say(io, `frozen: ${service ?? 'all services'}${freezeEnd(answer.freezes.find((one) => one.service === (service ?? null)))}`);
    });
  program
    .command('unfreeze')
    .description('allow automatic rollbacks again')
    .option('-s, --service <name>', 'lift the freeze of one service; default: the freeze of all services')
    .option('--json', 'print the freezes that are left as JSON')
    .action(async ({ service, json }: FreezeFlags) => {
      const answer = await answerOf(client().PUT('/v1/freeze', { body: { frozen: false, ...given({ service }) } }));
      // A server of an older version answers without `changed`, or refuses.
      const { changed = true } = answer;
      if (!changed && service !== undefined) await assertKnown(client(), { service });
      if (json === true) sayJson(io, answer);
      else say(io, `${changed ? 'no longer frozen' : 'there was no such freeze'}: ${service ?? 'all services'}`);
    });
}

function markOf({ falseAlarm = false, elsewhere = false }: MarkFlags): VerdictMarkKind {
  if (falseAlarm === elsewhere) throw new AppError('invalid', 'say what the verdict is: --false-alarm or --elsewhere');
  return falseAlarm ? 'false_alarm' : 'elsewhere';
}
