import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../../src/core/bake/narrate.ts';
import { type Chart, type ChartSource, chartOf, chartsOf } from '../../../src/core/chart/chart.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import type { Evidence } from '../../../src/core/judge/verdict.ts';
import type { CheckRule } from '../../../src/core/rules/rule-set.ts';
import type { Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { aBake, aCheck, aCondition, aDeploy, aPlan, aRuleSet, ratio, step, t0, times } from '../../support/builders.ts';

const from = t0 + 2 * step;
const inf = Number.POSITIVE_INFINITY;

function asked(ticks: Ticks | null, rest: Partial<Measurement> = {}): Measurement {
  const window = { from, to: from + 8 * step, stepMs: step };
  return {
    check: 'errors',
    phase: 'baking',
    at: window.to,
    window,
    query: 'q',
    result: { outcome: 'pass', reason: 'fine' },
    ticks,
    control: null,
    ...rest,
  };
}

function source(rest: Partial<ChartSource> & { readonly checks?: readonly CheckRule[] } = {}): ChartSource {
  const { checks = [aCheck()], ...more } = rest;
  const record = { deploy: aDeploy(), bake: aBake('baking'), ruleSet: aRuleSet({ checks }), plan: aPlan() };
  return { record, measurements: [], histories: [], timeline: [], ...more };
}

function valuesOf(chart: Chart, kind: string): readonly (number | null)[] | undefined {
  return chart.series.find((series) => series.kind === kind)?.points.map(([, value]) => value);
}

describe('the points of a chart', () => {
  const latency = (buckets: readonly (readonly number[] | null)[]): Ticks => ({ kind: 'latency', le: [0.1, 0.5, inf], buckets });
  const slow = aCondition('threshold', { slower_than: 100, for_more_than: 0.05 });
  test.for<{ name: string; rule: Partial<CheckRule>; ticks: Ticks; unit: string; values: readonly (number | null)[] }>([
    { name: 'of a ratio are shares in percent', rule: {}, ticks: ratio([5, 0, null], 50), unit: '%', values: [10, 0, null] },
    { name: 'of a ratio without requests are none', rule: {}, ticks: ratio([0, 5], [0, 50]), unit: '%', values: [null, 10] },
    {
      name: 'of a rate are events a second',
      rule: { question: { kind: 'rate', count: { query: 'q' } } },
      ticks: { kind: 'rate', count: [30, null, 0] },
      unit: 'events/second',
      values: [2, null, 0],
    },
    {
      name: 'of a raw counter that is scraped less often than asked are shared out over the ticks between',
      rule: { question: { kind: 'rate', count: { selector: 'q' } } },
      ticks: { kind: 'rate', count: [30, null, 30] },
      unit: 'events/second',
      values: [null, null, 1],
    },
    {
      name: 'of a rare event are events a minute',
      rule: { question: { kind: 'rate', count: { query: 'sum(increase(shop_orders_total[1m]))' } } },
      ticks: { kind: 'rate', count: [3, null, 0] },
      unit: 'orders/minute',
      values: [12, null, 0],
    },
    {
      name: 'of a rate with exposure are events a unit of it',
      rule: { question: { kind: 'rate', count: { query: 'q' }, exposure: { query: 'e' } } },
      ticks: { kind: 'rate', count: [30, 10], exposure: [60, 0] },
      unit: 'events',
      values: [0.5, null],
    },
    {
      name: 'of a latency are the share slower than the bound of the rules',
      rule: { question: { kind: 'latency', buckets: { query: 'q' } }, failWhen: [slow] },
      ticks: latency([[80, 100, 100], null]),
      unit: '%',
      values: [20, null],
    },
    {
      name: 'of a latency without a bound are the share slower than what is usual',
      rule: { question: { kind: 'latency', buckets: { query: 'q' } }, failWhen: [aCondition('regression', {})] },
      ticks: latency([[50, 98, 100]]),
      unit: '%',
      values: [2],
    },
    {
      name: 'of a value are what it was, and nothing where that is no number',
      rule: { question: { kind: 'value', query: 'q' } },
      ticks: { kind: 'value', value: [3, inf, Number.NaN, -2] },
      unit: '',
      values: [3, null, null, -2],
    },
  ])('$name', ({ rule, ticks, unit, values }) => {
    const checks = [aCheck(rule)];
    const [chart] = chartsOf(source({ checks, measurements: [asked(ticks)] }));
    expect(chart?.unit).toBe(unit);
    expect(chart && valuesOf(chart, 'release')).toEqual(values);
  });

  test('lie at the end of their ticks', () => {
    const [chart] = chartsOf(source({ measurements: [asked(ratio([1, 2]))] }));
    expect(chart?.series[0]?.points.map(([at]) => at)).toEqual([from + step, from + 2 * step]);
  });

  test('of a long stretch are taken together as longer ticks would have counted them', () => {
    const [chart] = chartsOf(source({ measurements: [asked(ratio([...times(300, 0), ...times(300, 50)]))] }));
    const values = chart && valuesOf(chart, 'release');
    expect(values).toHaveLength(200);
    expect(values?.slice(99, 101)).toEqual([0, 50]);
  });
});

describe('a chart shows', () => {
  test.for([
    { name: 'at least a third of the planned bake', judged: 0, ticks: 3 },
    { name: 'as long as the time since the deploy', judged: 4, ticks: 6 },
    { name: 'at most as long as the bake is planned to be', judged: 20, ticks: 8 },
  ])('the past up to the deploy: $name', ({ judged, ticks }) => {
    const stretch = { startAt: t0 - 100 * step, stepMs: step, ticks: ratio(times(100, 3)) };
    const window = { from, to: from + judged * step, stepMs: step };
    const measurements = judged === 0 ? [] : [asked(ratio(times(judged, 3)), { window })];
    const [chart] = chartsOf(source({ measurements, histories: [{ check: 'errors', stretch }] }));
    expect(chart && valuesOf(chart, 'before')).toEqual(times(ticks, 3));
    expect(chart?.series[0]?.points.at(-1)?.[0]).toBe(t0);
    expect(chart?.from).toBe(t0 - (ticks - 1) * step);
  });

  test('the control beside the release, and the recovery after a rollback', () => {
    const after = {
      ...asked(ratio([7, 1])),
      phase: 'verifying',
      window: { from: from + 9 * step, to: from + 11 * step, stepMs: step },
    } as const;
    const [chart] = chartsOf(source({ measurements: [asked(ratio([20]), { control: ratio([2]) }), after] }));
    expect(chart?.series.map(({ kind, label }) => `${kind}: ${label}`)).toEqual([
      'control: v1 at the same time',
      'release: v2',
      'recovery: after the rollback',
    ]);
    expect(chart?.to).toBe(from + 11 * step);
  });

  test('the limits of the rules, and what the judge expected and tolerated', () => {
    const result = { outcome: 'fail', reason: 'bad', evidence: { measured: 0.2, expected: 0.004, limit: 0.0071234 } } as const;
    const [chart] = chartsOf(source({ measurements: [asked(ratio([20]), { result })] }));
    expect(chart?.lines).toEqual([
      { kind: 'limit', value: 10, label: 'limit 10 %', badSide: 'above', decides: false },
      { kind: 'limit', value: 0.71234, label: 'tolerated 0.712 %', badSide: 'above', decides: true },
      { kind: 'expected', value: 0.4, label: 'before: 0.4 %', badSide: null, decides: true },
    ]);
    expect(chart?.series[0]?.measured).toBe('20 %');
  });

  test.for<{ name: string; question: CheckRule['question']; ticks: Ticks }>([
    { name: 'events of a longer window', question: { kind: 'rate', count: { query: 'q' } }, ticks: { kind: 'rate', count: [20] } },
    {
      name: 'another bound',
      question: { kind: 'latency', buckets: { query: 'q' } },
      ticks: { kind: 'latency', le: [1, inf], buckets: [[1, 2]] },
    },
  ])('no evidence that speaks of something else than the points: $name', ({ question, ticks }) => {
    const checks = [aCheck({ question, failWhen: [aCondition('regression', {})] })];
    const result = { outcome: 'fail', reason: 'bad', evidence: { measured: 400, expected: 612, limit: 500 } } as const;
    const [chart] = chartsOf(source({ checks, measurements: [asked(ticks, { result })] }));
    expect([chart?.series.length, chart?.lines]).toEqual([1, []]);
  });

  test('when it was deployed, judged, rolled back and recovered', () => {
    const entry = (kind: string, at: number, by = 'bakewatch'): TimelineEntry => ({ kind, at, by, text: '' });
    const timeline = [
      entry('warming', t0),
      entry('rolling_back', from),
      entry('verifying', from + step),
      entry('rolled_back', from + 2 * step),
    ];
    const [chart] = chartsOf(source({ measurements: [asked(ratio([20, 1, 1]))], timeline }));
    expect(chart?.marks.map(({ label, at }) => [label, at])).toEqual([
      ['deployed', t0],
      ['judged bad', from],
      ['rolled back', from + step],
      ['recovered', from + 2 * step],
    ]);
  });
});

describe('the verdict that decided', () => {
  const le = [0.05, 0.5, inf];
  const question = { kind: 'latency', buckets: { query: 'q' } } as const;
  const failWhen = [aCondition('threshold', { slower_than: 500, for_more_than: 0.1 }), aCondition('regression', {})];
  const rule = aCheck({ name: 'latency', question, failWhen });
  const ticks: Ticks = { kind: 'latency', le, buckets: [[40, 99, 100]] };
  const failed = (evidence: Evidence, rest: Partial<Measurement> = {}) =>
    asked(ticks, { check: 'latency', result: { outcome: 'fail', reason: 'slow', evidence }, ...rest });
  const chartFrom = (...measurements: readonly Measurement[]) => chartOf(source({ checks: [rule], measurements }), rule);

  test('names the bound that is drawn, and the limit of another bound is left out', () => {
    const chart = chartFrom(failed({ measured: 0.6, expected: 0.3, limit: 0.4, bound: 0.05 }));
    expect([chart.title, valuesOf(chart, 'release')]).toEqual(['latency: share of requests slower than 50 ms', [60]]);
    expect(chart.lines.map(({ label }) => label)).toEqual(['tolerated 40 %', 'before: 30 %']);
  });

  test('may be the fixed limit: then its bound is drawn, with its limit', () => {
    const chart = chartFrom(failed({ measured: 0.2, limit: 0.1, bound: 0.5 }));
    expect([chart.title, valuesOf(chart, 'release')]).toEqual(['latency: share of requests slower than 500 ms', [1]]);
    expect(chart.lines).toEqual([{ kind: 'limit', value: 10, label: 'limit 10 %', badSide: 'above', decides: true }]);
  });

  test('of an older version names no bound: then the bound of the rules is drawn, without the evidence', () => {
    const chart = chartFrom(failed({ measured: 0.6, expected: 0.3, limit: 0.4 }));
    expect([valuesOf(chart, 'release'), chart.lines.map(({ label }) => label)]).toEqual([[1], ['limit 10 %']]);
  });

  test('is the failure, even if a later answer differs', () => {
    const later = asked(ticks, {
      check: 'latency',
      window: { from: from + 8 * step, to: from + 9 * step, stepMs: step },
      result: { outcome: 'pass', reason: 'fine', evidence: { measured: 0, bound: 0.5 } },
    });
    const chart = chartFrom(failed({ measured: 0.6, bound: 0.05 }), later);
    expect([chart.outcome, chart.title]).toEqual(['fail', 'latency: share of requests slower than 50 ms']);
  });

  test('gives the caption: its headline', () => {
    const explanation = { headline: '60 % of requests slower than 50 ms, was 30 %', because: '', notes: [] };
    const result = { outcome: 'fail', reason: 'slow', explanation } as const;
    expect(chartFrom(asked(ticks, { check: 'latency', result })).caption).toBe('Latency: 60 % of requests slower than 50 ms, was 30 %');
    expect(chartFrom(failed({})).caption).toBeNull();
  });

  test.for([
    { outcome: 'pass', measured: '25 %' },
    { outcome: 'inconclusive', measured: null },
  ] as const)('says after the rollback what was measured then, once it passes ($outcome)', ({ outcome, measured }) => {
    const verifying = failed(
      {},
      {
        phase: 'verifying',
        window: { from: from + 9 * step, to: from + 10 * step, stepMs: step },
        result: { outcome, reason: 'so', evidence: { measured: 0.25, bound: 0.05 } },
      },
    );
    const chart = chartFrom(failed({ measured: 0.6, bound: 0.05 }), verifying);
    expect(chart.series.map((one) => [one.kind, one.measured])).toEqual([
      ['release', '60 %'],
      ['recovery', measured],
    ]);
  });

  test('compares with the control where there is one', () => {
    const result = { outcome: 'fail', reason: 'bad', evidence: { measured: 0.2, expected: 0.01, limit: 0.02 } } as const;
    const [chart] = chartsOf(source({ measurements: [asked(ratio([20]), { control: ratio([1]), result })] }));
    expect(chart?.lines.map(({ label }) => label)).toEqual(['limit 10 %', 'tolerated 2 %', 'control: 1 %']);
  });

  test.for<{ name: string; direction: CheckRule['direction']; evidence: Evidence; badSide: string }>([
    { name: 'more is worse', direction: 'up', evidence: { measured: 5, expected: 1, limit: 2 }, badSide: 'above' },
    { name: 'less is worse', direction: 'down', evidence: { measured: 1, expected: 5, limit: 2 }, badSide: 'below' },
    { name: 'both are worse, and it rose', direction: 'both', evidence: { measured: 5, expected: 1, limit: 2 }, badSide: 'above' },
    { name: 'both are worse, and it fell', direction: 'both', evidence: { measured: 1, expected: 5, limit: 2 }, badSide: 'below' },
  ])('says on which side of its limit values are bad: $name', ({ direction, evidence, badSide }) => {
    const checks = [aCheck({ question: { kind: 'value', query: 'q' }, direction, failWhen: [aCondition('regression', {})] })];
    const result = { outcome: 'fail', reason: 'bad', evidence } as const;
    const [chart] = chartsOf(source({ checks, measurements: [asked({ kind: 'value', value: [3] }, { result })] }));
    expect(chart?.lines.map((line) => line.badSide)).toEqual([badSide, null]);
  });

  test('counts events over a window, which the chart shows as events per time', () => {
    const orders = aCheck({ question: { kind: 'rate', count: { query: 'orders_total' } }, failWhen: [aCondition('regression', {})] });
    const evidence = { measured: 280, expected: 400, limit: 330, windowMs: 400_000 };
    const result = { outcome: 'fail', reason: 'bad', evidence } as const;
    const [chart] = chartsOf(source({ checks: [orders], measurements: [asked({ kind: 'rate', count: [12] }, { result })] }));
    expect(chart?.unit).toBe('orders/minute');
    expect(chart?.lines.map(({ label }) => label)).toEqual(['tolerated 49.5/min', 'expected: 60/min']);
    expect(chart?.series[0]?.measured).toBe('280 in 6m40s (42/min)');
  });

  test('has numbers in the unit of the check', () => {
    const memory = aCheck({ question: { kind: 'value', query: 'process_resident_memory_bytes' }, failWhen: [aCondition('trend', {})] });
    const result = { outcome: 'fail', reason: 'bad', evidence: { measured: 181_234_567, expected: 149e6, limit: 163e6 } } as const;
    const [chart] = chartsOf(source({ checks: [memory], measurements: [asked({ kind: 'value', value: [150e6] }, { result })] }));
    expect([chart?.series[0]?.measured, ...(chart?.lines ?? []).map(({ label }) => label)]).toEqual([
      '181 MB',
      'tolerated 163 MB',
      'expected: 149 MB',
    ]);
  });
});

test('a limit of two conditions is shown once', () => {
  const failWhen = [aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }), aCondition('threshold', { above: 0.1, below: 0.01 })];
  const [chart] = chartsOf(source({ checks: [aCheck({ failWhen })], measurements: [asked(ratio([5]))] }));
  expect(chart?.lines.map(({ label, badSide }) => `${label} ${badSide}`)).toEqual(['limit 10 % above', 'limit 1 % below']);
});

describe('moving means', () => {
  const chartFor = (ticks: Ticks, past: Ticks | null = null) => {
    const histories = [{ check: 'errors', stretch: past && { startAt: t0 - 40 * step, stepMs: step, ticks: past } }];
    return chartsOf(source({ measurements: [asked(ticks)], histories }))[0];
  };
  const meansOf = (chart: Chart | undefined, kind: string) =>
    chart?.series.find((series) => series.kind === kind)?.means.map(([, value]) => value);

  test('cover about 20 events, for every line of the chart', () => {
    const rare = ratio(Array.from({ length: 40 }, (_, i) => (i % 2) * 10));
    const chart = chartFor(rare, rare);
    expect(chart?.meansMs).toBe(4 * step);
    for (const kind of ['before', 'release'])
      expect(meansOf(chart, kind)?.slice(4)).toEqual(times((meansOf(chart, kind)?.length ?? 0) - 4, 5));
  });

  test('are not needed where each tick has enough events', () => {
    const chart = chartFor(ratio(times(40, 30)));
    expect([chart?.meansMs, meansOf(chart, 'release')]).toEqual([null, []]);
  });

  test('cover at most a quarter of the bake, so that a change stays visible', () => {
    expect(chartFor(ratio(times(8, 0)))?.meansMs).toBe(2 * step);
  });
});

test('a chart of a bake in stages shows when each began, with its share of the traffic', () => {
  const stages = [
    { weight: 5, forMs: step },
    { weight: 100, forMs: step },
  ];
  const plan = aPlan({ traffic: { hook: 'splitter', stages } });
  const record = { deploy: aDeploy(), bake: aBake('baking'), ruleSet: aRuleSet(), plan };
  const timeline = ['shifting', 'baking', 'shifting', 'baking'].map((kind, i) => ({ kind, at: t0 + i * step, by: 'bakewatch', text: '' }));
  const [chart] = chartsOf(source({ record, timeline, measurements: [asked(ratio(times(8, 1)))] }));
  expect(chart?.marks.map(({ kind, at, label }) => [kind, at, label])).toEqual([
    ['deployed', t0, 'deployed'],
    ['shifted', t0 + step, '5 %'],
    ['shifted', t0 + 3 * step, '100 %'],
  ]);
});

test('a chart knows how long the ticks of each line are, because longer ones look calmer', () => {
  const stretch = { startAt: t0 - 40 * step, stepMs: 4 * step, ticks: ratio(times(10, 3)) };
  const [chart] = chartsOf(source({ measurements: [asked(ratio([1]))], histories: [{ check: 'errors', stretch }] }));
  expect(chart?.series.map(({ kind, tickMs }) => [kind, tickMs])).toEqual([
    ['before', 4 * step],
    ['release', step],
  ]);
});

describe('the charts of a deploy', () => {
  const named = (name: string, critical = true) => aCheck({ name, critical });
  const told = (check: string, outcome: 'pass' | 'fail' | 'inconclusive', strength?: number) =>
    asked(ratio([1]), { check, result: { outcome, reason: 'so', ...(strength !== undefined && { evidence: { strength } }) } });

  test('begin with the failing check that has the strongest evidence, and leave out what was never measured', () => {
    const checks = [named('fine'), named('open'), named('advisory', false), named('weak'), named('strong'), named('silent')];
    const measurements = [
      told('fine', 'pass'),
      told('open', 'inconclusive'),
      told('advisory', 'fail', 9),
      told('weak', 'fail', 1.2),
      told('strong', 'fail', 40),
    ];
    expect(chartsOf(source({ checks, measurements })).map(({ check }) => check)).toEqual(['strong', 'weak', 'advisory', 'open', 'fine']);
  });

  test('are plain, whatever was measured', () => {
    fc.assert(
      fc.property(anyTicks(), anyTicks(), (ticks, past) => {
        const kinds = {
          ratio: aCheck().question,
          rate: { kind: 'rate', count: { query: 'q' } },
          latency: { kind: 'latency', buckets: { query: 'q' } },
          value: { kind: 'value', query: 'q' },
        } as const;
        const rule = aCheck({ question: kinds[ticks.kind] });
        const histories = [{ check: 'errors', stretch: { startAt: t0 - 40 * step, stepMs: step, ticks: past } }];
        const chart = chartOf(source({ checks: [rule], measurements: [asked(ticks)], histories }), rule);
        expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
        expect(
          chart.series
            .flatMap(({ points }) => points)
            .every(([at, value]) => at >= chart.from && at <= chart.to && (value === null || Number.isFinite(value))),
        ).toBe(true);
      }),
    );
  });
});
