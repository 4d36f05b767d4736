import type { Command } from 'commander';
import type { ApiSchemas } from '../client/index.ts';
import { AppError } from '../core/base/errors.ts';
import { type TokenVerb, tokenVerbs } from '../core/base/grant.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import { answerOf, given } from './client.ts';
import type { CliDeps } from './deploy-command.ts';
import { note, say, sayJson } from './io.ts';

type NewFlags = {
  readonly may: string;
  readonly services?: string;
  readonly environments?: string;
  readonly expires?: string;
  readonly forConfig?: boolean;
  readonly json?: boolean;
};
type RotateFlags = { readonly overlap?: string; readonly expires?: string; readonly json?: boolean };
type TokenListFlags = { readonly all?: boolean; readonly json?: boolean };

/** Adds `token new`, `list`, `rotate` and `revoke`. A secret goes to standard output alone, so that it can be piped; remarks go to standard error. */
export function addTokenCommands(program: Command, { io, client }: CliDeps): void {
  const token = program.command('token').description('manage the tokens of callers; needs a token that may `admin`');

  token
    .command('new')
    .description('create a token and print its secret, which is shown only once')
    .argument('<name>', 'the name of the caller, as the audit log shows it')
    .requiredOption('--may <verbs>', `what the caller may do, with commas between: ${tokenVerbs.join(', ')}`)
    .option('--services <names>', 'only for these services, with commas between (default: all)')
    .option('--environments <names>', 'only for these environments, with commas between (default: all)')
    .option('--expires <duration>', 'how long it works, such as 90d; or `never`')
    .option('--for-config', 'ask no server: print lines for the config, which hold only the hash of the secret')
    .option('--json', 'print the token and its secret as JSON')
    .action(async (name: string, { may, services, environments, expires, forConfig, json }: NewFlags) => {
      const grant = { verbs: listOf(may) ?? [], services: listOf(services), environments: listOf(environments) };
      if (forConfig) return await printForConfig(name, grant, json);
      if (expires === undefined) throw new AppError('invalid', '--expires is required: a duration such as 90d, or `never`');
      const { verbs: wanted, ...scope } = grant;
      const body = { name, verbs: verbsOf(wanted), expires, ...given(scope) };
      const issued = await answerOf(client().POST('/v1/tokens', { body }));
      print(issued, json);
      if (issued.closes)
        note(io, 'the server needs a token from now on, and so do all others on its database; put this one into BAKEWATCH_TOKEN');
    });

  token
    .command('list')
    .description('list the tokens that you may manage')
    .option('--all', 'also those that have expired or were revoked')
    .option('--json', 'print them as JSON')
    .action(async ({ all, json }: TokenListFlags) => {
      const { tokens } = await answerOf(client().GET('/v1/tokens'));
      const shown = tokens.filter(({ state }) => all || state === 'active');
      if (json) return sayJson(io, { tokens: shown });
      if (shown.length === 0) say(io, 'no tokens');
      for (const one of shown) for (const line of linesOf(one)) say(io, line);
    });

  token
    .command('rotate')
    .description('give a token a new secret and print it')
    .argument('<name>', 'the token')
    .option('--overlap <duration>', 'how long the secret before works as well', '24h')
    .option('--expires <duration>', 'how long the new secret works; `never` (default: as long as the one before)')
    .option('--json', 'print the token and its secret as JSON')
    .action(async (name: string, { json, ...body }: RotateFlags) => {
      const issued = await answerOf(client().POST('/v1/tokens/{name}/rotate', { params: { path: { name } }, body }));
      print(issued, json);
      const until = issued.token.old_secret_expires_at;
      note(io, until === null ? 'the secret before has ended' : `the secret before works until ${until}`);
    });

  token
    .command('revoke')
    .description('end a token on all servers at once')
    .argument('<name>', 'the token')
    .option('--json', 'print the token as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const revoked = await answerOf(client().DELETE('/v1/tokens/{name}', { params: { path: { name } } }));
      if (json) sayJson(io, revoked);
      else say(io, `${name} is revoked`);
    });

  function print(issued: ApiSchemas['IssuedToken'], json: boolean | undefined): void {
    if (json) sayJson(io, issued);
    else say(io, issued.secret);
    for (const line of linesOf(issued.token)) note(io, line);
  }

  async function printForConfig(name: string, { verbs, services, environments }: Wish, json: boolean | undefined): Promise<void> {
    for (const one of [name, ...(services ?? []), ...(environments ?? [])]) {
      const problem = nameProblem(one);
      if (problem !== null) throw new AppError('invalid', `"${one.slice(0, 60)}" ${problem}`);
    }
    const { mintSecret, sha256Of } = await import('../usecases/token-secret.ts');
    const { secret } = mintSecret();
    const token = { name, hash: `sha256:${sha256Of(secret)}`, verbs: verbsOf(verbs), ...given({ services, environments }) };
    if (json) {
      sayJson(io, { secret: secret.reveal(), token });
      return;
    }
    const parts = [`name: ${name}`, `hash: "${token.hash}"`, `verbs: [${token.verbs.join(', ')}]`];
    if (services !== undefined) parts.push(`services: [${services.join(', ')}]`);
    if (environments !== undefined) parts.push(`environments: [${environments.join(', ')}]`);
    say(io, secret.reveal());
    note(io, 'add this to `tokens:` in the config:');
    note(io, `  - { ${parts.join(', ')} }`);
  }
}

/** What is written on the command line. The server checks the names. */
type Wish = {
  readonly verbs: readonly string[];
  readonly services: string[] | undefined;
  readonly environments: string[] | undefined;
};

function verbsOf(words: readonly string[]): TokenVerb[] {
  const verbs = tokenVerbs.filter((verb) => words.includes(verb));
  if (verbs.length === 0 || words.some((word) => !tokenVerbs.some((verb) => verb === word)))
    throw new AppError('invalid', `--may takes ${tokenVerbs.join(', ')}`);
  return verbs;
}

function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function linesOf(token: ApiSchemas['Token']): readonly string[] {
  const { name, state, verbs, services, environments } = token;
  const where = `${services.length === 0 ? 'all services' : services.join(', ')} in ${environments.length === 0 ? 'all environments' : environments.join(', ')}`;
  const end = state === 'revoked' ? `revoked ${token.revoked_at} by ${token.revoked_by}` : endOf(token);
  const old = token.old_secret_expires_at;
  const oldUse = token.old_secret_last_used_at === null ? 'was never used' : `was last used ${token.old_secret_last_used_at}`;
  return [
    `${name}: ${verbs.join(', ')} for ${where}; ${end}`,
    token.source === 'config'
      ? '  in the config'
      : `  created ${token.created_at} by ${token.created_by}; ${token.last_used_at === null ? 'not used yet' : `last used ${token.last_used_at}`}`,
    ...(old === null ? [] : [`  the secret before works until ${old}; it ${oldUse}`]),
  ];
}

function endOf({ state, expires_at }: ApiSchemas['Token']): string {
  if (expires_at === null) return 'without an end';
  return `${state === 'expired' ? 'expired' : 'expires'} ${expires_at}`;
}
