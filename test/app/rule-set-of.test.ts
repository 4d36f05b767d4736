import { expect, test } from 'vitest';
import { type LiveRuleBook, ruleSetOf } from '../../src/app/rule-book.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import { placeKey } from '../../src/rules/load-config.ts';
import { ruleSet } from '../store/fixtures.ts';

function bookOf(...rules: readonly Partial<RuleSet>[]): LiveRuleBook {
  const all = rules.map((own) => ({ ...ruleSet, ...own }));
  return {
    ruleSets: new Map(all.map((one) => [placeKey(one.service, one.environment), one])),
    standby: () => null,
  } as Partial<LiveRuleBook> as LiveRuleBook;
}
const like = (pattern: string): Partial<RuleSet> => ({ service: pattern, pattern, environment: 'production' });

test('a file that names the service comes before one whose pattern matches it', () => {
  const book = bookOf(like('s.*'), { service: 'shop', environment: 'production', notify: ['own'] });
  expect(ruleSetOf(book, 'shop', 'production').notify).toEqual(['own']);
  expect(ruleSetOf(book, 'stock', 'production')).toMatchObject({ service: 'stock', environment: 'production' });
  expect(ruleSetOf(book, 'stock', 'production')).not.toHaveProperty('pattern');
});

test('two patterns for one service are refused, with both', () => {
  const book = bookOf(like('s.*'), like('.*k'));
  expect(() => ruleSetOf(book, 'stock', 'production')).toThrow(
    'two rule files are for services like stock in production: s.* and .*k; write a file that names stock',
  );
});

test('a service that nothing is for is refused, with what there is', () => {
  const book = bookOf(like('team-a-.*'), { service: 'shop', environment: 'staging' });
  for (const [service, environment] of [
    ['cart', 'production'],
    ['team-a-cart', 'staging'],
    ['team-a-.*x', 'staging'],
  ] as const)
    expect(() => ruleSetOf(book, service, environment)).toThrow(
      `there are no rules for ${service} in ${environment}; there are rules for: services like team-a-.* in production, shop in staging`,
    );
});
