import { describe, expect, test } from 'vitest';
import { cloudwatch } from '../../providers/cloudwatch.ts';
import { read } from '../meta/tree.ts';
import { known, wrongWith } from './build.ts';

const page = read('docs/how-to/watch-with-cloudwatch.md');
const fences = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) => (text.startsWith('rules: 1') ? [text] : []));
const context = { ...known, providers: new Map([['cloudwatch', { lintSelector: () => null, lintQuery: cloudwatch.lintQuery }]]) };

const aRule = (body: string, every = '1m'): string =>
  `rules: 1\nservice: shop\nenvironment: production\nbake: { every: ${every} }\nchecks:\n  c:\n    provider: cloudwatch\n    ${body}\n`;

describe('rules for CloudWatch', () => {
  test.for([...fences, read('examples/cloudwatch/rules/shop.yaml')])('%s', (text) => {
    expect(wrongWith(text, context).filter((problem) => !/no (hook|notifier) is named/.test(problem))).toEqual([]);
  });

  test.for([
    ['rate: "Shop:Orders{}:p95"', '8:11 checks.c.rate: p95 of Orders is not a count'],
    ['rate: { query: "Shop:Orders{}" }', '8:21 checks.c.rate.query: "Shop:Orders{}" has no statistic'],
    ['rate: "Shop:Orders{}:Sum + Shop:Failed{}:sum"', '8:32 checks.c.rate: "sum" is no statistic of CloudWatch'],
    ['latency: "Shop:Time{}:p95"', '8:14 checks.c.latency: CloudWatch returns no histogram buckets'],
    ['value: "FILL(Shop:A{}:Sum, 0)"\n    fail_when: { above: 1 }', '8:12 checks.c.value: a query of a check cannot use FILL()'],
  ] as const)('%s is reported with its place', ([body, problem]) => {
    expect(wrongWith(aRule(body), context)).toEqual([expect.stringContaining(problem)]);
  });

  test('ticks that are shorter than the points of the metric are reported, with what to write', () => {
    expect(wrongWith(aRule('rate: "AWS/Lambda:Errors{}:Sum"', '30s'), context)).toEqual([
      '8:11 checks.c.rate: AWS/Lambda has one point a minute, but a tick is 30s (write `every: 1m` or a multiple of it)',
    ]);
  });
});
