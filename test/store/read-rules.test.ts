import { expect, test } from 'vitest';
import { readRuleSet } from '../../src/store/read-rules.ts';
import { aRuleSet } from '../support/builders.ts';

test('a rule set that was frozen before the budget could be written has the usual one', () => {
  const { falseAlarms: _, ...older } = aRuleSet();
  expect(readRuleSet(older)).toEqual(aRuleSet({ falseAlarms: 0.01 }));
});

test('a rule set keeps its own budget', () => {
  expect(readRuleSet(JSON.parse(JSON.stringify(aRuleSet({ falseAlarms: 0.05 })))).falseAlarms).toBe(0.05);
});
