import { describe, expect, test } from 'vitest';
import { plugins as realPlugins } from '../../src/app/plugins.ts';
import { checkFiles } from '../../src/rules/check-files.ts';
import { databaseRisk } from '../../src/rules/config-risks.ts';
import { filesOf } from './build.ts';

const strong = '5f0c1d9a7be24386a1f0';

function warningsOf(text: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const files = filesOf({ 'b.yaml': `config: 1\n${text}\n` });
  const { lines, notes } = checkFiles(['b.yaml'], { env, ...files, plugins: realPlugins });
  expect(lines).toEqual([]);
  return notes;
}

const token = `tokens: [{ name: ci, token: ${strong}, verbs: [register] }]`;

describe('what a config allows, and is not safe', () => {
  test.for<readonly [string, string, readonly string[]]>([
    [
      'a bearer token over plain HTTP',
      `providers: { prom: { type: prometheus, url: "http://prom.example.com:9090/x", bearer: ${strong} } }`,
      ['providers.prom.url: warning: this is plain HTTP to prom.example.com:9090: `bearer` can be read on the way (use an https address)'],
    ],
    ['a server that asks for no credential', 'providers: { prom: { type: prometheus, url: "http://prom.example.com" } }', []],
    ['a bearer token over TLS', `providers: { prom: { type: prometheus, url: "https://prom.example.com", bearer: ${strong} } }`, []],
    ['a bearer token on this machine', `providers: { prom: { type: prometheus, url: "http://[::1]:9090", bearer: ${strong} } }`, []],
    [
      'an OAuth2 server over plain HTTP',
      `providers: { prom: { type: prometheus, url: "https://prom.example.com", oauth2: { token_url: "http://login.example.com/t", client_id: a, client_secret: ${strong} } } }`,
      [
        'providers.prom.oauth2.token_url: warning: this is plain HTTP to login.example.com: `client_secret` can be read on the way (use an https address)',
      ],
    ],
    [
      'a webhook that orders rollbacks',
      `hooks: { shop: { type: webhook, url: "http://far.example.com/roll", secret: ${strong} } }`,
      [
        'hooks.shop.url: warning: this is plain HTTP to far.example.com: what is sent, signed with `secret`, can be read on the way (use an https address)',
      ],
    ],
    [
      'a chat whose address is the secret',
      `notifiers: { team: { type: discord, url: "http://discord.example.com/api/webhooks/${strong}" } }`,
      [
        'notifiers.team.url: warning: this is plain HTTP to discord.example.com: the secret in the address can be read on the way (use an https address)',
      ],
    ],
    [
      'a server that other machines reach',
      `server: { listen: "0.0.0.0:8700" }\n${token}`,
      [
        'server.listen: warning: other machines reach 0.0.0.0:8700 over plain HTTP, so that tokens and sessions can be read on the way (give it a certificate with `server.tls`, or put a proxy with TLS in front and give `server.public_url` its https address)',
      ],
    ],
    ['a server behind a proxy', `server: { listen: "0.0.0.0:8700", public_url: "https://bakewatch.example.com" }\n${token}`, []],
    [
      'a pipeline by its name',
      'pipelines: [{ name: a, issuer: "https://gitlab.com", audience: b, claims: { project_path: acme/shop, ref: main } }]',
      [
        'pipelines[0].claims: warning: names the pipeline by a name only: who gets this name later, after a rename or a deletion, gets these rights (add `repository_id` (GitHub) or `project_id` (GitLab))',
      ],
    ],
    [
      'a pipeline by a subject without ids',
      'pipelines: [{ name: a, issuer: "https://t.example", audience: b, claims: { sub: ["repo:a@1/b@2:ref:refs/heads/main", "repo:a/b:ref:refs/heads/main"] } }]',
      [
        'pipelines[0].claims: warning: names the pipeline by a name only: who gets this name later, after a rename or a deletion, gets these rights (add `repository_id` (GitHub) or `project_id` (GitLab))',
      ],
    ],
    [
      'a pipeline by a subject with ids',
      'pipelines: [{ name: a, issuer: "https://t.example", audience: b, claims: { sub: "repo:a@1/b@2:ref:refs/heads/main" } }]',
      [],
    ],
    [
      'a token of one letter',
      'tokens: [{ name: ci, token: aaaaaaaaaaaaaaaa, verbs: [register] }]',
      [
        'tokens[0].token: warning: this secret has only 1 different characters, so it is easy to guess (use the output of `openssl rand -hex 32`)',
      ],
    ],
    [
      'a short secret',
      'hooks: { shop: { type: webhook, url: "https://far.example.com/roll", secret: abcdefgh12345678 } }',
      ['hooks.shop.secret: warning: this secret has only 16 characters, which is short (use the output of `openssl rand -hex 32`)'],
    ],
  ])('%s', ([, text, expected]) => {
    expect(warningsOf(text).map((line) => line.replace(/^b\.yaml:\d+:\d+ /, ''))).toEqual(expected);
  });

  test('a value from the environment is named by its place only', () => {
    const text = `notifiers:\n  team: { type: webhook, url: "\${URL}", secret: "\${KEY}" }`;
    const warnings = warningsOf(text, { URL: 'http://hidden.example.com/abc', KEY: 'abababababababababab' });
    expect(warnings).toEqual([
      'b.yaml:3:49 notifiers.team.secret: warning: this secret has only 2 different characters, so it is easy to guess (use the output of `openssl rand -hex 32`)',
      'b.yaml:3:31 notifiers.team.url: warning: this is plain HTTP to another machine: what is sent, signed with `secret`, can be read on the way (use an https address)',
    ]);
  });
});

describe('the connection to a database', () => {
  test.for<readonly [string, string | null]>([
    ['postgres://u:pass@db.example.com/b', 'no `sslmode`: the password'],
    ['postgres://u:pass@db.example.com/b?sslmode=disable', '`sslmode=disable`: the password'],
    ['postgres://u:pass@db.example.com/b?sslmode=prefer', 'an `sslmode` that verifies nothing: the password'],
    ['postgres://u:pass@db.example.com/b?sslmode=require', '`sslmode=require`: the certificate of the server is not verified'],
    ['postgres://u:pass@db.example.com/b?sslmode=verify-full', null],
    ['postgres://u:pass@127.0.0.1/b', null],
    ['postgres://u:pass@[::1]/b', null],
    ['postgres://u:pass@db.example.com/b?host=/run/postgresql', null],
    ['postgres://u:pass@%2Frun%2Fpostgresql/b', null],
  ])('%s', ([url, expected]) => {
    const message = databaseRisk(url)?.message ?? null;
    if (expected === null) expect(message).toBeNull();
    else expect(message).toContain(expected);
    expect(message ?? '').not.toContain('pass@');
  });

  test('is warned of without the URL', () => {
    expect(warningsOf(`database: { url: "\${DB}" }`, { DB: 'postgres://u:pa55w0rd@db.example.com/b' })).toEqual([
      'b.yaml:2:18 database.url: warning: the database is on another machine, and its URL has no `sslmode`: the password and the data can be read on the way (add `sslmode=verify-full`, and `sslrootcert=FILE` for an authority of your own)',
    ]);
  });
});
