import { describe, expect, test } from 'vitest';
import { read } from '../meta/tree.ts';
import { wrongWith } from './build.ts';

const page = read('docs/how-to/watch-with-new-relic.md');
const fences = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) => (text.startsWith('rules: 1') ? [text] : []));

const aRule = (body: string): string => `rules: 1\nservice: shop\nenvironment: production\nchecks:\n  c:\n    provider: nr\n    ${body}\n`;

describe('rules for New Relic', () => {
  test.for([...fences, read('examples/new-relic/rules/shop.yaml').replaceAll('provider: newrelic', 'provider: nr')])('%s', (text) => {
    expect(wrongWith(text).filter((problem) => !/no (hook|notifier) is named/.test(problem))).toEqual([]);
  });

  test.for([
    ['rate: SELECT count(*) FROM Order SINCE 1 hour ago', '7:11 checks.c.rate: a query of a check cannot have SINCE'],
    [
      'value: SELECT average(x) FROM T TIMESERIES\n    fail_when: { above: 1 }',
      '7:12 checks.c.value: a query of a check cannot have TIMESERIES',
    ],
    ['rate: { query: SELECT average(x) FROM T }', '7:20 checks.c.rate.query: average(x) does not count events'],
    ['rate: SELECT count(*) FROM T WHERE appName = $service', "7:11 checks.c.rate: $service has no quotes (write '$service')"],
    ['latency: SELECT count(*) FROM T', '7:14 checks.c.latency: '],
    ['ratio: { bad: errors_total, total: SELECT count(*) FROM T }', '7:19 checks.c.ratio.bad: a query cannot begin with "errors_total"'],
  ] as const)('%s is told with its place', ([body, problem]) => {
    expect(wrongWith(aRule(body))).toEqual([expect.stringContaining(problem)]);
  });
});
