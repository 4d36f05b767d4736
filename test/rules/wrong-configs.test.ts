import { expect, test } from 'vitest';
import { wrongWithConfig } from './config-build.ts';

const secret = 'a-secret-of-many-characters';

const rows = [
  {
    name: 'an unknown key',
    text: 'sever: {}',
    says: [
      '2:1 sever: is not a known key (did you mean `server`? known: config, server, database, data_dir, drain, tokens, pipelines, sign_in, providers, hooks, traffic, notifiers, rules, policy)',
    ],
  },
  {
    name: 'an address without a port',
    text: 'server: { listen: localhost }',
    says: ['2:19 server.listen: must be HOST:PORT, such as 127.0.0.1:8700'],
  },
  {
    name: 'a port that is none',
    text: 'server: { listen: localhost:99999 }',
    says: ['2:19 server.listen: 99999 is not a port (write 1 to 65535)'],
  },
  {
    name: 'an end of a token that is no time, and one that is no day',
    text: `tokens:\n  - { name: a, hash: "sha256:${'ab'.repeat(32)}", verbs: [read], expires: soon }\n  - { name: b, hash: "sha256:${'cd'.repeat(32)}", verbs: [read], expires: 2027-02-30 }`,
    says: [
      '3:121 tokens[0].expires: must be a day, such as 2027-01-31, or an instant, such as 2027-01-31T12:00:00Z',
      '4:121 tokens[1].expires: is no day of the calendar',
    ],
  },
  {
    name: 'every address without tokens',
    text: 'server: { listen: 0.0.0.0:8700 }',
    says: [
      '2:19 server.listen: without tokens the server may listen only on loopback (add `tokens:` or `sign_in:`, or listen on 127.0.0.1)',
    ],
  },
  {
    name: 'a name that is not this machine, without tokens',
    text: 'server: { listen: bake.example.com:80 }',
    says: [
      '2:19 server.listen: without tokens the server may listen only on loopback (add `tokens:` or `sign_in:`, or listen on 127.0.0.1)',
    ],
  },
  {
    name: 'every address of IPv6 without tokens',
    text: "server: { listen: '[::]:80' }",
    says: [
      '2:19 server.listen: without tokens the server may listen only on loopback (add `tokens:` or `sign_in:`, or listen on 127.0.0.1)',
    ],
  },
  {
    name: 'an empty list of tokens for every address',
    text: 'server: { listen: 0.0.0.0:80 }\ntokens: []',
    says: [
      '2:19 server.listen: without tokens the server may listen only on loopback (add `tokens:` or `sign_in:`, or listen on 127.0.0.1)',
    ],
  },
  {
    name: 'a public address that is none',
    text: 'server: { public_url: bake.example.com }',
    says: ['2:23 server.public_url: must be a URL, such as https://example.com'],
  },
  {
    name: 'a public address of another kind',
    text: 'server: { public_url: ftp://bake.example.com }',
    says: ['2:23 server.public_url: must be a URL, such as https://example.com'],
  },
  {
    name: 'a proxy without an address',
    text: 'server: { trusted_proxies: [proxy.example.com, 10.0.0.0/99] }',
    says: [
      '2:29 server.trusted_proxies[0]: must be an IP address, or a network such as 10.0.0.0/8',
      '2:48 server.trusted_proxies[1]: must be an IP address, or a network such as 10.0.0.0/8',
    ],
  },
  {
    name: 'another database',
    text: 'database: { url: mysql://db }',
    says: ['2:18 database.url: must be a PostgreSQL URL, such as postgres://user@host/name'],
  },
  {
    name: 'a database that is a text',
    text: 'database: postgres://db',
    says: ['2:11 database: must be a map, not a text (known: url, compact, retention, past_retention, deploy_retention, audit_retention)'],
  },
  {
    name: 'measurements that are hardly kept',
    text: 'database: { retention: 1h }',
    says: ['2:24 database.retention: 1h is too short (the minimum is 1d)'],
  },
  {
    name: 'deploys that are hardly kept',
    text: 'database: { past_retention: 1h, deploy_retention: 1d }',
    says: [
      '2:29 database.past_retention: 1h is too short (the minimum is 1d)',
      '2:51 database.deploy_retention: 1d is too short (the minimum is 30d)',
    ],
  },
  {
    name: 'sign-in at an address that everyone on the way can read',
    text: 'server: { listen: 0.0.0.0:80, public_url: "http://bake.example.com" }\nsign_in: { oidc: { issuer: "http://login.example.com", client_id: b } }',
    says: [
      '2:43 server.public_url: must be https where people sign in (put a proxy with TLS in front of the server, and write its address)',
      '3:28 sign_in.oidc.issuer: must be https (secrets and codes go to this address)',
    ],
  },
  {
    name: 'sign-in without an address for people',
    text: 'server: { listen: 0.0.0.0:80 }\nsign_in: {}',
    says: ['3:1 sign_in: needs `server.public_url` (write the https address at which people reach this server)'],
  },
  {
    name: 'sign-in at something that is no URL, without a client',
    text: 'sign_in: { oidc: { issuer: login.example.com } }',
    says: ['2:12 sign_in.oidc.client_id: is required', '2:28 sign_in.oidc.issuer: must be a URL, such as https://example.com'],
  },
  {
    name: 'a scope with a blank',
    text: 'sign_in: { oidc: { issuer: "https://a.example", client_id: b, scopes: [openid groups] } }',
    says: ['2:72 sign_in.oidc.scopes[0]: must be one scope, without blanks'],
  },
  {
    name: 'roles for nobody, for two at once, of an unknown kind, and for an address that is not one',
    text: 'sign_in: { roles: [{ role: viewer }, { group: a, email: a@b, role: viewer }, { group: a, role: root }, { email: anna, role: admin }] }',
    says: [
      '2:20 sign_in.roles[0]: says nobody (write one of `group`, `email`, `subject`, `everyone`)',
      '2:38 sign_in.roles[1]: has both `group` and `email` (write one entry for each)',
      '2:96 sign_in.roles[2].role: must be one of viewer, deployer, operator, admin',
      '2:113 sign_in.roles[3].email: must be an address, or *@ and a domain',
    ],
  },
  {
    name: 'roles by name',
    text: 'sign_in: { roles: { sre: admin } }',
    says: ['2:19 sign_in.roles: must be a list (begin each role with a dash)'],
  },
  {
    name: 'an admin of one service',
    text: 'sign_in: { roles: [{ group: a, role: admin, services: [shop] }] }',
    says: ['2:20 sign_in.roles[0]: `admin` holds everywhere (leave out `services` and `environments`, or write `operator`)'],
  },
  {
    name: 'sessions that idle for longer than they last',
    text: 'sign_in: { session: { idle: 2h, max: 1h } }',
    says: ['2:29 sign_in.session.idle: "2h" does not fit: `idle` is longer than `max` (make `idle` at most `max`)'],
  },
  {
    name: 'pipelines that anybody could have, that anybody could sign, and that cannot be told apart',
    text: `pipelines:
  - { name: a, issuer: "https://gitlab.com", audience: b, claims: { environment: production, runner_id: 4 } }
  - { name: a, issuer: "http://git.example.com", audience: b, claims: { project_id: 22 }, verbs: [admin] }
  - { name: b, issuer: "https://gitlab.com", claims: { project_id: { is: 22 } }, max_age: 2d }
  - { name: c, issuer: gitlab, audience: b }`,
    says: [
      '3:67 pipelines[0].claims: does not say whose pipeline it is, so that every pipeline of the issuer would match (add `repository_id` (GitHub), `project_id` (GitLab) or `sub`)',
      '4:13 pipelines[1].name: two pipelines are named "a"',
      '4:24 pipelines[1].issuer: must be https (the keys that sign the tokens come from there)',
      '4:99 pipelines[1].verbs[0]: must be one of register, read, operate, alert',
      '5:5 pipelines[2]: needs `audience` (or write `server.public_url`, which is the default)',
      '5:68 pipelines[2].claims.project_id: must be a text or a number or a list, not a map',
      '5:91 pipelines[2].max_age: 2d is too long (write 1m to 1d)',
      '6:5 pipelines[3].claims: is required',
      '6:24 pipelines[3].issuer: must be a URL, such as https://example.com',
    ],
  },
  {
    name: 'pipelines by name',
    text: 'pipelines: { shop: gitlab }',
    says: ['2:12 pipelines: must be a list (begin each pipeline with a dash)'],
  },
  { name: 'tokens by name', text: 'tokens: { ci: abc }', says: ['2:9 tokens: must be a list (begin each token with a dash)'] },
  {
    name: 'a short token',
    text: 'tokens: [{ name: ci, token: short, verbs: [read] }]',
    says: ['2:29 tokens[0].token: must have at least 16 characters'],
  },
  {
    name: 'a token without a secret',
    text: 'tokens: [{ name: ci, verbs: [read] }]',
    says: [`2:10 tokens[0]: needs \`token\` or \`hash\` (write \`token: \${NAME}\` to take it from the environment)`],
  },
  {
    name: 'a token with two secrets',
    text: `tokens: [{ name: ci, token: ${secret}, hash: 'sha256:${'ab'.repeat(32)}', verbs: [read] }]`,
    says: ['2:10 tokens[0]: has both `token` and `hash` (keep one of them)'],
  },
  {
    name: 'a hash of another kind',
    text: 'tokens: [{ name: ci, hash: md5:abc, verbs: [read] }]',
    says: ['2:28 tokens[0].hash: must be sha256: and 64 hexadecimal digits'],
  },
  {
    name: 'a token that may do nothing',
    text: `tokens: [{ name: ci, token: ${secret}, verbs: [] }]`,
    says: ['2:65 tokens[0].verbs: must have at least one entry'],
  },
  {
    name: 'a token that may do something unknown',
    text: `tokens: [{ name: ci, token: ${secret}, verbs: [write] }]`,
    says: ['2:66 tokens[0].verbs[0]: must be one of register, read, operate, alert, admin'],
  },
  { name: 'a token without a name', text: `tokens: [{ token: ${secret}, verbs: [read] }]`, says: ['2:10 tokens[0].name: is required'] },
  {
    name: 'a token for no service',
    text: `tokens: [{ name: ci, token: ${secret}, verbs: [read], services: [] }]`,
    says: ['2:83 tokens[0].services: must have at least one entry'],
  },
  {
    name: 'a token for a pattern of services',
    text: `tokens: [{ name: ci, token: ${secret}, verbs: [read], services: [shop-*] }]`,
    says: [
      '2:84 tokens[0].services[0]: "shop-*" must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -',
    ],
  },
  {
    name: 'two tokens of one name',
    text: `tokens:\n  - { name: ci, token: ${secret}, verbs: [read] }\n  - { name: ci, token: other-${secret}, verbs: [read] }`,
    says: ['4:13 tokens[1].name: two tokens are named "ci"'],
  },
  {
    name: 'two tokens of one secret',
    text: `tokens:\n  - { name: ci, token: ${secret}, verbs: [read] }\n  - { name: me, token: ${secret}, verbs: [read] }`,
    says: ['4:5 tokens[1]: has the same secret as "ci" (give each token its own secret, so that the audit log shows who did what)'],
  },
  { name: 'a provider without a type', text: 'providers: { prom: { url: http://p } }', says: ['2:14 providers.prom.type: is required'] },
  {
    name: 'a provider of an unknown type',
    text: 'providers: { prom: { type: promethus, url: http://p } }',
    says: ['2:28 providers.prom.type: "promethus" is not a known type (did you mean `prometheus`? known: prometheus)'],
  },
  { name: 'a provider that is a text', text: 'providers: { prom: http://p }', says: ['2:20 providers.prom: must be a map, not a text'] },
  {
    name: 'a provider with a bad name',
    text: 'providers: { "my prom": { type: prometheus, url: http://p } }',
    says: [
      '2:14 providers["my prom"]: "my prom" must start with a letter or digit, and may contain only letters, digits and . _ + @ : / = ~ -',
    ],
  },
  {
    name: 'a provider without an address',
    text: 'providers: { prom: { type: prometheus } }',
    says: ['2:14 providers.prom.url: is required'],
  },
  {
    name: 'a provider with a mistyped option',
    text: 'providers: { prom: { type: prometheus, url: http://p, timout: 5s } }',
    says: ['2:55 providers.prom.timout: is not a known key (did you mean `timeout`? known: url, bearer, timeout, port)'],
  },
  {
    name: 'a provider with a wrong duration',
    text: 'providers: { prom: { type: prometheus, url: http://p, timeout: 5x } }',
    says: ['2:64 providers.prom.timeout: "5x" is not a duration; write a number and a unit, such as 30s, 15m, 1h30m or 7d'],
  },
  {
    name: 'a provider with a duration without a unit',
    text: 'providers: { prom: { type: prometheus, url: http://p, timeout: 10 } }',
    says: ['2:64 providers.prom.timeout: 10 is not a duration; add a unit, such as 10s or 10m'],
  },
  {
    name: 'a hook whose command is one text',
    text: 'hooks: { shop: { type: shell, argv: ./switch } }',
    says: ['2:37 hooks.shop.argv: must be a list, not a text (write it as a list, such as [one, two])'],
  },
  {
    name: 'a provider with a number for a text',
    text: 'providers: { prom: { type: prometheus, url: 9090 } }',
    says: ['2:45 providers.prom.url: must be a text, not a number (put it in quotes)'],
  },
  {
    name: 'a hook without a command',
    text: 'hooks: { shop: { type: shell, argv: [] } }',
    says: ['2:37 hooks.shop.argv: must have at least one entry'],
  },
  {
    name: 'a notifier where there is no plug-in',
    text: 'notifiers: { team: { type: slack } }',
    says: ['2:28 notifiers.team.type: "slack" is not a known type (known: chat, pager)'],
  },
  {
    name: 'rules in any folder',
    text: 'rules: teams/*/rules.yaml',
    says: [
      '2:8 rules: "teams/*/rules.yaml" has a `*` in the name of a folder (a `*` works only in file names: write one entry per folder)',
    ],
  },
  {
    name: 'rules that are a map',
    text: 'rules: { shop: shop.yaml }',
    says: ['2:8 rules: must be a text, not a map (put a text that begins with { in quotes)'],
  },
  {
    name: 'a policy that is no duration',
    text: 'policy: { approval: 60, blind_after: 1s }',
    says: [
      '2:21 policy.approval: 60 is not a duration (add a unit, such as 60s or 60m)',
      '2:38 policy.blind_after: 1s is too short (write 10s to 1d)',
    ],
  },
  {
    name: 'a mistyped policy',
    text: 'policy: { observe: true }',
    says: [
      '2:11 policy.observe: is not a known key (known: observe_only, approval, finish, rollback_timeout, blind_after, rollback_budget, next_known_good, drill, shared_cause)',
    ],
  },
] as const;

test.for(rows)('says what is wrong with $name', ({ text, says }) => {
  expect(wrongWithConfig(text)).toEqual(says);
});
