import { describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { aCheck, aControlledCheck, aFile, known, wrongWith } from './build.ts';

const context = { damping: { k: 1, n: 1 }, forMs: 900_000, historyMs: 604_800_000, like: [] };

describe('a rule file', () => {
  test('that says only what it must gets the documented defaults', () => {
    expect(parseRules(aFile(''), 'r.yaml', known)).toEqual({
      service: 'shop',
      environment: 'production',
      bake: { forMs: 900_000, everyMs: 15_000, warmupMs: 30_000, extendMs: 900_000 },
      falseAlarms: 0.01,
      baseline: {
        historyMs: 1_209_600_000,
        like: [{ kind: 'before' }, { kind: 'days_ago', days: 1 }, { kind: 'days_ago', days: 7 }],
        timezone: 'UTC',
      },
      control: null,
      checks: [
        {
          name: 'up',
          provider: 'prom',
          question: { kind: 'value', query: 'up' },
          direction: 'down',
          failWhen: [{ analyzer: 'threshold', params: { below: 1 }, damping: { k: 1, n: 1 } }],
          minSamples: 1,
          critical: true,
        },
      ],
      onFailure: 'notify',
      traffic: null,
      rollback: null,
      notify: [],
    });
  });

  test.for([
    { name: 'extend is as long as the bake', more: 'bake: { for: 40m }', part: { bake: { forMs: 2_400_000, extendMs: 2_400_000 } } },
    { name: 'zero needs no unit', more: 'bake: { warmup: 0, extend: 0s }', part: { bake: { warmupMs: 0, extendMs: 0 } } },
    {
      name: 'a shorter history leaves out what lies before it',
      more: 'baseline: { history: 2d }',
      part: { baseline: { like: [{ kind: 'before' }, { kind: 'days_ago', days: 1 }] } },
    },
    {
      name: 'weeks are days',
      more: 'baseline: { history: 14d, like: [2w] }',
      part: { baseline: { like: [{ kind: 'days_ago', days: 14 }] } },
    },
    {
      name: 'a hook makes rollback the action',
      more: 'rollback: { hook: deployer }',
      part: { onFailure: 'rollback', rollback: { hook: 'deployer', verifyMs: 300_000 } },
    },
    {
      name: 'a hook may be there for people alone',
      more: 'on_failure: notify\nrollback: { hook: deployer, verify: 2m }',
      part: { onFailure: 'notify', rollback: { hook: 'deployer', verifyMs: 120_000 } },
    },
    { name: 'how often a healthy bake may fail', more: 'bake: { false_alarms: 0.1% }', part: { falseAlarms: 0.001 } },
    { name: 'one notifier needs no list', more: 'notify: team', part: { notify: ['team'] } },
    { name: 'anchors and aliases are followed', more: 'notify: &n [team]\nbake: &b {}\nbaseline: *b', part: { notify: ['team'] } },
  ])('$name', ({ more, part }) => {
    expect(parseRules(aFile(more), 'r.yaml', known)).toMatchObject(part);
  });

  test('the names of instances are taken on trust where the config is not known', () => {
    expect(wrongWith(aFile('notify: [nobody]\nrollback: { hook: none }'), null)).toEqual([]);
  });

  test('is plain JSON once it is parsed', () => {
    const ruleSet = parseRules(aControlledCheck('rate: orders_total\nexposure: visits_total\nfail_when: { below: 3 }'), 'r.yaml', known);
    expect(JSON.parse(JSON.stringify(ruleSet))).toEqual(ruleSet);
  });
});

describe('what a check asks', () => {
  test.for([
    {
      name: 'selectors of a ratio',
      body: 'ratio: { bad: "a{c=~\\"5..$\\"}", total: a }\nfail_when: { above: 1% }',
      part: { question: { kind: 'ratio', bad: { selector: 'a{c=~"5..$"}' }, total: { selector: 'a' } }, minSamples: 20 },
    },
    {
      name: 'a query in the place of a selector',
      body: 'rate: { query: "sum(a[$step])" }\nfail_when: { above: 1 }',
      part: { question: { kind: 'rate', count: { query: 'sum(a[$step])' } }, minSamples: 1 },
    },
    {
      name: 'a rate with its exposure',
      body: 'rate: a\nexposure: b\nfail_when: { above: 1 }',
      part: { question: { kind: 'rate', count: { selector: 'a' }, exposure: { selector: 'b' } } },
    },
    {
      name: 'buckets of a latency',
      body: 'latency: a_bucket\nfail_when: { slower_than: 1s, for_more_than: 0 }',
      part: { question: { kind: 'latency', buckets: { selector: 'a_bucket' } }, minSamples: 20, direction: 'up' },
    },
    {
      name: 'a value, written as a query',
      body: 'value: { query: up }\nfail_when: { below: 1 }',
      part: { question: { kind: 'value', query: 'up' } },
    },
    {
      name: 'an advisory check with its own direction',
      body: 'value: up\ncritical: false\nmin_samples: 4\ndirection: both\nfail_when: { below: 1 }',
      part: { critical: false, minSamples: 4, direction: 'both' },
    },
  ])('$name', ({ body, part }) => {
    expect(parseRules(aCheck(body), 'r.yaml', known).checks[0]).toMatchObject(part);
  });
});

describe('fail_when', () => {
  test.for([
    { name: 'a percentage', kind: 'ratio', when: '{ above: 7% }', analyzer: 'threshold', params: { above: 0.07 } },
    { name: 'a share', kind: 'ratio', when: '{ above: 0.07 }', analyzer: 'threshold', params: { above: 0.07 } },
    { name: 'both bounds', kind: 'value', when: '{ above: 9.5, below: -2 }', analyzer: 'threshold', params: { above: 9.5, below: -2 } },
    {
      name: 'slowness',
      kind: 'latency',
      when: '{ slower_than: 1.5s, for_more_than: 0.5% }',
      analyzer: 'threshold',
      params: { slower_than: 1500, for_more_than: 0.005 },
    },
    {
      name: 'more than just before',
      kind: 'rate',
      when: '{ relative: { to: before, more_than: 200% } }',
      analyzer: 'relative',
      params: { to: { kind: 'before' }, more_than: 2 },
    },
    {
      name: 'less than a week ago',
      kind: 'value',
      when: '{ relative: { to: 7d, less_than: 20% } }',
      analyzer: 'relative',
      params: { to: { kind: 'days_ago', days: 7 }, less_than: 0.2 },
    },
    {
      name: 'slower than the control',
      kind: 'latency',
      when: '{ relative: { to: control, more_than: 0.5, slower_than: 300ms } }',
      analyzer: 'relative',
      params: { to: { kind: 'control' }, more_than: 0.5, slower_than: 300 },
    },
    { name: 'regression as a bare word', kind: 'rate', when: 'regression', analyzer: 'regression', params: {} },
    { name: 'regression as a bare word in a list', kind: 'latency', when: '[regression]', analyzer: 'regression', params: {} },
    { name: 'regression with nothing to say', kind: 'value', when: '{ regression: {} }', analyzer: 'regression', params: {} },
    {
      name: 'regression with its tolerance and direction',
      kind: 'ratio',
      when: '{ regression: { tolerance: 150%, direction: both } }',
      analyzer: 'regression',
      params: { tolerance: 1.5, direction: 'both' },
    },
    { name: 'drop as a bare word', kind: 'rate', when: 'drop', analyzer: 'regression', params: { direction: 'down' } },
    {
      name: 'drop with its tolerance',
      kind: 'rate',
      when: '{ drop: { tolerance: 10% } }',
      analyzer: 'regression',
      params: { tolerance: 0.1, direction: 'down' },
    },
    { name: 'anomaly as a bare word', kind: 'value', when: '[anomaly]', analyzer: 'anomaly', params: {} },
    {
      name: 'anomaly with its parameters',
      kind: 'latency',
      when: '{ anomaly: { sensitivity: 3.5, direction: up, slower_than: 300ms } }',
      analyzer: 'anomaly',
      params: { sensitivity: 3.5, direction: 'up', slower_than: 300 },
    },
    { name: 'trend as a bare word', kind: 'value', when: 'trend', analyzer: 'trend', params: {} },
    {
      name: 'trend with its tolerance',
      kind: 'rate',
      when: '{ trend: { tolerance: 20%, direction: up } }',
      analyzer: 'trend',
      params: { tolerance: 0.2, direction: 'up' },
    },
    { name: 'mann_whitney as a bare word', kind: 'ratio', when: 'mann_whitney', analyzer: 'mann_whitney', params: {} },
    {
      name: 'mann_whitney with how it compares',
      kind: 'rate',
      when: '{ mann_whitney: { to: 1d, tolerance: 10%, confidence: 95%, interval: 5m, nan_strategy: replace, direction: down } }',
      analyzer: 'mann_whitney',
      params: {
        to: { kind: 'days_ago', days: 1 },
        tolerance: 0.1,
        confidence: 0.95,
        interval: 300_000,
        nan_strategy: 'replace',
        direction: 'down',
      },
    },
    {
      name: 'mann_whitney with its effect size',
      kind: 'latency',
      when: '{ mann_whitney: { to: control, effect_size: cles, allowed_increase: 0.8, allowed_decrease: 0.2, slower_than: 1s } }',
      analyzer: 'mann_whitney',
      params: { to: { kind: 'control' }, effect_size: 'cles', allowed_increase: 0.8, allowed_decrease: 0.2, slower_than: 1000 },
    },
  ])('$name becomes parameters that its analyzer takes', ({ kind, when, analyzer, params }) => {
    const asked = { ratio: 'ratio: { bad: a, total: b }', rate: 'rate: a', latency: 'latency: a', value: 'value: a{$matchers}' }[kind];
    const [check] = parseRules(aControlledCheck(`${asked}\nfail_when: ${when}`), 'r.yaml', known).checks;
    expect(check?.failWhen).toEqual([{ analyzer, params, damping: expect.anything() }]);
    expect(() => analyzers.get(analyzer)?.bind(params, context)).not.toThrow();
  });

  test.for([
    { when: '{ above: 1 }', direction: 'up' },
    { when: '{ below: 1 }', direction: 'down' },
    { when: '[{ below: 1 }, { above: 5 }]', direction: 'both' },
    { when: '{ relative: { to: before, less_than: 20% } }', direction: 'down' },
    { when: '[regression, { above: 1 }]', direction: 'up' },
    { when: '{ regression: { direction: down } }', direction: 'down' },
    { when: 'drop', direction: 'down' },
    { when: '[drop, { regression: { direction: up } }]', direction: 'both' },
    { when: '{ anomaly: { direction: up } }', direction: 'up' },
    { when: '{ mann_whitney: { direction: down } }', direction: 'down' },
    { when: 'mann_whitney', direction: 'both' },
    { when: '{ trend: { direction: down } }', direction: 'down' },
  ])('$when makes $direction worse', ({ when, direction }) => {
    expect(parseRules(aCheck(`value: a\nfail_when: ${when}`), 'r.yaml', known).checks[0]?.direction).toBe(direction);
  });

  test.for([
    { body: 'ratio: { bad: a, total: b }', direction: 'up' },
    { body: 'latency: a', direction: 'up' },
    { body: 'rate: a', direction: 'both' },
    { body: 'value: a', direction: 'both' },
    { body: 'value: a\ndirection: down', direction: 'down' },
  ])('left out, $body is held against its own past, and $direction is worse', ({ body, direction }) => {
    expect(parseRules(aCheck(body), 'r.yaml', known).checks[0]).toMatchObject({
      direction,
      failWhen: [{ analyzer: 'regression', params: {}, damping: { k: 1, n: 1 } }],
    });
  });

  test.for([
    { when: '{ above: 1 }', damping: { k: 1, n: 1 } },
    { when: 'regression', damping: { k: 1, n: 1 } },
    { when: 'anomaly', damping: { k: 3, n: 4 } },
    { when: '{ anomaly: {} }', damping: { k: 3, n: 4 } },
    { when: '{ anomaly: {}, for: 1 of 1 }', damping: { k: 1, n: 1 } },
  ])('$when is damped $damping.k of $damping.n', ({ when, damping }) => {
    expect(parseRules(aCheck(`value: a\nfail_when: ${when}`), 'r.yaml', known).checks[0]?.failWhen[0]?.damping).toEqual(damping);
  });

  test('the usual damping of an anomaly has room in a short bake', () => {
    const short = aCheck('value: a\nfail_when: anomaly').replace('checks:', 'bake: { for: 30s, every: 15s }\nchecks:');
    expect(parseRules(short, 'r.yaml', known).checks[0]?.failWhen[0]?.damping).toEqual({ k: 2, n: 2 });
  });

  test('damping is kept with its condition', () => {
    const [check] = parseRules(aCheck('value: a\nfail_when: [{ anomaly: {}, for: 2 of 5 }, { below: 0 }]'), 'r.yaml', known).checks;
    expect(check?.failWhen.map(({ damping }) => damping)).toEqual([
      { k: 2, n: 5 },
      { k: 1, n: 1 },
    ]);
  });
});

test('every problem of a file is told at once, in the order of its lines', () => {
  const text = [
    'rules: 2',
    'servce: shop',
    'environment: -x',
    'bake: { for: 15, every: 2h }',
    'checks:',
    '  errors:',
    '    provider: prmo',
    '    ratio: { bad: "a$foo", totl: x }',
    '    latency: x',
    '    fail_when: [{ above: 5, for: 4 of 3 }, regresion]',
    'rollback: { hook: deploy }',
    'notify: [taem]',
  ].join('\n');
  expect(wrongWith(text).map((line) => line.replace(/:? .*/, '').concat(line.replace(/^\S+ (\S+):.*/, ' $1')))).toEqual([
    '1:1 service',
    '1:8 rules',
    '2:1 servce',
    '3:14 environment',
    '4:14 bake.for',
    '4:25 bake.every',
    '7:15 checks.errors.provider',
    '8:5 checks.errors.ratio.total',
    '8:19 checks.errors.ratio.bad',
    '8:28 checks.errors.ratio.totl',
    '9:5 checks.errors.latency',
    '10:34 checks.errors.fail_when[0].for',
    '10:44 checks.errors.fail_when[1]',
    '11:19 rollback.hook',
    '12:10 notify[0]',
  ]);
});
