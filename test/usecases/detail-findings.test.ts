import { expect, test } from 'vitest';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { Labels } from '../../src/core/series/answer.ts';
import type { Inspection, InspectionDetails, MetricUse } from '../../src/core/series/inspection.ts';
import type { CheckFacts } from '../../src/usecases/check-facts.ts';
import { findingsOf } from '../../src/usecases/findings.ts';
import { aCheck, aCondition } from '../support/builders.ts';

const details = (more: Partial<InspectionDetails> = {}): InspectionDetails => ({
  uses: [],
  events: 100_000,
  falls: 0,
  changes: 100,
  hasRecent: true,
  unknown: [],
  ...more,
});
const use = (metric: string, used: MetricUse['use'], type: string | null): MetricUse => ({ metric, use: used, type });
const inspection = (more: Partial<Inspection> = {}): Inspection => {
  const series: readonly Labels[] = more.series ?? [{ __name__: 'requests', code: '500' }];
  const selector = { metric: 'requests', conditions: [] };
  return { isCut: false, now: series.length, selector, others: [], metrics: [], details: details(), ...more, series };
};

function found(rule: Partial<CheckRule>, sources: Readonly<Record<string, Inspection>>, more: Partial<CheckFacts> = {}): readonly string[] {
  const facts = Object.entries(sources).map(([name, one]) => ({ name, inspection: one, refusal: null }));
  return findingsOf(aCheck(rule), { sources: facts, lookedMs: 86_400_000, hasControl: false, bakeMs: 900_000, ...more }).map(
    ({ severity, source, message }) => `${severity} ${source}: ${message}`,
  );
}

const value: Partial<CheckRule> = { question: { kind: 'value', query: 'q' }, failWhen: [aCondition('regression', {})] };
const ofValue = (...uses: readonly MetricUse[]) => ({
  value: inspection({ selector: null, now: 1, details: details({ uses, events: null }) }),
});
const rate: Partial<CheckRule> = { question: { kind: 'rate', count: { selector: 'x' } }, failWhen: [aCondition('regression', {})] };

test.for<readonly [string, Partial<CheckRule>, Readonly<Record<string, Inspection>>, readonly RegExp[]]>([
  ['a counter as a value', value, ofValue(use('x', 'as_it_is', 'counter')), [/takes the counter x as it is.*write rate\(x\[5m\]\)/]],
  ['a name that ends like a counter', value, ofValue(use('x_total', 'as_it_is', null)), [/takes the counter x_total/]],
  ['a gauge as a value', value, ofValue(use('x', 'as_it_is', 'gauge')), []],
  [
    'the increase of a gauge',
    value,
    ofValue(use('x', 'increase', 'gauge')),
    [/takes the increase of x, but the server says that it is a gauge/],
  ],
  ['the increase of a counter', value, ofValue(use('x', 'increase', 'counter')), []],
  [
    'a gauge that is counted',
    rate,
    { count: inspection({ details: details({ uses: [use('x', 'counted', 'gauge')] }) }) },
    [/warning count: `count` counts the events of x, but the server says that it is a gauge/],
  ],
  [
    'numbers that fall as often as they rise',
    rate,
    { count: inspection({ details: details({ uses: [use('x', 'counted', null)], falls: 40, changes: 100 }) }) },
    [/it fell 40 times in the last hour, as a gauge does/],
  ],
  [
    'a counter with two restarts',
    rate,
    { count: inspection({ details: details({ uses: [use('x', 'counted', null)], falls: 2, changes: 4 }) }) },
    [],
  ],
  [
    'a metric without data in the last hour',
    rate,
    { count: inspection(), exposure: inspection({ now: 0, details: details({ hasRecent: false }) }) },
    [/`exposure` has stopped: 1 series in the last 1d, and no data in the last hour/],
  ],
])('%s', ([, rule, sources, messages]) => {
  expect(found(rule, sources)).toEqual(messages.map((message) => expect.stringMatching(message)));
});

const ratio = (hourly: number, bad = 0) => ({
  bad: inspection({ details: details({ events: bad }) }),
  total: inspection({ details: details({ events: hourly }) }),
});
const regression: Partial<CheckRule> = { failWhen: [aCondition('regression', {})] };
const above: Partial<CheckRule> = { failWhen: [aCondition('threshold', { above: 0.1 })], minSamples: 20 };

test.for<readonly [string, Partial<CheckRule>, number, number, readonly RegExp[]]>([
  ['no traffic', regression, 0, 0, [/about 0 requests in a bake of 15m, by the last hour: no regression can be noticed; bake longer/]],
  ['one request a minute', regression, 60, 0, [/about 15 requests in a bake of 15m.*only 13\.3 % bad requests or more can be noticed/]],
  ['ten a second', regression, 36_000, 180, []],
  ['less than one reading', above, 60, 0, [/one reading needs 20 \(`min_samples`\), so the check may never judge/]],
  ['enough for readings', above, 600, 0, []],
])('traffic: %s', ([, rule, hourly, bad, messages]) => {
  expect(found(rule, ratio(hourly, bad))).toEqual(messages.map((message) => expect.stringMatching(message)));
});

test('nothing is said about traffic that is not known, or of many services together', () => {
  expect(found(regression, { bad: inspection(), total: inspection({ details: details({ events: null }) }) })).toEqual([]);
  const { bad, total } = ratio(1);
  expect(
    findingsOf(aCheck(regression), {
      sources: [bad, total].map((one, i) => ({ name: ['bad', 'total'][i]!, inspection: one, refusal: null })),
      lookedMs: 1,
      hasControl: false,
    }),
  ).toEqual([]);
});

test('matchers of a control that match nothing are an error where their label does not exist, and a warning where a value does not', () => {
  const base = inspection({ series: [{ __name__: 'requests', version: 'v1', job: 'a' }] });
  const side = (label: string, text: string) => inspection({ series: [], selector: { metric: 'requests', conditions: [{ label, text }] } });
  const control = (label: string, text: string) => [
    { side: 'canary', source: 'total', matchers: text, inspection: side(label, text), base } as const,
  ];
  expect(found({}, {}, { control: control('release', 'release="$version"') })).toEqual([
    'error canary: no series of `total` has release="$version"; there is no label `release`; the labels are version',
  ]);
  expect(found({}, {}, { control: control('version', 'version="v9"') })).toEqual([
    'warning canary: no series of `total` has version="v9"; version is v1 there',
  ]);
  expect(found({}, {}, { control: [{ side: 'stable', source: 'total', matchers: 'x', inspection: base, base }] })).toEqual([]);
});
