import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMatcher, formatSelector, lintSelector, parseMatchers, parseSelector } from '../../providers/prometheus/selector.ts';

describe('a counter selector', () => {
  test.for([
    ['http_requests_total', 'http_requests_total'],
    ['  job:http_requests:total { } ', 'job:http_requests:total'],
    ['http_requests_total{job="shop",code=~"5.."}', 'http_requests_total{job="shop",code=~"5.."}'],
    ['http_requests_total{ job = "shop" , code!~"4..", }', 'http_requests_total{job="shop",code!~"4.."}'],
    ['x{path="/a,b}{\\"c"}', 'x{path="/a,b}{\\"c"}'],
    ["x{path='it\\'s',raw=`a\"b`}", "x{path='it\\'s',raw=`a\"b`}"],
    ['{__name__="http_requests_total",job="shop"}', 'http_requests_total{job="shop"}'],
    ['{job="shop",__name__="http.requests"}', '{__name__="http.requests",job="shop"}'],
    ['{"http.server.requests", code=~"5.."}', '{__name__="http.server.requests",code=~"5.."}'],
    ['x{"service.name"="shop"} # comment', 'x{"service.name"="shop"}'],
    [`{'x', "k8s.pod \\"a\\""!="b", "job"="c"}`, 'x{"k8s.pod \\"a\\""!="b",job="c"}'],
  ] as const)('%s is parsed', ([text, formatted]) => {
    const parsed = parseSelector(text);
    expect(parsed.ok && formatSelector(parsed.value)).toBe(formatted);
    expect(lintSelector(text)).toBeNull();
  });

  test.for([
    ['rate(http_requests_total[5m])', /rate\(…\) is a function and belongs under `query:`/],
    ['sum by (code) (http_requests_total)', /sum\(…\) is a function/],
    ['sum(rate(x{a="b"}[1m]))', /sum\(…\) is a function/],
    ['http_requests_total[5m]', /has no range: leave out "\[5m\]"/],
    ['http_requests_total{job="shop"} offset 1d', /no offset and no time: leave out "offset 1d"/],
    ['http_requests_total @ 1700000000', /no offset and no time/],
    ['a + b', /"\+ b" belongs under `query:`/],
    ['42', /one metric and its labels/],
    ['', /no metric is named/],
    ['{job="shop"}', /no metric is named/],
    ['{__name__=~"http_.*"}', /one metric must be named/],
    ['x{__name__="y"}', /named twice/],
    ['{__name__="x",__name__="y"}', /named twice/],
    ['x{job=shop}', /the value of job must be in quotes/],
    ['x{job="shop}', /the text `"shop}` has no closing quote/],
    ['x{job}', /expected a condition such as job="shop", found `}`/],
    ['x{job="a" code="b"}', /expected a comma or }, found `code`/],
    ['x{job="a"', /`x{` is not closed: expected `}`, found the end/],
    ['x{,}', /expected a condition/],
    ['x{job="a"}}', /`}` closes nothing/],
    ['{"x",__name__="y"}', /named twice/],
    ['x{"y"}', /named twice/],
    ['x{""="y"}', /a label has no name/],
    ['x{code=~"5[xx"}', /has a `\[` that is not closed/],
    ['x{path="\\d"}', /`\\d` means nothing inside of quotes/],
  ] as const)('%s is refused with a hint', ([text, problem]) => {
    expect(lintSelector(text)).toMatch(problem);
  });

  test('is read in time that grows with its length, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab{}[]()"\'`\\=~!, \n@$é'), size: 'medium' }), (text) => void lintSelector(text)),
    );
    const startedAt = performance.now();
    lintSelector(`x{${'a="b",'.repeat(50_000)}`);
    lintSelector(`x{a="${'\\'.repeat(100_001)}`);
    lintSelector(`x ${' '.repeat(100_000)}(`);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('is the same after formatting and parsing', () => {
    const label = fc
      .oneof(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), fc.string({ unit: 'grapheme', minLength: 1 }))
      .filter((name) => name !== '__name__');
    const matcher = fc.record({
      label,
      op: fc.constantFrom('=', '!='),
      literal: fc.string({ unit: 'grapheme', size: 'medium' }).map((text) => JSON.stringify(text)),
    });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_:][\w:.]{0,12}$/, { size: 'max' }), fc.array(matcher), (metric, matchers) => {
        expect(parseSelector(formatSelector({ metric, matchers }))).toEqual({ ok: true, value: { metric, matchers } });
        expect(parseMatchers(matchers.map(formatMatcher).join(', '))).toEqual({ ok: true, value: matchers });
      }),
    );
  });
});

describe('matchers', () => {
  test.for([
    ['', 0],
    ['version="v2"', 1],
    ['"service.version"="v2"', 1],
    [' version="v2", zone!="b" ', 2],
  ] as const)('%s are parsed', ([text, count]) => {
    const parsed = parseMatchers(text);
    expect(parsed.ok && parsed.value.length).toBe(count);
  });

  test.for(['{version="v2"}', 'version="v2"}', '__name__="x"', 'version', 'version="v2" or up'])('%s are refused', (text) => {
    expect(parseMatchers(text).ok).toBe(false);
  });
});
