import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintMatchers, lintPromql, simplifySelector } from '../../providers/prometheus/lint.ts';

/** The sign ▸ shows where the fault is expected. */
const marked = (text: string) => ({ text: text.replace('▸', ''), at: text.indexOf('▸') });

describe('a query', () => {
  test.for([
    'sum(rate(http_requests_total{job="$service",$matchers}[$step]))',
    'SUM BY (code) (increase(x[$\u007bstep}])) / ON (code) group_left () y',
    'histogram_quantile(0.99, sum by (le, "service.name") (rate({"http.server.requests", code=~"5.."}[5m])))',
    'holt_winters(x[1d], 0.3, 0.3) # of version 2',
    'rate(x{a=~"a\\\\d+|$service.*"}[5m:1m] offset -1h @ end()) > bool 0x1F',
    "count_values('v', {__name__=~`a\\d`}) unless ignoring(a) (1e3 ^ -Inf)",
    'x{a=~"(?i)[[:alpha:]]\\\\Q(\\\\E",b!~"(?P<n>x)(?i:y)"}',
    'up{$matchers}',
  ])('%s is taken', (text) => {
    expect(lintPromql(text)).toBeNull();
  });

  test.for([
    ['sum(rate(x[5m])▸', '`sum(` is not closed: expected `)`, found the end'],
    ['sum by ▸by (code) (x)', '`by` is written twice'],
    ['sum(▸rte(x[5m]))', 'there is no function `rte`'],
    ['sum(▸Rate(x[5m]))', 'there is no function `Rate`'],
    ['rate(x[5m])▸)', '`)` closes nothing'],
    ['x{job=▸"shop}', 'the text `"shop}` has no closing quote'],
    ['x{job="shop}[5m]"▸', '`x{` is not closed: expected `}`, found the end'],
    ['x{job="shop} / x{job="▸a"}', 'expected a comma or }, found `a`'],
    ["sum(x{a='b▸\\d'})", '`\\d` means nothing inside of quotes'],
    ['x{a=▸$service}', 'the value of a must be in quotes, such as a="…"'],
    ['x{▸,a="b"}', 'expected a condition such as job="shop", found `,`'],
    ['x{a="b",▸,c="d"}', '`,` is written twice'],
    ['x{a="b" ▸c="d"}', 'expected a comma or }, found `c`'],
    ['x{a▸=="b"}', 'expected a condition such as a="shop", found `==`'],
    ['x{a▸~"b"}', 'expected a condition such as a="shop", found `~`'],
    ['x{a▸}', 'expected a condition such as a="shop", found `}`'],
    ['x{a=~▸"5[xx"}', 'the regular expression `"5[xx"` has a `[` that is not closed'],
    ['x{a!~▸"(?!b)"}', 'the regular expression `"(?!b)"` has a lookaround, which Prometheus does not know'],
    ['rate(x[5▸)', 'expected `]`, which closes `[`, found `)`'],
    ['rate(x[▸])', 'expected a duration such as 5m, found `]`'],
    ['rate(x[▸5x])', 'expected a duration such as 5m, found `5x`'],
    ['a +▸', 'expected a metric, a number or a function after `+`, found the end'],
    ['1 + ▸* 2', 'expected a metric, a number or a function after `+`, found `*`'],
    ['sum(a,▸)', 'expected a metric, a number or a function after `,`, found `)`'],
    ['foo ▸bar', 'expected an operator such as + or and, or the end, found `bar`'],
    ['sum(a) ▸sum(b)', 'expected an operator such as + or and, or the end, found `sum`'],
    ['topk(5 ▸x)', 'expected an operator such as + or and, or the end, found `x`'],
    ['x ▸by (job)', '`by (…)` belongs to an aggregation'],
    ['sum by (job) ▸rate(x[5m])', 'expected `(` with what is aggregated, found `rate`'],
    ['sum by ▸job (x)', 'expected `(` after by, found `job`'],
    ['sum by (▸"job) (x)', 'the text `"job) (x)` has no closing quote'],
    ['sum by (a ▸b) (x)', 'expected names of labels, such as by (job, code), found `b`'],
    ['x ▸= 1', 'expected an operator, found `=`'],
    ['x offset ▸job', 'expected a duration such as 5m, found `job`'],
    ['▸', 'expected a metric, a number or a function, found the end'],
    ['up{$matchers▸,job="a"}', 'the query is wrong where $matchers is empty: before the deploy, and after a rollback'],
  ])('%s is refused at ▸', ([query, message]) => {
    const { text, at } = marked(query ?? '');
    expect(lintPromql(text)).toMatchObject({ message, at, hint: expect.stringMatching(/./) });
  });

  test('of a VictoriaMetrics is left to the server, which has functions of its own', () => {
    const query = 'median_over_time(x[5m]) default 0';
    expect(lintPromql(query, 'value', 15_000, { flavor: 'victoriametrics' })).toBeNull();
    expect(lintPromql(query, 'value', 15_000, { flavor: 'mimir' })).toMatchObject({
      at: 0,
      hint: expect.stringMatching(/did you mean|flavor/),
    });
  });

  test('of any text gives an answer: a fault inside of it, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab{}[]()"\'`\\=~!,+ \n@$é5m'), size: 'medium' }), (text) => {
        const fault = lintPromql(text);
        if (fault !== null) expect(fault.at).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('a selector', () => {
  test.for([
    ['rate(x{a="$service"}[5m])', 'x{a="$service"}'],
    ['increase( {"a.b"} [$step] )', '{"a.b"}'],
  ])('%s is read as %s', ([text, selector]) => {
    expect(simplifySelector(text ?? '')).toMatchObject({ selector, note: expect.stringContaining('read as the counter') });
  });

  test.for(['x', 'sum(rate(x[5m]))', 'irate(x[5m])', 'rate(x[5m] offset 1h)', 'rate(x[5m:1m])', 'rate(x[5m]) * 60', 'rate(x)', 'rate('])(
    '%s is not read as another one',
    (text) => {
      expect(simplifySelector(text)).toBeNull();
    },
  );
});

describe('matchers', () => {
  test.for(['version="$version"', '"service.version"=~"$version|x",a!="b",', ''])('%s are taken', (text) => {
    expect(lintMatchers(text)).toBeNull();
  });

  test.for([
    ['version=▸$version', 'the value of version must be in quotes, such as version="…"'],
    ['a="b" ▸c="d"', 'expected a comma or }, found `c`'],
    ['a=▸"b', 'the text `"b}` has no closing quote'],
  ])('%s are refused at ▸', ([matchers, message]) => {
    const { text, at } = marked(matchers ?? '');
    expect(lintMatchers(text)).toMatchObject({ message, at });
  });
});
