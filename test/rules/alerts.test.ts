import { describe, expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import type { RulesContext } from '../../src/rules/rules-context.ts';
import { known, wrongWith } from './build.ts';

const context: RulesContext = {
  ...known,
  providers: new Map([
    ...known.providers!,
    ['am', { lintSelector: () => 'no selectors', hasAlerts: true }],
    ['nr', { lintSelector: () => null, hasAlerts: false }],
  ]),
};
const head = 'rules: 1\nservice: shop\nenvironment: production\nchecks:\n  c:\n';
/** A rule file whose check begins at line 6, column 5. */
const aFile = (...lines: readonly string[]): string => `${head}${lines.map((line) => `    ${line}\n`).join('')}`;
const ruleOf = (...lines: readonly string[]) => parseRules(aFile(...lines), 'r.yaml', context).checks[0]!;

describe('an alert in the rules', () => {
  test('asks for labels, and fails on the first tick', () => {
    expect(ruleOf('alert: { provider: am, match: { alertname: HighErrorRate, service: $service } }')).toEqual({
      name: 'c',
      provider: 'am',
      question: { kind: 'value', alert: { alertname: 'HighErrorRate', service: '$service' } },
      direction: 'up',
      failWhen: [{ analyzer: 'alert', params: {}, damping: { k: 1, n: 1 } }],
      minSamples: 1,
      critical: true,
    });
  });

  test('may name its provider as other checks do, be damped, and be advisory', () => {
    const rule = ruleOf('provider: am', 'alert: { match: { alertname: X }, for: 2 of 3 }', 'critical: false');
    expect(rule).toMatchObject({ provider: 'am', failWhen: [{ damping: { k: 2, n: 3 } }], critical: false });
  });

  test.for<readonly [string, readonly string[], readonly string[]]>([
    ['no labels', ['alert: { provider: am, match: {} }'], ['6:30 checks.c.alert.match: must name at least one label']],
    ['no match', ['alert: { provider: am }'], ['6:5 checks.c.alert.match: is required']],
    ['no provider', ['alert: { match: { alertname: X } }'], ['6:5 checks.c.alert.provider: is required']],
    [
      'a provider without alerts',
      ['alert: { provider: nr, match: { alertname: X } }'],
      ['6:24 checks.c.alert.provider: the provider nr knows no alerts'],
    ],
    [
      'an unknown provider',
      ['alert: { provider: ma, match: { alertname: X } }'],
      ['6:24 checks.c.alert.provider: no provider is named "ma"'],
    ],
    [
      'two providers',
      ['provider: am', 'alert: { provider: am, match: { alertname: X } }'],
      ['7:14 checks.c.alert.provider: the check already names its provider'],
    ],
    [
      'an unknown placeholder',
      ['alert: { provider: am, match: { alertname: X, a: $matchers } }'],
      ['6:54 checks.c.alert.match.a: unknown placeholder $matchers'],
    ],
    ['a bad label', ['alert: { provider: am, match: { "a b": X } }'], ['6:32 checks.c.alert.match["a b"]: is not the name of a label']],
    [
      'fail_when',
      ['alert: { provider: am, match: { alertname: X } }', 'fail_when: regression'],
      ['7:5 checks.c.fail_when: does not apply to alerts'],
    ],
    ['by', ['alert: { provider: am, match: { alertname: X } }', 'by: pod'], ['7:5 checks.c.by: does not apply to alerts']],
    [
      'a value too',
      ['alert: { provider: am, match: { alertname: X } }', 'value: up'],
      ['7:5 checks.c.value: a check measures one thing, and this one already has alert'],
    ],
  ])('refuses %s', ([, lines, says]) => {
    const wrong = wrongWith(aFile(...lines), context);
    expect(wrong).toHaveLength(says.length);
    for (const [i, text] of says.entries()) expect(wrong[i]).toContain(text.slice(text.indexOf(' ') + 1));
  });
});
