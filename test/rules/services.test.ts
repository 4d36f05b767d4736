import { describe, expect, test } from 'vitest';
import { plugins } from '../../src/app/plugins.ts';
import { isForService, patternProblem, rulesForService } from '../../src/core/rules/service-pattern.ts';
import { loadFiles } from '../../src/rules/load-files.ts';
import { loadRuleFile } from '../../src/rules/load-rule-file.ts';

const rulesOf = (whom: string) =>
  `rules: 1\n${whom}\nenvironment: production\nchecks: { errors: { provider: prom, ratio: { bad: 'x{job="$service",code="500"}', total: 'x{job="$service"}' } } }\n`;

function site(files: Readonly<Record<string, string>>) {
  return {
    file: 'bakewatch.yaml',
    env: {},
    readFile: (path: string) =>
      path === 'bakewatch.yaml'
        ? "config: 1\nproviders: { prom: { type: prometheus, url: 'https://prom.example.com' } }\nrules: [rules/*.yaml]\n"
        : (files[path.replace('rules/', '')] ?? ''),
    listFiles: () => Object.keys(files),
    plugins,
  };
}

const load = (files: Readonly<Record<string, string>>) => loadFiles(site(files));
const problemsOf = (whom: string) =>
  load({ 'a.yaml': rulesOf(whom) }).refused.flatMap(({ problems }) => problems.map(({ path, message }) => `${path}: ${message}`));

describe('a rule file', () => {
  test('for several services has the same rules for each', () => {
    const { entries, refused } = load({ 'a.yaml': rulesOf('services: [shop, cart]') });
    expect(refused).toEqual([]);
    const [shop, cart] = entries.map(({ ruleSet }) => ruleSet);
    expect([shop?.service, cart?.service]).toEqual(['shop', 'cart']);
    expect({ ...cart, service: 'shop' }).toEqual(shop);
  });

  test('for a pattern becomes the rules of the service that is deployed', () => {
    const [entry] = load({ 'a.yaml': rulesOf('match: { service: "team-a-.*" }') }).entries;
    if (entry === undefined) throw new Error('the file has no rules');
    expect(isForService(entry.ruleSet, 'team-a-shop')).toBe(true);
    expect(isForService(entry.ruleSet, 'my-team-a-shop')).toBe(false);
    const own = rulesForService(entry.ruleSet, 'team-a-shop');
    expect(own).toMatchObject({ service: 'team-a-shop', checks: entry.ruleSet.checks });
    expect(own).not.toHaveProperty('pattern');
  });

  test.for([
    ['environment: test', 'service: is required'],
    ['service: shop\nservices: [cart]', 'services: is given next to `service`'],
    ['service: shop\nmatch: { service: x }', 'match: is given next to `service`'],
    ['services: []', 'services: must have at least one entry'],
    ['services: [shop, shop]', 'services[1]: shop is listed twice'],
    ['match: { service: "(a+)+b" }', 'match.service: may group words, such as `team-(a|b)-.*`, but may not repeat a group'],
    ['match: { service: "a.*b.*c.*d.*" }', 'match.service: has more than 3 of *, + and ?'],
    ['match: { service: "(a|aa)(a|aa)(a|aa)(a|aa)b" }', 'match.service: has more than 3 groups'],
    ['match: { service: "team-[a" }', 'match.service: is not a regular expression'],
    ['match: {}', 'match.service: is required'],
  ])('with %j is refused: %s', ([whom = '', message]) => {
    const found = problemsOf(whom.startsWith('environment') ? '' : whom);
    expect(found.join('\n')).toContain(message);
  });

  test('names no service that another file names', () => {
    const { refused } = load({ 'a.yaml': rulesOf('service: shop'), 'b.yaml': rulesOf('services: [cart, shop]') });
    expect(refused).toMatchObject([
      { file: 'rules/b.yaml', problems: [{ path: 'services', message: 'shop in production already has rules, in rules/a.yaml' }] },
    ]);
  });
});

test.each(['team-a-.*', 'shop|cart', 'team-(a|b)-[a-z]+', '.*'])('%s is a pattern', (pattern) => {
  expect(patternProblem(pattern)).toBeNull();
});

describe('one rule file for a command', () => {
  const one = (whom: string, service: string | null) =>
    loadRuleFile({ file: 'rules/a.yaml', service }, site({ 'a.yaml': rulesOf(whom) })).ruleSet.service;

  test('is used for its service, or for the one that is named', () => {
    expect(one('service: shop', null)).toBe('shop');
    expect(one('services: [shop, cart]', 'cart')).toBe('cart');
    expect(one('match: { service: "s.*" }', 'shop')).toBe('shop');
  });

  test('must be for the service that is named, and a service must be named where there are several', () => {
    expect(() => one('services: [shop, cart]', null)).toThrow('rules/a.yaml has rules for shop, cart: name one with --service');
    expect(() => one('match: { service: "s.*" }', null)).toThrow('rules/a.yaml has rules for services like s.*: name one with --service');
    expect(() => one('service: shop', 'cart')).toThrow('rules/a.yaml has no rules for cart; it has rules for shop');
  });
});
