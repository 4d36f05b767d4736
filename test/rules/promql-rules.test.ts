import { describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import { parseRules, readRules } from '../../src/rules/parse-rules.ts';
import { Problems } from '../../src/rules/problems.ts';
import type { RulesContext } from '../../src/rules/rules-context.ts';
import { aCheck, aControlledCheck, complaints } from './build.ts';

const { lintSelector, lintQuery, lintMatchers, simplifySelector } = prometheus;
const context: RulesContext = { providers: new Map([['prom', { lintSelector, lintQuery, lintMatchers, simplifySelector }]]) };
const wrong = (text: string) => complaints(() => parseRules(text, 'r.yaml', context));

describe('PromQL in a rule file', () => {
  test.for([
    ['value: sum(rate(x[5m])', '7:27 checks.c.value: `sum(` is not closed: expected `)`, found the end (add `)`)'],
    ['value: |\n  sum(x)\n    / sum by by (code) (y)', '9:18 checks.c.value: `by` is written twice (remove one of them)'],
    ['value: "sum(rte(x{job=\\"$service\\"}[5m]))"', '7:17 checks.c.value: there is no function `rte` (did you mean `rate`?)'],
    ["rate: { query: 'sum(increase(x{a=''b'' c=''d''}[$step]))' }", /^7:44 checks\.c\.rate\.query: expected a comma or }, found `c`/],
    ["ratio: { bad: 'x{code=~\"5..}', total: x }", /^7:28 checks\.c\.ratio\.bad: the text `"5\.\.}` has no closing quote/],
    ['value: \'x{code=~"5[xx"}\'', /^7:\d+ checks\.c\.value: the regular expression `"5\[xx"` has a `\[` that is not closed/],
    ['latency: sum(rate(x_bucket[5m])) by (le)', /^7:14 checks\.c\.latency: a selector names raw counters/],
    ['rate: x{job=$service}', '7:17 checks.c.rate: the value of job must be in quotes, such as job="…" (found `$service`)'],
  ])('%s is refused where the mistake is', ([body, problem]) => {
    expect(wrong(aCheck(body as string))).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem as RegExp)]);
  });

  test.for([
    'ratio: { bad: \'{"http.server.requests", code=~"5.."}\', total: \'{"http.server.requests"}\' }',
    'rate: \'x{"service.name"="$service"}\'',
    'value: \'histogram_quantile(0.9, sum by (le) (rate({"http.server.request.duration_bucket", "service.name"="$service"}[$step])))\'',
  ])('%s is taken', (body) => {
    expect(wrong(aCheck(body))).toEqual([]);
  });

  test('the bare name of a histogram may be a native one: that is a note', () => {
    const problems = new Problems();
    readRules(
      { text: aCheck('latency: a_seconds{job="shop"}\nfail_when: { slower_than: 500ms, for_more_than: 5% }'), file: 'r.yaml', context },
      problems,
    );
    expect(problems.list()).toEqual([]);
    expect(problems.notes().map(({ message }) => message)).toEqual([
      'a_seconds is read as a native histogram; a classic one is a_seconds_bucket',
    ]);
  });

  test('matchers of a control are read as conditions', () => {
    const text = aControlledCheck('rate: x');
    expect(wrong(text)).toEqual([]);
    expect(wrong(text.replace('"$version"', '$version'))).toEqual([
      '4:29 control.canary: the value of version must be in quotes, such as version="…" (found `$version`)',
    ]);
    expect(wrong(text.replace('version="$version"', '"service.version"="$version"'))).toEqual([]);
  });

  test('a selector inside of rate(…) is read as the selector, with a note', () => {
    const problems = new Problems();
    const text = aCheck('ratio: { bad: \'rate(x{code=~"5..",job="$service"}[5m])\', total: \'increase(x[$step])\' }');
    const read = readRules({ text, file: 'r.yaml', context }, problems);
    expect(problems.list()).toEqual([]);
    expect(read?.ruleSets[0]?.checks[0]?.question).toEqual({
      kind: 'ratio',
      bad: { selector: 'x{code=~"5..",job="$service"}' },
      total: { selector: 'x' },
    });
    expect(problems.notes().map(({ line, column, path }) => [line, column, path])).toEqual([
      [7, 19, 'checks.c.ratio.bad'],
      [7, 69, 'checks.c.ratio.total'],
    ]);
  });
});
