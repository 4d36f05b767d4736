import { describe, expect, test } from 'vitest';
import { datadog } from '../../providers/datadog.ts';
import { read } from '../meta/tree.ts';
import { known, wrongWith } from './build.ts';

const page = read('docs/how-to/watch-with-datadog.md');
const fences = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) => (text.startsWith('rules: 1') ? [text] : []));
const context = { ...known, providers: new Map([['datadog', { lintSelector: () => null, lintQuery: datadog.lintQuery }]]) };

const aRule = (body: string): string =>
  `rules: 1\nservice: shop\nenvironment: production\nchecks:\n  c:\n    provider: datadog\n    ${body}\n`;

describe('rules for Datadog', () => {
  test.for([...fences, read('examples/datadog/rules/shop.yaml')])('%s', (text) => {
    expect(wrongWith(text, context).filter((problem) => !/no (hook|notifier) is named/.test(problem))).toEqual([]);
  });

  test.for([
    ['rate: sum:shop.orders{*}', '7:11 checks.c.rate: "shop.orders" is not read as a count (write .as_count()'],
    ['rate: { query: "avg:a{*}" }', '7:20 checks.c.rate.query: "a" is not read as a count'],
    ['ratio: { bad: errors_total, total: "sum:a{*}.as_count()" }', '7:19 checks.c.ratio.bad: "errors_total" is not part of a query'],
    ['latency: "p95:a{*}"', '7:14 checks.c.latency: Datadog returns no histogram buckets'],
    ['value: "avg:a{*} by {host}"\n    fail_when: { above: 1 }', '7:12 checks.c.value: a value is one number'],
  ] as const)('%s is reported with its place', ([body, problem]) => {
    expect(wrongWith(aRule(body), context)).toEqual([expect.stringContaining(problem)]);
  });
});
