import { describe, expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { known, wrongWith } from './build.ts';

const provider = [...known.providers!.keys()][0]!;
const head = `rules: 1\nservice: shop\nenvironment: production\nchecks:\n  c:\n    provider: ${provider}\n`;
const aFile = (...lines: readonly string[]): string => `${head}${lines.map((line) => `    ${line}\n`).join('')}`;
const sources = "ratio: { bad: { query: 'bad' }, total: { query: 'total' } }";

describe('an objective in the rules', () => {
  test('is a ratio that is judged by its burn rate', () => {
    const [rule] = parseRules(aFile(`slo: { objective: 99.9%, window: 28d, ${sources} }`), 'r.yaml', known).checks;
    expect(rule).toEqual({
      name: 'c',
      provider,
      question: { kind: 'ratio', bad: { query: 'bad' }, total: { query: 'total' } },
      direction: 'up',
      failWhen: [{ analyzer: 'burn_rate', params: { objective: 0.999, window: 28 * 86_400_000 }, damping: { k: 1, n: 1 } }],
      minSamples: 20,
      critical: true,
    });
  });

  test('has a window of 30 days if it names no other', () => {
    const [rule] = parseRules(aFile(`slo: { objective: 0.995, ${sources} }`), 'r.yaml', known).checks;
    expect(rule?.failWhen[0]?.params).toEqual({ objective: 0.995, window: 30 * 86_400_000 });
  });

  test.for<readonly [string, readonly string[], string]>([
    ['an objective of all', [`slo: { objective: 100%, ${sources} }`], 'checks.c.slo.objective: 100% is no objective'],
    ['an objective in percent without the sign', [`slo: { objective: 99.9, ${sources} }`], 'checks.c.slo.objective: 99.9 is no objective'],
    ['the share of bad events', [`slo: { objective: 0.1%, ${sources} }`], 'checks.c.slo.objective: 0.1% is no objective'],
    ['no objective', [`slo: { ${sources} }`], 'checks.c.slo.objective: is required'],
    ['no ratio', ['slo: { objective: 99% }'], 'checks.c.slo.ratio: is required'],
    ['a window that is too short', [`slo: { objective: 99%, window: 1h, ${sources} }`], 'checks.c.slo.window: 1h is too short'],
    ['fail_when', [`slo: { objective: 99%, ${sources} }`, 'fail_when: regression'], 'checks.c.fail_when: does not apply to an objective'],
    ['by', [`slo: { objective: 99%, ${sources} }`, 'by: pod'], 'checks.c.by: does not apply to an objective'],
    ['a value too', [`slo: { objective: 99%, ${sources} }`, "value: { query: 'x' }"], 'checks.c.value: a check measures one thing'],
  ])('refuses %s', ([, lines, says]) => {
    expect(wrongWith(aFile(...lines))).toEqual([expect.stringContaining(says)]);
  });
});
