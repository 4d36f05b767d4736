import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { configOf, wrongWithConfig } from './config-build.ts';

const secret = 'a-secret-of-many-characters';
const sha256 = createHash('sha256').update(secret).digest('hex');

describe('a config', () => {
  test('that says only what it must gets the documented defaults', () => {
    expect(configOf('')).toEqual({
      server: { host: '127.0.0.1', port: 8700, publicUrl: null, trustedProxies: [], tls: null },
      database: {
        url: null,
        isCompact: false,
        keepMs: { pasts: 2_592_000_000, measurements: 7_776_000_000, deploys: 63_072_000_000, audit: 34_560_000_000 },
      },
      dataDir: './bakewatch-data',
      drainMs: 60_000,
      tokens: [],
      pipelines: [],
      signIn: null,
      providers: new Map(),
      hooks: new Map(),
      traffic: new Map(),
      notifiers: new Map(),
      rules: [],
      policy: {
        observeOnly: false,
        approvalMs: 3_600_000,
        finishMs: 3_600_000,
        rollbackMs: 900_000,
        blindAfterMs: 60_000,
        budget: { rollbacks: 3, withinMs: 3_600_000, cooldownMs: 120_000 },
        nextKnownGood: false,
        drill: { everyMs: null, forRealIn: [] },
        sharedCause: { services: 3, withinMs: 600_000 },
      },
    });
  });

  test.for([
    { name: 'an address of IPv6', text: "server: { listen: '[::1]:80' }", part: { server: { host: '::1', port: 80 } } },
    { name: 'a port of its own choosing', text: 'server: { listen: localhost:0 }', part: { server: { host: 'localhost', port: 0 } } },
    {
      name: 'a public address without the last slash',
      text: 'server: { public_url: https://b.example.com/bake/ }',
      part: { server: { publicUrl: 'https://b.example.com/bake' } },
    },
    {
      name: 'proxies',
      text: "server: { trusted_proxies: [10.0.0.0/8, '::1'] }",
      part: { server: { trustedProxies: ['10.0.0.0/8', '::1'] } },
    },
    { name: 'rules beside the config', text: 'rules: rules/*.yaml', part: { rules: ['etc/rules/*.yaml'] } },
    { name: 'rules elsewhere', text: 'rules: [/srv/a.yaml, ../b.yaml]', part: { rules: ['/srv/a.yaml', 'b.yaml'] } },
    {
      name: 'policies',
      text: 'policy: { observe_only: true, approval: 2h }',
      part: { policy: { observeOnly: true, approvalMs: 7_200_000 } },
    },
  ])('may have $name', ({ text, part }) => {
    expect(configOf(text)).toMatchObject(part);
  });

  test('says who signs in and who may do what, with the documented defaults', () => {
    const text = `sign_in:
  oidc: { issuer: https://login.example.com/realms/acme, client_id: bakewatch, client_secret: ${secret} }
  roles:
    - { group: sre, role: operator }
    - { email: '*@example.com', role: viewer, services: [shop], environments: [production] }
    - { everyone: true, role: viewer }`;
    const { signIn } = configOf(text);
    expect(signIn).toEqual({
      oidc: {
        issuer: 'https://login.example.com/realms/acme',
        clientId: 'bakewatch',
        clientSecret: expect.anything(),
        label: 'login.example.com',
        scopes: ['openid', 'profile', 'email'],
        groupsClaim: 'groups',
        trustsEmail: false,
        ca: null,
      },
      roles: [
        { holder: { kind: 'group', value: 'sre' }, role: 'operator', services: [], environments: [] },
        { holder: { kind: 'email', value: '*@example.com' }, role: 'viewer', services: ['shop'], environments: ['production'] },
        { holder: { kind: 'everyone', value: 'true' }, role: 'viewer', services: [], environments: [] },
      ],
      session: { idleMs: 43_200_000, maxMs: 604_800_000 },
      deployPages: 'signed_in',
    });
    expect(signIn?.oidc?.clientSecret?.reveal()).toBe(secret);
    expect(inspect(signIn, { depth: 9 })).not.toContain(secret);
  });

  test('says which pipelines may do what, with the documented defaults', () => {
    const text = `server: { public_url: https://bake.example.com/ }
pipelines:
  - { name: shop, issuer: "https://gitlab.com", claims: { project_id: 22, ref: [main, stable] } }
  - { name: api, issuer: "http://127.0.0.1:80", audience: b, claims: { repository_id: "4" }, verbs: [read], services: [api], max_age: 5m, pull_requests: true }`;
    expect(configOf(text).pipelines).toEqual([
      {
        ...{ name: 'shop', issuer: 'https://gitlab.com', audience: 'https://bake.example.com' },
        claims: new Map([
          ['project_id', ['22']],
          ['ref', ['main', 'stable']],
        ]),
        ...{ grant: { verbs: ['register', 'read'], services: [], environments: [] }, maxAgeMs: 3_600_000, allowsPullRequests: false },
      },
      {
        ...{ name: 'api', issuer: 'http://127.0.0.1:80', audience: 'b', claims: new Map([['repository_id', ['4']]]) },
        ...{ grant: { verbs: ['read'], services: ['api'], environments: [] }, maxAgeMs: 300_000, allowsPullRequests: true },
      },
    ]);
  });

  test('keeps only the hash of a token', () => {
    const given = `tokens:\n  - { name: ci, token: ${secret}, verbs: [register, read, read], services: [shop] }\n  - { name: me, hash: 'sha256:${'AB'.repeat(32)}', verbs: [operate], expires: 2027-01-31 }\n  - { name: at, hash: 'sha256:${'CD'.repeat(32)}', verbs: [admin], expires: '2027-01-31T12:00:00+02:00' }`;
    const config = configOf(given);
    expect(config.tokens).toEqual([
      { name: 'ci', sha256, verbs: ['register', 'read'], services: ['shop'], environments: [], expiresAt: null },
      {
        name: 'me',
        sha256: 'ab'.repeat(32),
        verbs: ['operate'],
        services: [],
        environments: [],
        expiresAt: Date.parse('2027-02-01T00:00:00Z'),
      },
      {
        name: 'at',
        sha256: 'cd'.repeat(32),
        verbs: ['admin'],
        services: [],
        environments: [],
        expiresAt: Date.parse('2027-01-31T10:00:00Z'),
      },
    ]);
    expect(inspect(config, { depth: null })).not.toContain(secret);
  });

  test('binds each instance to the plug-in of its type', () => {
    const { providers, hooks } = configOf(
      'providers: { prom: { type: prometheus, url: http://p:9090 } }\nhooks: { shop: { type: shell, argv: [roll, back] } }',
    );
    expect(providers.get('prom')?.make(null)).toEqual({ url: 'http://p:9090' });
    expect(hooks.get('shop')?.make(null)).toEqual({ url: 'roll back' });
  });

  test('with secrets can be printed without them', () => {
    const config = configOf(
      `database: { url: 'postgres://u:${secret}@db/b' }\nproviders: { prom: { type: prometheus, url: http://p, bearer: ${secret} } }`,
    );
    expect(config.database.url?.reveal()).toBe(`postgres://u:${secret}@db/b`);
    expect(inspect(config, { depth: null })).not.toContain(secret);
    expect(JSON.stringify(config)).not.toContain(secret);
  });
});

describe('what comes from outside', () => {
  test.for([
    { name: 'a variable', text: `data_dir: \${DIR}`, dir: '/data' },
    { name: 'variables inside a longer text', text: `data_dir: /srv/\${NAME}/x\${EMPTY}-\${NAME}`, dir: '/srv/bake/x-bake' },
    { name: 'an escaped reference', text: `data_dir: a$\${DIR}b`, dir: `a\${DIR}b` },
    { name: 'a dollar sign before anything else', text: 'data_dir: $DIR$5', dir: '$DIR$5' },
    { name: 'a file, trimmed', text: 'data_dir: file:/run/dir', dir: '/from/file' },
    { name: 'a file beside the config', text: 'data_dir: file:dir', dir: '/beside' },
    { name: 'a file that a variable names', text: `data_dir: file:\${RUN}/dir`, dir: '/from/file' },
  ])('$name is filled in', ({ text, dir }) => {
    const env = { DIR: '/data', NAME: 'bake', EMPTY: '', RUN: '/run' };
    expect(configOf(text, { env, files: { '/run/dir': ' /from/file\n', 'etc/dir': '/beside' } }).dataDir).toBe(dir);
  });

  test('what was filled in is not read again', () => {
    expect(configOf(`data_dir: \${A}`, { env: { A: `\${B}`, B: 'b' } }).dataDir).toBe(`\${B}`);
  });

  test('an instance gets its secret', () => {
    const text = `providers: { prom: { type: prometheus, url: 'http://\${HOST}:\${PORT}' } }`;
    expect(
      configOf(text, { env: { HOST: 'p', PORT: '9' } })
        .providers.get('prom')
        ?.make(null),
    ).toEqual({ url: 'http://p:9' });
  });

  test.for([
    {
      name: 'an unset variable',
      text: `data_dir: \${NOPE}`,
      says: '2:11 data_dir: the environment variable NOPE is not set (set it where the server is started)',
    },
    {
      name: 'a variable without braces',
      text: `data_dir: $NOPE`,
      says: `2:11 data_dir: $NOPE is not replaced (write \${NOPE} to take it from the environment)`,
    },
    {
      name: 'a variable of every object',
      text: `data_dir: \${toString}`,
      says: '2:11 data_dir: the environment variable toString is not set (set it where the server is started)',
    },
    {
      name: 'a reference that is never closed',
      text: `data_dir: a\${B`,
      says: `2:11 data_dir: \`\${\` has no closing brace (write \${NAME}, or $\${ for a plain \${)`,
    },
    {
      name: 'a reference with a default',
      text: `data_dir: \${A:-b}`,
      says: `2:11 data_dir: the text between \`\${\` and \`}\` is not the name of an environment variable (use letters, digits and _; write $\${ for a plain \${)`,
    },
    {
      name: 'a file that is not there',
      text: 'data_dir: file:/no',
      says: '2:11 data_dir: the file "/no" cannot be read: it does not exist',
    },
  ])('$name is told once, by its name', ({ text, says }) => {
    expect(wrongWithConfig(text)).toEqual([says]);
  });

  test.for([
    { name: 'a token', text: `tokens: [{ name: ci, token: '\${S}', verbs: [read] }]`, value: 'short-secret' },
    { name: 'a database', text: `database: { url: '\${S}' }`, value: 'mysql://user:hunter2@db' },
    { name: 'a listening address', text: `server: { listen: '\${S}' }`, value: 'hunter2hunter2' },
    {
      name: 'a duration of an instance',
      text: `providers: { p: { type: prometheus, url: http://p, timeout: '\${S}' } }`,
      value: 'hunter2-and-more',
    },
    { name: 'a duration of a policy', text: `policy: { approval: '\${S}' }`, value: `${'hunter2'.repeat(20)}` },
    { name: 'a type', text: `hooks: { h: { type: '\${S}' } }`, value: 'hunter2' },
    { name: 'a name', text: `tokens: [{ name: '\${S}', token: ${'x'.repeat(16)}, verbs: [read] }]`, value: '$hunter2$' },
    { name: 'a rule file', text: `rules: '\${S}/x*/y.yaml'`, value: 'hunter2' },
    { name: 'another file', text: `data_dir: 'file:\${S}'`, value: '/run/hunter2' },
    { name: 'one letter', text: `policy: { approval: '\${S}' }`, value: 'h' },
  ])('a value that is refused is never shown: $name', ({ text, value }) => {
    const lines = wrongWithConfig(text, { env: { S: value } });
    expect(lines).not.toEqual([]);
    expect(lines.join('\n')).not.toMatch(/hunter|short-secret|"h"/);
  });
});
