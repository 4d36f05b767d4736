import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDimensions } from '../../providers/cloudwatch/dimensions.ts';
import { lintMatchers, lintQuery } from '../../providers/cloudwatch/lint.ts';
import { parseQuery } from '../../providers/cloudwatch/query.ts';

const minute = 60_000;

describe('a query for CloudWatch', () => {
  test.for([
    'AWS/ApplicationELB:RequestCount{LoadBalancer="app/$service/50dc6c495c0c9188"}:Sum',
    'AWS/ApplicationELB:HTTPCode_Target_5XX_Count{LoadBalancer="a", $matchers}:Sum + AWS/ApplicationELB:HTTPCode_ELB_5XX_Count{LoadBalancer="a"}:Sum',
    'AWS/ApplicationELB:TargetResponseTime{LoadBalancer="app/shop/1"}:TC(0.5:)',
    'AWS/Lambda:Duration{FunctionName="shop"}:SampleCount',
    '"My App":"Orders failed"{Stage="eu, \\"west\\" {1}"}:Sum',
    'Shop:Orders{}:Sum',
  ])('%s is a count', (text) => {
    expect(lintQuery(text, 'ratio', minute)).toBeNull();
    expect(lintQuery(text, 'rate', minute)).toBeNull();
  });

  test.for([
    'AWS/EC2:CPUUtilization{InstanceId="i-1"}:Average',
    'AWS/ApplicationELB:TargetResponseTime{LoadBalancer="a"}:p99.9',
    'AWS/ApplicationELB:TargetResponseTime{LoadBalancer="a"}:TM(10%:90%)',
    '100 * AWS/Lambda:Errors{FunctionName="a"}:Sum / AWS/Lambda:Invocations{FunctionName="a"}:Sum',
    'IF(Shop:Free{}:Minimum < 10 && Shop:Free{}:Minimum >= 0, 1, 0)',
    'MAX([Shop:A{}:p95, Shop:B{}:p95]) - (Shop:C{}:Average ^ 2)',
  ])('%s is a value', (text) => {
    expect(lintQuery(text, 'value', 5 * minute)).toBeNull();
  });

  test.for([
    ['', 'rate', /names no metric/, /such as/],
    ['RequestCount', 'rate', /"RequestCount" is not part of a query/, /such as AWS/],
    ['AWS/ApplicationELB:RequestCount', 'rate', /"AWS\/ApplicationELB:RequestCount" has no dimensions/, /\{\}/],
    ['AWS/ApplicationELB:RequestCount{LoadBalancer="a"}', 'rate', /has no statistic/, /Sum, SampleCount/],
    ['1 + AWS/ApplicationELB:RequestCount{LoadBalancer="a"', 'rate', /the \{ of "AWS.* is not closed/, /add \}/],
    ['Shop:A{}:sum', 'rate', /"sum" is no statistic/, /Sum, SampleCount/],
    ['Shop:A{x}:Sum', 'rate', /"x" is no dimension/, /NAME="value"/],
    ['Shop:A{x=1}:Sum', 'rate', /"x=1" is no dimension/, /NAME="value"/],
    ['Shop:A{x="1" y="2"}:Sum', 'rate', /is no dimension/, /a comma between two/],
    ['Shop:A{x="1", x="2"}:Sum', 'rate', /the dimension x is given twice/, /remove/],
    ['(Shop:A{}:Sum', 'value', /a \( or \[ is not closed/, /add/],
    ['Shop:A{}:Sum)', 'value', /one \) too many before the end/, /remove/],
    ['SELECT SUM(RequestCount) FROM "AWS/ApplicationELB"', 'rate', /Metrics Insights/, /name each metric/],
    ['Shop:A{}:Average', 'rate', /Average of A is not a count/, /SampleCount/],
    ['Shop:A{}:Sum - Shop:B{}:Sum', 'ratio', /cannot have -/, /a sum/],
    ['ABS(Shop:A{}:Sum)', 'ratio', /ABS\(\) does not count/, /\+ between/],
    ['Shop:A{}:p95', 'latency', /no histogram buckets/, /TC\(0\.5:\)/],
    ['FILL(Shop:A{}:Sum, 0)', 'value', /cannot use FILL\(\)/, /without data must stay one/],
    ['RATE(Shop:A{}:Sum)', 'value', /cannot use RATE\(\)/, /compare in the rules/],
    ['SUM(Shop:A{}:Sum)', 'value', /cannot use SUM\(\)/, /SUM\(\[a, b\]\)/],
    ['SUM(METRICS()) + Shop:A{}:Sum', 'value', /cannot use SUM/, /array/],
    ['Shop:A{}:Sum + SQRT(4)', 'value', /cannot use SQRT/, /use one of ABS/],
  ] as const)('%s is no %s', ([text, kind, problem, hint]) => {
    expect(lintQuery(text, kind, minute)).toMatchObject({ message: expect.stringMatching(problem), hint: expect.stringMatching(hint) });
  });

  test.for([
    ['AWS/Lambda:Errors{}:Sum', 30_000, /AWS\/Lambda has one point a minute, but a tick is 30s/],
    ['AWS/Lambda:Errors{}:Sum', 90_000, /but a tick is 1m30s/],
    ['Shop:A{}:Sum', 15_000, /no period of 15s/],
    ['Shop:A{}:Sum', 90_000, /no period of 1m30s/],
  ] as const)('%s cannot be asked every %d ms', ([text, stepMs, problem]) => {
    expect(lintQuery(text, 'rate', stepMs)).toEqual({ message: expect.stringMatching(problem), hint: expect.stringMatching(/every: 1m/) });
  });

  test.for([1_000, 5_000, 10_000, 20_000, 30_000, 60_000, 300_000])('a metric of high resolution can be asked every %d ms', (stepMs) => {
    expect(lintQuery('Shop:A{}:Sum', 'rate', stepMs)).toBeNull();
  });

  test('reads names, dimensions and statistics', () => {
    expect(parseQuery('"My App":"Orders failed"{Stage="a \\"b\\"", Zone = "1"}:TC(1:2)')).toMatchObject({
      value: {
        terms: [
          {
            namespace: 'My App',
            metric: 'Orders failed',
            dimensions: [
              { name: 'Stage', value: 'a "b"' },
              { name: 'Zone', value: '1' },
            ],
            statistic: 'TC(1:2)',
          },
        ],
      },
    });
    expect(parseDimensions(' , a="1",, ')).toEqual({ ok: true, value: [{ name: 'a', value: '1' }] });
  });

  test('a problem has its place, also after a placeholder', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of Bakewatch.
    const text = 'Shop:A{S="${service}", ${matchers}}:Sum / Shop:B{}:sum';
    expect(lintQuery(text, 'value', minute)).toMatchObject({ at: text.indexOf('Shop:B') });
  });

  test.for([
    ['TargetGroup="targetgroup/$version/1"', null],
    ['version:$version', /is no dimension/],
  ] as const)('the matchers %s', ([text, problem]) => {
    expect(lintMatchers(text)?.message ?? null).toEqual(problem === null ? null : expect.stringMatching(problem));
  });

  test('any text has an answer', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'AB/:{}="\\,()[]+Sum $.'), size: 'medium' }));
    fc.assert(fc.property(texts, (text) => void lintQuery(text, 'ratio', minute)));
    lintQuery(`A:b{${'a="1",'.repeat(50_000)}}:Sum`, 'rate', minute);
    lintQuery(`A:b{${'a '.repeat(50_000)}}:Sum`, 'rate', minute);
    lintQuery(`${'('.repeat(50_000)}A:b{}:Sum`, 'value', minute);
    lintQuery('A'.repeat(100_000), 'value', minute);
  });
});
