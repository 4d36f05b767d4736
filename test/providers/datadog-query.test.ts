import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compose } from '../../providers/datadog/compose.ts';
import { lintMatchers, lintQuery } from '../../providers/datadog/lint.ts';
import { parseQuery } from '../../providers/datadog/query.ts';

describe('a query for Datadog', () => {
  test.for([
    'sum:trace.http.request.hits{service:$service}.as_count()',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of Bakewatch.
    'sum:trace.http.request.hits{service:${service},env:prod} by {resource_name}.as_count()',
    'sum:a.hits{env:prod AND (service:shop OR service:cart)}.as_count() + sum:a.ok{*}.as_count()',
    'count(v: v>0.5):trace.http.request{service:shop}.as_count()',
    'count:trace.http.request{service:shop,$matchers}.as_count()',
  ])('%s is a count', (text) => {
    expect(lintQuery(text, 'ratio')).toBeNull();
    expect(lintQuery(text, 'rate')).toBeNull();
  });

  test.for([
    'avg:system.cpu.user{host:web-1}',
    'p99.9:trace.http.request{service:shop}',
    'max:queue.size{!queue:slow}.rollup(max).fill(null)',
    '100 * sum:errors{*}.as_count() / (sum:hits{*}.as_count() + 1)',
    'avg:a{env:staging AND (zone:a OR zone:b) AND host NOT IN (x, y)}',
    'avg:a{!env:dev, region:eu, host:web-*, duration:>=100}',
    "top(avg:queue.size{*}, 1, 'mean', 'desc')",
  ])('%s is a value', (text) => {
    expect(lintQuery(text, 'value')).toBeNull();
  });

  test.for([
    ['system.cpu.user{*}', 'value', /"system.cpu.user\{\*\}" has no aggregator/, /avg:/],
    ['avg:system.cpu.user', 'value', /has no scope/, /\{\*\}/],
    ['100 * mean:system.cpu.user{*}', 'value', /"mean:system.cpu.user\{\*\}" does not begin with an aggregator/, /p95/],
    ['avg:cpu{host:a', 'value', /the \{ of "avg:cpu\{host:a" is not closed/, /add \}/],
    ['sum:a{*}.as_count(', 'rate', /".as_count\(" is not part of a query/, /such as/],
    ['abs(avg:a{*}', 'value', /a \( is not closed/, /add \)/],
    ['abs(avg:a{*}))', 'value', /one \) too many before the end/, /remove/],
    ['1 + 1', 'value', /names no metric/, /such as/],
    ['', 'rate', /names no metric/, /such as/],
    ['sum(rate(http_requests_total{code="500"}[5m]))', 'rate', /"http_requests_total\{code="500"\}\[5m\]\)\)"|no aggregator/, /such as/],
    ['sum:hits{service=shop}.as_count()', 'rate', /\{service=shop\} has a =/, /service:shop/],
    ['avg:a{env:prod AND !region:us}', 'value', /both words and signs/, /NOT/],
    ['sum:hits{*}', 'rate', /"hits" is not read as a count/, /\.as_count\(\)/],
    ['avg:hits{*}.as_count()', 'rate', /avg: does not add/, /sum:hits/],
    ['sum:hits{*}.as_count() - sum:ok{*}.as_count()', 'ratio', /cannot have -/, /one metric or a sum/],
    ['100 * sum:hits{*}.as_count()', 'ratio', /cannot have \*/, /value/],
    ['abs(sum:hits{*}.as_count())', 'ratio', /abs\(\) does not count/, /sum/],
    ['p95:http{*}', 'latency', /no histogram buckets/, /count\(v: v>0\.5\)/],
    ['avg:a{*} by {host}', 'value', /by \{host\} returns several/, /remove it/],
    ['sum:a{*}.as_count().rollup(sum, 60)', 'rate', /cannot use rollup\(sum, 60\)/, /as long as its ticks/],
    ['avg:a{*}.fill(zero)', 'value', /cannot use fill\(zero\)/, /without data must stay one/],
    ['default_zero(avg:a{*})', 'value', /cannot use default_zero\(\)/, /without data must stay one/],
    ['avg:a{*} / week_before(avg:a{*})', 'value', /cannot use week_before/, /compare in the rules/],
    ['ewma_5(avg:a{*})', 'value', /cannot use ewma_5/, /tick by tick/],
  ] as const)('%s is no %s', ([text, kind, problem, hint]) => {
    expect(lintQuery(text, kind)).toMatchObject({ message: expect.stringMatching(problem), hint: expect.stringMatching(hint) });
  });

  test('a problem has its place, also after a placeholder', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of Bakewatch.
    const text = 'avg:a{service:${service}} / mean:b{*}';
    expect(lintQuery(text, 'value')).toMatchObject({ at: text.indexOf('mean') });
  });

  test.for([
    ['version:$version', null],
    ['version:$version,zone:a', null],
    ['version="$version"', /has a =/],
    ['version:a AND !zone:b', /both words and signs/],
    ['{version:a}', /are no tags/],
  ] as const)('the matchers %s', ([text, problem]) => {
    expect(lintMatchers(text)?.message ?? null).toEqual(problem === null ? null : expect.stringMatching(problem));
  });

  test('any text has an answer', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'sum:a{},.()/$*! by'), size: 'medium' }));
    fc.assert(fc.property(texts, (text) => void lintQuery(text, 'ratio')));
    lintQuery(`sum:a{${'a,'.repeat(50_000)}}`, 'rate');
    lintQuery(`${'('.repeat(50_000)}sum:a{*}`, 'value');
    lintQuery(`${'a'.repeat(100_000)}`, 'value');
  });
});

describe('matchers of a query for Datadog', () => {
  const scopeOf = (scope: string, matchers: string) => {
    const query = parseQuery(`sum:a{${scope}}.as_count()`);
    const composed = query.ok ? compose(query.value, { matchers, by: [], isCount: true, first: 0 }) : query;
    return composed.ok
      ? composed.value.queries[0]?.query.replace(/^sum:a\{(.*)\}\.as_count\(\)$/, '$1')
      : `${composed.problem} (${composed.hint})`;
  };

  test.for([
    ['*', 'version:v2', 'version:v2'],
    ['', 'version:v2', 'version:v2'],
    ['service:shop', 'version:v2', 'service:shop,version:v2'],
    ['service:shop,!env:dev', 'version:v2,zone:a', 'service:shop,!env:dev,version:v2,zone:a'],
    ['service:shop OR service:cart', 'version:v2', '(service:shop OR service:cart) AND (version:v2)'],
    ['service:shop', 'version:v2 OR version:v3', '(service:shop) AND (version:v2 OR version:v3)'],
    ['service:shop OR service:cart', 'version:v2,zone:a', expect.stringMatching(/"version:v2,zone:a" is a list.*AND instead of commas/)],
    ['service:shop', 'version:v2} by {host', expect.stringMatching(/have braces/)],
    ['service:shop, ', '', 'service:shop'],
    ['service:shop,,env:prod', '', 'service:shop,env:prod'],
    ['service:shop AND ', '', 'service:shop'],
    ['', '', '*'],
    ['service:shop, env:prod', '', 'service:shop, env:prod'],
  ] as const)('{%s} with %s', ([scope, matchers, expected]) => {
    expect(scopeOf(scope, matchers)).toEqual(expected);
  });
});
