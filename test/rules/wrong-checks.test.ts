import { describe, expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { aCheck, aControlledCheck, known, wrongWith } from './build.ts';

const checkRows = [
  {
    name: 'an empty check',
    file: 'rules: 1\nservice: a\nenvironment: b\nchecks:\n  c:\n',
    says: [
      '5:5 checks.c: is empty; it must be a map (known: provider, ratio, rate, exposure, latency, value, probe, slo, alert, by, fail_when, min_samples, direction, critical, unit, never_seen, unless)',
    ],
  },
  {
    name: 'a check that asks nothing',
    file: aCheck('fail_when: { above: 1 }'),
    says: ['5:3 checks.c: the check measures nothing (add one of ratio, rate, latency, value, probe, slo or alert)'],
  },
  {
    name: 'a check that asks two things',
    file: aCheck('rate: a\nvalue: b\nfail_when: { above: 1 }'),
    says: ['8:5 checks.c.value: a check measures one thing, and this one already has rate (write two checks)'],
  },
  {
    name: 'a mistyped question',
    file: aCheck('ration: { bad: a, total: b }\nfail_when: { above: 1% }'),
    says: [
      '5:3 checks.c: the check measures nothing (add one of ratio, rate, latency, value, probe, slo or alert)',
      '7:5 checks.c.ration: is not a known key (did you mean `ratio`? known: provider, ratio, rate, exposure, latency, value, probe, slo, alert, by, fail_when, min_samples, direction, critical, unit, never_seen, unless)',
    ],
  },
  {
    name: 'no provider',
    file: aCheck('value: up\nfail_when: { above: 1 }').replace('provider: prom', 'critical: true'),
    says: ['5:3 checks.c.provider: is required (defined: prom, nr)'],
  },
  {
    name: 'a provider that nobody defined',
    file: aCheck('value: up\nfail_when: { above: 1 }').replace('prom', 'prmo'),
    says: ['6:15 checks.c.provider: no provider is named "prmo" (did you mean `prom`? defined: prom, nr)'],
  },
  {
    name: 'a ratio without a total',
    file: aCheck('ratio: { bad: a }\nfail_when: { above: 1% }'),
    says: ['7:5 checks.c.ratio.total: is required'],
  },
  {
    name: 'a ratio with a mistyped part',
    file: aCheck('ratio: { bad: a, totl: b }\nfail_when: { above: 1% }'),
    says: [
      '7:5 checks.c.ratio.total: is required',
      '7:22 checks.c.ratio.totl: is not a known key (did you mean `total`? known: bad, total)',
    ],
  },
  {
    name: 'a ratio that is a text',
    file: aCheck('ratio: a\nfail_when: { above: 1% }'),
    says: ['7:12 checks.c.ratio: must be a map, not a text (known: bad, total)'],
  },
  { name: 'an empty selector', file: aCheck("rate: ''\nfail_when: { above: 1 }"), says: ['7:11 checks.c.rate: must not be empty'] },
  {
    name: 'a selector that is a list',
    file: aCheck('rate: [a]\nfail_when: { above: 1 }'),
    says: ['7:11 checks.c.rate: must be a text or a map, not a list'],
  },
  {
    name: 'the sum of a histogram in the place of its buckets',
    file: aCheck('latency: a_seconds_sum{job="shop"}\nfail_when: { slower_than: 500ms, for_more_than: 5% }'),
    says: ['7:14 checks.c.latency: a_seconds_sum has no buckets (write a_seconds_bucket)'],
  },
  {
    name: 'a query with a mistyped key',
    file: aCheck('rate: { qery: a }\nfail_when: { above: 1 }'),
    says: ['7:5 checks.c.rate.query: is required', '7:13 checks.c.rate.qery: is not a known key (did you mean `query`? known: query)'],
  },
  {
    name: 'a selector that its provider refuses',
    file: aCheck('rate: "rate(a[5m])"\nfail_when: { above: 1 }'),
    says: ["7:11 checks.c.rate: rate() is no counter selector (write any other query as `{ query: '…' }`)"],
  },
  {
    name: 'an exposure beside a ratio',
    file: aCheck('ratio: { bad: a, total: b }\nexposure: c\nfail_when: { above: 1% }'),
    says: ['8:5 checks.c.exposure: works only together with `rate` (a ratio has `total`)'],
  },
  {
    name: 'an exposure beside a value',
    file: aCheck('value: a\nexposure: c\nfail_when: { above: 1 }'),
    says: ['8:5 checks.c.exposure: works only together with `rate`'],
  },
  {
    name: 'an unknown placeholder',
    file: aCheck('value: up{v="$verson"}\nfail_when: { above: 1 }'),
    says: [
      '7:12 checks.c.value: unknown placeholder $verson (did you mean `$version`? known: $service, $environment, $version, $commit, $known_good, $step, $matchers; a plain dollar sign is $$)',
    ],
  },
  {
    name: 'matchers in a selector',
    file: aCheck('rate: up{$matchers}\nfail_when: { above: 1 }'),
    says: [
      "7:11 checks.c.rate: a selector must not contain $matchers: the matchers of `control` are added by themselves (remove $matchers, or write `{ query: '…' }`)",
    ],
  },
  {
    name: 'a query without matchers beside a control',
    file: aControlledCheck('rate: { query: sum(a) }\nfail_when: { above: 1 }'),
    says: [
      '8:20 checks.c.rate.query: the query has no $matchers, but the file has a `control` section (put $matchers into the selectors, such as up{$matchers})',
    ],
  },
  {
    name: 'a value without matchers beside a control',
    file: aControlledCheck('value: up\nfail_when: { above: 1 }'),
    says: [
      '8:12 checks.c.value: the query has no $matchers, but the file has a `control` section (put $matchers into the selectors, such as up{$matchers})',
    ],
  },
  {
    name: 'samples that are none',
    file: aCheck('value: a\nmin_samples: 0\nfail_when: { above: 1 }'),
    says: ['8:18 checks.c.min_samples: must be at least 1'],
  },
  {
    name: 'half a sample',
    file: aCheck('value: a\nmin_samples: 1.5\nfail_when: { above: 1 }'),
    says: ['8:18 checks.c.min_samples: must be a whole number'],
  },
  {
    name: 'an unknown direction',
    file: aCheck('value: a\ndirection: upwards\nfail_when: { above: 1 }'),
    says: ['8:16 checks.c.direction: must be one of up, down, both'],
  },
  {
    name: 'a direction against the bounds',
    file: aCheck('value: a\ndirection: down\nfail_when: { above: 1 }'),
    says: ['8:16 checks.c.direction: `fail_when` says that up is worse, not down (remove `direction`)'],
  },
  {
    name: 'a split of a query that removes the label',
    file: aCheck('value: sum(a)\nby: pod\nfail_when: { above: 1 }'),
    says: ['8:9 checks.c.by: sum removes the label pod (write sum by (pod) (…))'],
  },
  {
    name: 'a split by the bounds of a histogram',
    file: aCheck('latency: a_bucket\nby: le'),
    says: ['8:9 checks.c.by: `le` holds the bounds of a histogram (split by another label, such as endpoint)'],
  },
  {
    name: 'a rate that is split and decides',
    file: aCheck('rate: a\nby: zone\nfail_when: drop'),
    says: [
      '8:9 checks.c.by: a rate that is split fails more healthy bakes than it may, so it must not decide (add `critical: false`, give it an `exposure`, or leave `by` out)',
    ],
  },
  { name: 'a rate that is split and only has a limit', file: aCheck('rate: a\nby: zone\nfail_when: { below: 3 }'), says: [] },
  { name: 'a rate that is split and advisory', file: aCheck('rate: a\nby: zone\nfail_when: drop\ncritical: false'), says: [] },
  {
    name: 'a rate that is split by pods, which are new with each deploy',
    file: aCheck('rate: a\nby: pod'),
    says: [
      '8:9 checks.c.by: the values of "pod" are new with each deploy, so the rate of each old one falls to zero (leave `by` out, or split by a label such as endpoint or zone)',
    ],
  },
  {
    name: 'a split by what is no label',
    file: aCheck('value: a\nby: the pod\nfail_when: { above: 1 }'),
    says: ['8:9 checks.c.by: is no label name: write one such as endpoint'],
  },
  {
    name: 'a split by a provider that cannot',
    file: aCheck('value: SELECT average(a) FROM B\nby: host\nfail_when: { above: 1 }').replace('prom', 'nr'),
    says: ['8:5 checks.c.by: the provider of this check cannot split by a label (write a check for each value)'],
  },
  {
    name: 'a half-critical check',
    file: aCheck('value: a\ncritical: maybe\nfail_when: { above: 1 }'),
    says: ['8:15 checks.c.critical: must be true or false, not a text (write true or false, without quotes)'],
  },
] as const;

test('a check can be split by a label that its query keeps', () => {
  const { checks } = parseRules(aCheck('value: sum by (pod) (a)\nby: pod\nfail_when: { above: 1 }'), 'r.yaml', known);
  expect(checks[0]).toMatchObject({ by: 'pod' });
});

describe('a check', () => {
  test.for(checkRows)('says what is wrong with $name', ({ file, says }) => {
    expect(wrongWith(file)).toEqual(says);
  });
});

const conditionRows = [
  {
    name: 'an empty list of conditions',
    file: aCheck('value: a\nfail_when: []'),
    says: [
      '8:16 checks.c.fail_when: must have at least one entry (known: above, below, slower_than with for_more_than, relative, regression, drop, anomaly, mann_whitney, trend)',
    ],
  },
  {
    name: 'a condition that is a number',
    file: aCheck('value: a\nfail_when: 5'),
    says: [
      '8:16 checks.c.fail_when: must be a map, not a number (known: above, below, slower_than, for_more_than, relative, regression, drop, anomaly, mann_whitney, trend, for)',
    ],
  },
  {
    name: 'a condition that says nothing',
    file: aCheck('value: a\nfail_when: [{ for: 2 of 3 }]'),
    says: [
      '8:17 checks.c.fail_when[0]: says nothing that could fail (known: above, below, slower_than with for_more_than, relative, regression, drop, anomaly, mann_whitney, trend)',
    ],
  },
  {
    name: 'an unknown bare word',
    file: aCheck('value: a\nfail_when: [regresion]'),
    says: [
      '8:17 checks.c.fail_when[0]: "regresion" is not a known condition (did you mean `regression`? bare words: regression, drop, anomaly, mann_whitney, trend)',
    ],
  },
  {
    name: 'a condition that needs more than a word',
    file: aCheck('value: a\nfail_when: above'),
    says: [
      '8:16 checks.c.fail_when: `above` says nothing by itself (known: above, below, slower_than with for_more_than, relative, regression, drop, anomaly, mann_whitney, trend)',
    ],
  },
  {
    name: 'an unknown analyzer',
    file: aCheck('value: a\nfail_when: [{ wilcoxon: { sensitivity: 3 } }]'),
    says: [
      '8:19 checks.c.fail_when[0].wilcoxon: is not a known key (known: above, below, slower_than, for_more_than, relative, regression, drop, anomaly, mann_whitney, trend, for)',
    ],
  },
  {
    name: 'a mistyped bound',
    file: aCheck('value: a\nfail_when: [{ abvoe: 1 }]'),
    says: [
      '8:19 checks.c.fail_when[0].abvoe: is not a known key (did you mean `above`? known: above, below, slower_than, for_more_than, relative, regression, drop, anomaly, mann_whitney, trend, for)',
    ],
  },
  {
    name: 'two kinds in one entry',
    file: aCheck('value: a\nfail_when: [{ above: 1, relative: { to: before, more_than: 50% } }]'),
    says: ['8:17 checks.c.fail_when[0]: mixes above, relative (make them entries of their own; any one is enough to fail)'],
  },
  {
    name: 'a share of 500 %',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: { above: 5 }'),
    says: ['8:25 checks.c.fail_when.above: 5 means 500% (write 5% or 0.05)'],
  },
  {
    name: 'a share above the whole',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: { above: 100% }'),
    says: ['8:25 checks.c.fail_when.above: a share is never above 100%, so this could never fail'],
  },
  {
    name: 'a share below nothing',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: { below: 0 }'),
    says: ['8:25 checks.c.fail_when.below: a share is never below 0, so this could never fail'],
  },
  {
    name: 'a negative share',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: { above: -1% }'),
    says: ['8:25 checks.c.fail_when.above: a share is always above -1%, so this would always fail'],
  },
  {
    name: 'a percentage of a value',
    file: aCheck('value: a\nfail_when: { above: 10% }'),
    says: [
      '8:25 checks.c.fail_when.above: a value is a plain number, but 10% is a percentage (write a number here, or `relative:` for a share of the baseline)',
    ],
  },
  {
    name: 'a percentage of a rate',
    file: aCheck('rate: a\nfail_when: { below: 10% }'),
    says: [
      '8:25 checks.c.fail_when.below: a rate is a plain number, but 10% is a percentage (write a number here, or `relative:` for a share of the baseline)',
    ],
  },
  {
    name: 'fewer than no events',
    file: aCheck('rate: a\nfail_when: { below: 0 }'),
    says: ['8:25 checks.c.fail_when.below: a number of events is never below 0'],
  },
  {
    name: 'a bound that is a word',
    file: aCheck('value: a\nfail_when: { above: lots }'),
    says: ['8:25 checks.c.fail_when.above: "lots" is not a number or a percentage (write for example 0.2 or 20%, without quotes)'],
  },
  {
    name: 'a bound that is no number',
    file: aCheck('value: a\nfail_when: { above: .nan }'),
    says: ['8:25 checks.c.fail_when.above: must be a number or a text, not NaN'],
  },
  {
    name: 'bounds that leave nothing between',
    file: aCheck('value: a\nfail_when: { above: 1, below: 2 }'),
    says: ['8:25 checks.c.fail_when.above: every value is above the one bound or below the other (`above` must be greater than `below`)'],
  },
  {
    name: 'a bound for a latency',
    file: aCheck('latency: a\nfail_when: { above: 0.5 }'),
    says: [
      '8:18 checks.c.fail_when.above: is not for a latency check (write one of: slower_than with for_more_than, relative, regression, drop, anomaly, mann_whitney)',
    ],
  },
  {
    name: 'slowness of a ratio',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: { slower_than: 500ms, for_more_than: 5% }'),
    says: [
      '8:18 checks.c.fail_when.slower_than: is for a latency check, and this one asks for a ratio (write one of: above, below, relative, regression, drop, anomaly, mann_whitney)',
    ],
  },
  {
    name: 'a trend of a ratio',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: { trend: {} }'),
    says: [
      '8:18 checks.c.fail_when.trend: is not for a ratio check (write one of: above, below, relative, regression, drop, anomaly, mann_whitney)',
    ],
  },
  {
    name: 'a bare trend of a ratio',
    file: aCheck('ratio: { bad: a, total: b }\nfail_when: trend'),
    says: [
      '8:16 checks.c.fail_when: `trend` is not for a ratio check (write one of: above, below, relative, regression, drop, anomaly, mann_whitney)',
    ],
  },
  {
    name: 'a mistyped trend',
    file: aCheck('value: a\nfail_when: { trned: {} }'),
    says: [
      '8:18 checks.c.fail_when.trned: is not a known key (did you mean `trend`? known: above, below, slower_than, for_more_than, relative, regression, drop, anomaly, mann_whitney, trend, for)',
    ],
  },
  {
    name: 'a trend with a mistyped tolerance',
    file: aCheck('value: a\nfail_when: { trend: { tolerence: 20% } }'),
    says: ['8:27 checks.c.fail_when.trend.tolerence: is not a known key (did you mean `tolerance`? known: tolerance, direction)'],
  },
  {
    name: 'slowness without a share',
    file: aCheck('latency: a\nfail_when: { slower_than: 500ms }'),
    says: ['8:5 checks.c.fail_when.for_more_than: is required with slower_than (such as for_more_than: 5%)'],
  },
  {
    name: 'a share without slowness',
    file: aCheck('latency: a\nfail_when: { for_more_than: 5% }'),
    says: ['8:5 checks.c.fail_when.slower_than: is required with for_more_than (such as slower_than: 500ms)'],
  },
  {
    name: 'slowness without a unit',
    file: aCheck('latency: a\nfail_when: { slower_than: 500, for_more_than: 5% }'),
    says: ['8:31 checks.c.fail_when.slower_than: 500 is not a duration (add a unit, such as 500ms or 500s)'],
  },
  {
    name: 'a slow share of 500 %',
    file: aCheck('latency: a\nfail_when: { slower_than: 500ms, for_more_than: 5 }'),
    says: ['8:53 checks.c.fail_when.for_more_than: 5 means 500% (write 5% or 0.05)'],
  },
  {
    name: 'a slow share of everything',
    file: aCheck('latency: a\nfail_when: { slower_than: 500ms, for_more_than: 100% }'),
    says: ['8:53 checks.c.fail_when.for_more_than: 100% is everything, so this could never fail (write less than 100%)'],
  },
  {
    name: 'relative to nothing',
    file: aCheck('value: a\nfail_when: { relative: { more_than: 50% } }'),
    says: ['8:18 checks.c.fail_when.relative.to: is required'],
  },
  {
    name: 'relative to something unknown',
    file: aCheck('value: a\nfail_when: { relative: { to: contol, more_than: 50% } }'),
    says: [
      '8:34 checks.c.fail_when.relative.to: "contol" is not something to compare with (write `before`, `control`, or 1d to 35d for the same time some days ago)',
    ],
  },
  {
    name: 'relative without a limit',
    file: aCheck('value: a\nfail_when: { relative: { to: before } }'),
    says: ['8:28 checks.c.fail_when.relative: needs more_than or less_than (such as more_than: 50%)'],
  },
  {
    name: 'relative with both limits',
    file: aCheck('value: a\nfail_when: { relative: { to: before, more_than: 50%, less_than: 20% } }'),
    says: ['8:58 checks.c.fail_when.relative.less_than: cannot stand beside more_than (make them two entries of `fail_when`)'],
  },
  {
    name: 'relative to a control that is not there',
    file: aCheck('value: a\nfail_when: { relative: { to: control, more_than: 50% } }'),
    says: [
      '8:34 checks.c.fail_when.relative.to: there is no control to compare with (add a `control:` section with `canary` and `stable` matchers)',
    ],
  },
  {
    name: 'fifty times worse',
    file: aCheck('value: a\nfail_when: { relative: { to: before, more_than: 50 } }'),
    says: ['8:53 checks.c.fail_when.relative.more_than: 50 means 5000% (write 50% or 0.5)'],
  },
  {
    name: 'all of it less',
    file: aCheck('value: a\nfail_when: { relative: { to: before, less_than: 100% } }'),
    says: ['8:53 checks.c.fail_when.relative.less_than: 100% is everything, so this could never fail (write less than 100%)'],
  },
  {
    name: 'relative latency without a bound',
    file: aCheck('latency: a\nfail_when: { relative: { to: before, more_than: 50% } }'),
    says: [
      '8:18 checks.c.fail_when.relative.slower_than: is required for a latency check (such as slower_than: 500ms: the share slower than that is compared)',
    ],
  },
  {
    name: 'slowness of a relative value',
    file: aCheck('value: a\nfail_when: { relative: { to: before, more_than: 50%, slower_than: 1s } }'),
    says: ['8:58 checks.c.fail_when.relative.slower_than: is for a latency check, and this one asks for a value'],
  },
  {
    name: 'relative as a word',
    file: aCheck('value: a\nfail_when: { relative: before }'),
    says: ['8:28 checks.c.fail_when.relative: must be a map, not a text (known: to, more_than, less_than, slower_than)'],
  },
  {
    name: 'more bad readings than readings',
    file: aCheck('value: a\nfail_when: { above: 1, for: 4 of 3 }'),
    says: ['8:33 checks.c.fail_when.for: 4 of 3 is impossible (write how many of how many readings must be bad, such as 2 of 3)'],
  },
  {
    name: 'no bad reading',
    file: aCheck('value: a\nfail_when: { above: 1, for: 0 of 3 }'),
    says: [
      '8:33 checks.c.fail_when.for: at least one reading must be bad (write how many of how many readings must be bad, such as 2 of 3)',
    ],
  },
  {
    name: 'damping that is a duration',
    file: aCheck('value: a\nfail_when: { above: 1, for: 5m }'),
    says: [
      '8:33 checks.c.fail_when.for: "5m" is not of the form `2 of 3` (write how many of how many readings must be bad, such as 2 of 3)',
    ],
  },
  {
    name: 'damping over 200 readings',
    file: aCheck('value: a\nfail_when: { above: 1, for: 1 of 200 }'),
    says: [
      '8:33 checks.c.fail_when.for: 200 readings are too many: the maximum is 100 (write how many of how many readings must be bad, such as 2 of 3)',
    ],
  },
  {
    name: 'damping longer than the bake',
    file: aCheck('value: a\nfail_when: { above: 1, for: 30 of 61 }'),
    says: ['8:33 checks.c.fail_when.for: 61 readings every 15s take 15m15s, longer than the bake of 15m'],
  },
  {
    name: '21 conditions',
    file: aCheck(`value: a\nfail_when: [${'{ above: 1 }, '.repeat(21)}]`),
    says: ['8:16 checks.c.fail_when: has 21 entries, at most 20 are allowed'],
  },
] as const;

describe('fail_when', () => {
  test.for(conditionRows)('says what is wrong with $name', ({ file, says }) => {
    expect(wrongWith(file)).toEqual(says);
  });
});
