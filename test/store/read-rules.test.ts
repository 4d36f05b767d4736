import { expect, test } from 'vitest';
import { readRuleSet } from '../../src/store/read-rules.ts';
import { aCheck, aRuleSet } from '../support/builders.ts';
import { aSite } from '../support/probing.ts';

test('a rule set without a budget, from an older version, has the default', () => {
  const { falseAlarms: _, ...older } = aRuleSet();
  expect(readRuleSet(older)).toEqual(aRuleSet({ falseAlarms: 0.01 }));
});

test('a rule set keeps its own budget', () => {
  expect(readRuleSet(JSON.parse(JSON.stringify(aRuleSet({ falseAlarms: 0.05 })))).falseAlarms).toBe(0.05);
});

test('every kind of probe is read as it was written', () => {
  const target = aSite('https://a/', { headers: { a: 'b' }, contains: 'ok', tlsDays: 7 });
  const targets = [
    target,
    { kind: 'tcp', host: 'a', port: 1, tlsDays: null },
    { kind: 'command', argv: ['a', 'b'], cwd: '/', ssh: null },
  ] as const;
  const checks = targets.map((one) =>
    aCheck({ question: { kind: 'ratio', probe: { target: one, withinMs: 1, attempts: 2, apartMs: 3 } } }),
  );
  expect(readRuleSet(JSON.parse(JSON.stringify(aRuleSet({ checks }))))).toEqual(aRuleSet({ checks }));
});
