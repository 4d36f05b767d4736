import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { plugins } from '../../src/app/plugins.ts';
import { checkFiles } from '../../src/rules/check-files.ts';
import { runs } from '../support/runs.ts';
import { filesOf } from './build.ts';

const secret = 'S3CR3T-of-the-signatures';
const delivery = {
  when: { severity: 'wait', topics: ['failed', 'recovered'], services: ['shop'], environments: ['production'] },
  quiet: { from: '22:00', to: '07:00', timezone: 'Europe/Istanbul', days: ['mon', 'sun'], except: 'bad' },
  digest: { above: 5, within: '1m' },
  template: { title: '{title} by {by}', text: '{reasons}\n{url}', topics: { failed: { title: '{service}!' } } },
};
const people = [{ slack: 'U0123ANA', name: 'ana', verbs: ['approve', 'mute'], services: ['shop'] }];
const config = {
  config: 1,
  server: { listen: '127.0.0.1:0' },
  tokens: [{ name: 'ci', token: '$' + '{A}', verbs: ['register'], services: ['shop'] }],
  providers: { prom: { type: 'prometheus', url: 'http://127.0.0.1:1' } },
  hooks: { back: { type: 'command', rollback: ['back', '{version}'], current: ['now'] } },
  traffic: { edge: { type: 'command', shift: ['split', '{service}', '{weight}'], weight: ['split', '{service}'] } },
  notifiers: {
    team: { type: 'slack', token: '$' + '{A}', channel: 'C0123TEAM', buttons: { signing_secret: '$' + '{A}', people }, ...delivery },
    hook: { type: 'webhook', url: 'https://hooks.example.com/', secret: '$' + '{A}', when: delivery.when, template: delivery.template },
  },
  policy: { next_known_good: true, approval: '1h', rollback_budget: { rollbacks: 2, within: '1h' } },
  rules: 'rules/*.yaml',
};
const rules = {
  rules: 1,
  service: 'shop',
  environment: 'production',
  bake: { stages: ['5% 10m', '25% 10m', '100% 15m'], every: '15s', warmup: '30s', extend: '20m' },
  traffic: { hook: 'edge' },
  control: { canary: 'version="$version"', stable: 'version="$known_good"' },
  checks: {
    errors: { provider: 'prom', ratio: { bad: 'a{b="c"}', total: 'a' }, fail_when: [{ above: '5%', for: '2 of 3' }, 'regression'] },
  },
  on_failure: 'rollback',
  rollback: { hook: 'back', verify: '5m' },
  notify: ['team', 'hook'],
};

const odd: readonly unknown[] = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    '',
    '\u0000',
    '\ud800',
    '\u001b[2J',
    '{{reasons}}',
    '{constructor}',
    '{',
    '$' + '{A}',
    '$' + '{__proto__}',
  ],
  ...[
    '999999999999d',
    `${'1s'.repeat(2_000)}x`,
    '1e309%',
    '-5%',
    '101%',
    '0% 0s',
    '5%10m',
    '100% 1ms',
    '24:00',
    '99:99',
    'file:/etc/shadow',
    'a'.repeat(5_000),
  ],
  ...['Mars/Phobos', '../../etc/passwd', 'javascript:alert(1)', '**', '\r\nX: 1', '<<'],
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    [[[[]]]],
    { constructor: { prototype: { x: 1 } } },
  ],
  Object.fromEntries([['__proto__', { verbs: ['operate'] }]]),
];

/** The same tree with something odd in it: a value, a key, a list that is too long. */
function mutate(tree: unknown, turns: readonly number[], made: unknown): unknown {
  const [turn = 0, ...rest] = turns;
  const isLeaf = typeof tree !== 'object' || tree === null || Object.keys(tree).length === 0;
  if (isLeaf || turns.length === 0) return made;
  if (Array.isArray(tree))
    return turn % 7 === 0 ? [...tree, made, ...tree] : tree.map((one, i) => (i === turn % tree.length ? mutate(one, rest, made) : one));
  const entries = Object.entries(tree);
  const at = turn % entries.length;
  if (turn % 11 === 0) return Object.fromEntries([...entries, [typeof made === 'string' ? made : JSON.stringify(made), entries[at]?.[1]]]);
  if (turn % 13 === 0) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return Object.fromEntries(entries.map(([key, one], i) => [key, i === at ? mutate(one, rest, made) : one]));
}

const mutation = fc.tuple(
  fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 6 }),
  fc.oneof(fc.constantFrom(...odd), fc.jsonValue({ depthSize: 'small' })),
);

function check(wrongConfig: unknown, wrongRules: unknown) {
  const files = Object.assign(Object.create(null), { 'b.yaml': stringify(wrongConfig), 'rules/shop.yaml': stringify(wrongRules) });
  return checkFiles(['b.yaml'], { env: { A: secret }, ...filesOf(files), plugins });
}

test('what is to be spoilt is right', () => {
  expect(check(config, rules).lines).toEqual([]);
});

test('a changed config or rule file is accepted, or refused with a reason that holds no secret', { timeout: 90_000 }, () => {
  fc.assert(
    fc.property(mutation, mutation, fc.boolean(), ([turns, made], [otherTurns, otherMade], both) => {
      const report = check(mutate(config, turns, made), both ? mutate(rules, otherTurns, otherMade) : rules);
      expect(report.lines.filter((line) => line.includes(secret.slice(0, 8)))).toEqual([]);
      for (const { line, column, message } of report.problems) expect([line > 0, column > 0, message !== '']).toEqual([true, true, true]);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    runs(200),
  );
});
