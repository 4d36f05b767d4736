import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintNrql } from '../../providers/newrelic/lint.ts';
import { compose, parseNrql } from '../../providers/newrelic/nrql.ts';
import type { Question } from '../../src/core/rules/rule-set.ts';

type Kind = Question['kind'];

describe('NRQL in a rule file', () => {
  test.for<readonly [Kind, string]>([
    ['ratio', "SELECT filter(count(*), WHERE error IS true) FROM Transaction WHERE appName = '$service'"],
    ['ratio', "FROM Transaction SELECT count(*) WHERE appName LIKE '%$" + "{service}%' AND since.x = 1"],
    ['rate', 'SELECT count(*) FROM Order'],
    ['rate', 'select sum(`items since`) as n from Order, Refund'],
    ['rate', "SELECT count(*) - filter(count(*), WHERE name = 'a) FROM \"b') FROM Order FACET region EXTRAPOLATE"],
    ['rate', "SELECT uniqueCount(session) FROM PageView WITH METRIC_FORMAT 'x'"],
    ['latency', 'SELECT duration FROM Transaction'],
    ['latency', 'SELECT `duration.ms` FROM Span'],
    ['latency', 'SELECT filter(count(*), WHERE duration <= 0.35), count(*) FROM Transaction'],
    ['value', 'SELECT percentile(duration, 95) FROM Transaction'],
    ['value', "SELECT 100 * (1 - average(cpuPercent) / 100) AS 'free' FROM SystemSample WHERE a = 1 AND $matchers"],
    ['value', 'SELECT latest(size) FROM Queue WHERE $matchers'],
    ['value', "SELECT max(x) FROM T WHERE a = 'it\\'s' AND b = \"$version\""],
  ])('%s: %s is accepted', ([kind, text]) => {
    expect(lintNrql(text, kind)).toBeNull();
  });

  test.for<readonly [Kind, string, RegExp, RegExp]>([
    ['rate', 'SELECT count(*) FROM Order SINCE 1 hour ago', /cannot have SINCE/, /leave it out: Bakewatch adds the time range/],
    ['rate', 'SELECT count(*) FROM Order until now', /cannot have UNTIL/, /leave it out/],
    ['rate', 'SELECT count(*) FROM Order TIMESERIES', /cannot have TIMESERIES/, /length of the ticks/],
    ['rate', 'SELECT count(*) FROM Order FACET a LIMIT 5', /cannot have LIMIT/, /all facets/],
    ['rate', 'SELECT count(*) FROM Order COMPARE WITH 1 day ago', /cannot have COMPARE/, /relative, regression/],
    ['rate', 'SELECT count(*) FROM Order SLIDE BY 5', /cannot have SLIDE/, /overlap/],
    ['rate', 'SHOW EVENT TYPES', /cannot have SHOW/, /SELECT count/],
    ['rate', 'SELECT count(*) FROM Order -- all of them', /cannot have comments/, /YAML/],
    ['rate', 'SELECT count(*) FROM Order // all', /cannot have comments/, /YAML/],
    ['rate', 'SELECT count(*) /* a */ FROM Order', /cannot have comments/, /YAML/],
    ['rate', 'SELECT count(*) FROM Order WHERE service = $service', /\$service has no quotes/, /'\$service'/],
    ['rate', 'SELECT count(*) FROM Order WHERE a = $' + '{version}', /\$version has no quotes/, /'\$version'/],
    ['rate', 'SELECT filter(count(*), WHERE $matchers) FROM Order', /\$matchers must be at the end/, /WHERE … AND \$matchers/],
    ['rate', 'SELECT count(*) FROM Order WHERE a = 1 OR $matchers', /\$matchers must be at the end/, /AND/],
    ['rate', "SELECT count(*) FROM Order WHERE a = 'b", /is not closed/, /close the quotes/],
    ['rate', 'SELECT count(*) FROM Order WHERE (a = 1', /is not closed/, /add \)/],
    ['rate', 'SELECT count(*)) FROM Order', /too many/, /remove/],
    ['rate', 'orders_total{job="shop"}', /cannot begin with/, /such as SELECT/],
    ['rate', '', /is empty/, /such as SELECT/],
    ['rate', 'SELECT count(*)', /has no FROM/, /such as/],
    ['rate', 'FROM Order', /selects nothing/, /such as/],
    ['rate', 'SELECT count(*) FROM A SELECT count(*) FROM B', /two SELECT/, /join them/],
    ['rate', 'SELECT average(duration) FROM Order', /does not count events/, /`value:`/],
    ['rate', 'SELECT rate(count(*), 1 minute) FROM Order', /does not count events/, /count\(\*\)/],
    ['rate', 'SELECT filter(average(x), WHERE a = 1) FROM Order', /does not count events/, /filter/],
    ['rate', 'SELECT duration FROM Order', /does not count events/, /count/],
    ['rate', 'SELECT count(*), sum(x) FROM Order', /one column/, /one query per count/],
    ['latency', 'SELECT count(*) FROM Order', /attribute|bounds/, /SELECT duration/],
    ['latency', 'SELECT duration, x FROM Order', /not counts by bounds/, /SELECT duration/],
    ['latency', 'SELECT filter(count(*), WHERE duration <= 1) FROM Order', /count all events/, /count\(\*\)/],
    [
      'latency',
      'SELECT filter(count(*), WHERE a < 1), filter(count(*), WHERE b < 2), count(*) FROM T',
      /of several attributes/,
      /duration/,
    ],
    ['latency', 'SELECT filter(count(*), WHERE a < 1), filter(count(*), WHERE a > 1), count(*) FROM T', /the same bound/, /duration/],
    ['latency', 'SELECT percentile(duration, 95) FROM T', /not counts by bounds/, /duration/],
    ['value', 'SELECT duration FROM T', /not a function/, /average/],
    ['value', 'SELECT * FROM T', /not a function/, /average/],
    ['value', 'SELECT average(a), average(b) FROM T', /several columns/, /one check per column/],
    ['value', 'SELECT percentile(a, 50, 95) FROM T', /several percentiles/, /one check per percentile/],
    ['value', 'SELECT average(a) FROM T FACET b', /FACET returns several/, /remove FACET/],
  ])('%s: %s is refused', ([kind, text, message, hint]) => {
    expect(lintNrql(text, kind)).toEqual({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  test('no text throws or hangs', () => {
    const words = [
      'SELECT ',
      'FROM ',
      'WHERE ',
      'AND ',
      'AS ',
      'count(*)',
      'filter(',
      '(',
      ')',
      ',',
      "'",
      '"',
      '`',
      '\\',
      '$service',
      '$',
      '-',
      '/',
      '*',
      ' ',
      'é',
      '1',
    ];
    const kinds: readonly Kind[] = ['ratio', 'rate', 'latency', 'value'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { size: 'medium' }), fc.constantFrom(...kinds), (parts, kind) => {
        const problem = lintNrql(parts.join(''), kind);
        expect(problem === null || problem.message.length > 0).toBe(true);
      }),
    );
    lintNrql(`SELECT count(*) FROM T WHERE a = '${'\\'.repeat(100_001)}`, 'rate');
    lintNrql(`SELECT count(*) FROM T WHERE ${'('.repeat(100_000)}`, 'rate');
    lintNrql(`SELECT ${'count(*), '.repeat(10_000)} FROM T`, 'latency');
  });

  test('matchers restrict the whole WHERE of a rule', () => {
    const nrql = parseNrql('FROM T SELECT count(*) WHERE a = 1 OR b = 2 FACET c');
    const text = nrql.ok ? compose(nrql.value, { matchers: "v = '2' OR w = '3'" }) : nrql;
    expect(text).toEqual({ ok: true, value: "FROM T SELECT count(*) WHERE (a = 1 OR b = 2) AND (v = '2' OR w = '3') FACET c" });
  });

  test.for(["v = '2'; SINCE 1", "v = '2') OR (a = 1", 'v = 1 --', "v = 'a", 'LIMIT 1'])('matchers cannot be %s', (matchers) => {
    const nrql = parseNrql('SELECT count(*) FROM T');
    expect(nrql.ok && compose(nrql.value, { matchers }).ok).toBe(false);
  });
});
