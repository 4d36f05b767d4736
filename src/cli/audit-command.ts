import type { Command } from 'commander';
import type { ApiSchemas } from '../client/index.ts';
import { AppError } from '../core/base/errors.ts';
import { visibleText } from '../core/base/visible-text.ts';
import { answerOf, given } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { say, sayJson } from './io.ts';
import { writeText } from './write-new.ts';

type FilterFlags = {
  readonly service?: string;
  readonly environment?: string;
  readonly verb?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly until?: string;
};
type ListFlags = FilterFlags & { readonly limit: string; readonly json?: boolean };

const maxPage = 200;
/** A trail of a million rows takes seconds to check or to send; a slow machine needs more. */
const longMs = 600_000;

/** Adds `audit list` (also as `audit`), `audit export` and `audit verify`. */
export function addAuditCommand(program: Command, { io, done, client }: CliDeps): void {
  const audit = program.command('audit').description('show, export or verify the audit trail: who did what');
  const withFilters = (command: Command) =>
    command
      .option('-s, --service <name>', 'only this service')
      .option('-e, --environment <name>', 'only this environment')
      .option('--verb <verb>', 'only this verb, such as freeze')
      .option('--actor <name>', 'only this token or person')
      .option('--since <when>', 'only what happened then or later: an instant, or a duration such as 7d')
      .option('--until <when>', 'only what happened before: an instant, or a duration');
  withFilters(audit.command('list', { isDefault: true }).description('the newest rows'))
    .option('--limit <number>', 'how many rows', '50')
    .option('--json', 'as lines of JSON')
    .action(async ({ limit, json = false, ...filters }: ListFlags) => {
      if (!/^[1-9]\d{0,5}$/.test(limit)) throw new AppError('invalid', `--limit: ${limit} is not a number of rows, such as 50`);
      let left = Number(limit);
      let next: number | null = null;
      do {
        const query = { ...filters, limit: Math.min(left, maxPage), ...(next !== null && { cursor: next }) };
        const page: ApiSchemas['AuditPage'] = await answerOf(client().GET('/v1/audit', { params: { query } }));
        for (const row of page.rows) json ? sayJson(io, row) : say(io, lineOf(row));
        left -= page.rows.length;
        next = page.next;
      } while (next !== null && left > 0);
    });
  withFilters(audit.command('export').description('all rows as lines of JSON, oldest first'))
    .option('-o, --output <file>', 'write to this file; default: standard output')
    .option('--json', 'changes nothing: the rows are lines of JSON')
    .action(async ({ output, ...filters }: FilterFlags & { output?: string }) => {
      const text = await answerOf(
        client()
          .within(longMs)
          .GET('/v1/audit/export', { params: { query: filters }, parseAs: 'text' }),
      );
      if (output === undefined) io.out.write(io.isTerminal ? visibleText(text) : text);
      else await writeText(output, text);
    });
  audit
    .command('verify')
    .description('compute the hash of every row again; exit code 1 where a row was changed, removed or added')
    .option('--noted <seq:hash>', 'a row that was noted earlier, as this command prints it, must still be there')
    .option('--json', 'print the result as JSON')
    .action(async ({ noted, json }: { noted?: string; json?: boolean }) => done(await verify(noted, json)));

  async function verify(noted: string | undefined, json = false): Promise<number> {
    const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(noted ?? '') ?? [];
    if (noted !== undefined && seq === undefined)
      throw new AppError('invalid', '--noted: must be a number, a colon and 64 hexadecimal digits');
    const query = { ...(seq !== undefined && { seq: Number(seq) }), ...given({ hash }) };
    const result = await answerOf(client().within(longMs).GET('/v1/audit/verify', { params: { query } }));
    const { ok, rows, first, head, fault } = result;
    if (json) {
      sayJson(io, result);
      return ok ? 0 : 1;
    }
    if (fault !== null) say(io, `broken at row ${fault.seq}: ${fault.why}`);
    if (head === null) say(io, 'no rows');
    else if (ok) {
      say(io, `whole: ${rows} rows, ${first} to ${head.seq}`);
      say(io, `newest row: ${head.seq}:${head.hash}`);
    }
    return ok ? 0 : 1;
  }
}

function lineOf({ at, actor, verb, service, environment, outcome, count, detail, address }: ApiSchemas['AuditRow']): string {
  const place = service === null ? '' : ` ${service}${environment === null ? '' : ` (${environment})`}`;
  const times = count > 1 ? ` ${count} times` : '';
  const end = outcome === 'done' ? '' : `, ${outcome}${times}`;
  return `${at}  ${actor.name} (${actor.kind}${address === null ? '' : `, ${address}`})  ${verb}${place}${end}${detail === '' ? '' : `: ${detail}`}`;
}
