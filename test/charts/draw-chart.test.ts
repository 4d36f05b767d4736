import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawChart } from '../../src/charts/draw-chart.ts';
import { numberTicks, timeTicks } from '../../src/charts/scale.ts';
import type { Chart } from '../../src/core/chart/chart.ts';
import { anyChart } from '../support/any-chart.ts';
import { t0 } from '../support/builders.ts';

const size = { width: 600, height: 220 };

function aChart(rest: Partial<Chart> = {}): Chart {
  return {
    check: 'errors',
    title: 'errors: bad events, % of all',
    unit: '%',
    from: t0,
    to: t0 + 600_000,
    series: [
      {
        kind: 'release',
        label: 'v2',
        points: [
          [t0, 1],
          [t0 + 15_000, 2],
          [t0 + 30_000, null],
          [t0 + 45_000, 9],
        ],
      },
    ],
    lines: [{ kind: 'limit', value: 10, label: 'at most 10 %' }],
    marks: [{ kind: 'deployed', at: t0, label: 'deployed' }],
    ...rest,
  };
}

describe('a chart', () => {
  test('is one SVG with a title and a description in words', () => {
    const svg = drawChart(aChart(), size);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title id="chart-errors-title">errors: bad events, % of all</title>');
    expect(svg).toContain('v2: 1 % to 9 %, latest 9 %; at most 10 %; deployed at 2026-09-21 ');
  });

  test('shows texts unchanged', () => {
    expect(drawChart(aChart({ title: `&lt; "a" <b> 'c'` }), size)).toContain('>&amp;lt; &quot;a&quot; &lt;b&gt; &#39;c&#39;</title>');
  });

  test('leaves a gap for missing values, and draws a single point as a dot', () => {
    const svg = drawChart(aChart(), size);
    expect(svg.match(/<path d="([^"]*)"/)?.[1]).toMatch(/^M[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);
    expect(svg.match(/<circle/g)).toHaveLength(1);
  });

  test('distinguishes the series without colors', () => {
    const kinds = ['before', 'control', 'release', 'recovery'] as const;
    const points = [
      [t0, 1],
      [t0 + 1, 2],
    ] as const;
    const svg = drawChart(aChart({ series: kinds.map((kind) => ({ kind, label: kind, points })) }), size);
    const drawn = [...svg.matchAll(/<path [^>]*stroke-width="([\d.]+)"(?: stroke-dasharray="([^"]+)")?/g)].map(
      ([, width, dash]) => `${width} ${dash}`,
    );
    expect(new Set(drawn).size).toBe(4);
  });

  test.for([
    { name: 'a limit near the data is drawn', value: 12, isDrawn: true },
    { name: 'a limit far away is only named, because it would flatten the data', value: 900, isDrawn: false },
  ])('$name', ({ value, isDrawn }) => {
    const svg = drawChart(aChart({ lines: [{ kind: 'limit', value, label: `at most ${value} %` }] }), size);
    expect(svg).toContain(`>at most ${value} %<`);
    // Once in the legend, and once in the plot.
    expect(svg.match(/stroke-dasharray="12 4"/g)).toHaveLength(isDrawn ? 2 : 1);
  });

  test('says that nothing was measured', () => {
    expect(drawChart(aChart({ series: [] }), size)).toContain('>nothing was measured<');
  });

  test('has its own background outside of a page, and the colors of the page on a page', () => {
    expect(drawChart(aChart(), size)).not.toContain('<rect');
    expect(drawChart(aChart(), { ...size, theme: 'dark' })).toContain('<rect width="600" height="220" fill="#0d1117"/>');
  });

  test('is always well-formed, without scripts, styles, NaN, or markup in texts', () => {
    fc.assert(
      fc.property(anyChart, fc.constantFrom('page', 'light', 'dark'), (chart, theme) => {
        const svg = drawChart(chart, { ...size, theme });
        expect(tagsOf(svg)).toEqual([]);
        const tags = svg.replace(/>[^<]*/g, '>');
        expect(tags).toMatch(/^(?:<\/?(?:svg|title|desc|text|line|path|circle|rect)(?: [a-z][\w-]*="[^"<>]*")*\/?>)+$/i);
        expect(tags).not.toMatch(/ (?:on\w+|style|href)=|NaN|Infinity|undefined/i);
        expect(svg).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/u);
      }),
    );
  });
});

describe('ticks', () => {
  test.for([
    { range: [0, 10], count: 4, ticks: [0, 5, 10] },
    { range: [0, 0.3], count: 3, ticks: [0, 0.1, 0.2, 0.3] },
    { range: [-250, 130], count: 4, ticks: [-200, -100, 0, 100] },
    { range: [1234500, 1236600], count: 4, ticks: [1235000, 1236000] },
  ] as const)('of $range are $ticks', ({ range, count, ticks }) => {
    expect(numberTicks(range, count)).toEqual(ticks);
  });

  test.for([
    { name: 'minutes', ms: 1_500_000, labels: ['10:00', '10:05', '10:10', '10:15', '10:20', '10:25'] },
    { name: 'seconds', ms: 20_000, labels: ['10:00:00', '10:00:05', '10:00:10', '10:00:15', '10:00:20'] },
    { name: 'a night', ms: 86_400_000, labels: ['12:00', '18:00', '2026-11-22', '06:00'] },
  ])('of time are round: $name', ({ ms, labels }) => {
    const from = Date.parse('2026-11-21T10:00:00Z');
    expect(timeTicks([from, from + ms], 6).map(({ label }) => label)).toEqual(labels);
  });
});

/** The tags that are not closed, or not opened, in their order. */
function tagsOf(svg: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name = '', own] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (own) continue;
    if (slash && open.at(-1) === name) open.pop();
    else open.push(`${slash}${name}`);
  }
  return open;
}
