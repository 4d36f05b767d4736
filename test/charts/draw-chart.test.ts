import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawChart } from '../../src/charts/draw-chart.ts';
import { numberTicks, timeTicks } from '../../src/charts/scale.ts';
import { type Chart, chartsOf } from '../../src/core/chart/chart.ts';
import type { ChartLine } from '../../src/core/chart/chart-parts.ts';
import { anyChart } from '../support/any-chart.ts';
import { t0 } from '../support/builders.ts';
import { chartStories } from '../support/chart-stories.ts';
import { overlapsOf, textBoxesOf } from '../support/text-boxes.ts';

const size = { width: 600, height: 220 };

function aLine(value: number, rest: Partial<ChartLine> = {}): ChartLine {
  return { kind: 'limit', value, label: `limit ${value} %`, badSide: 'above', decides: true, ...rest };
}

function aChart(rest: Partial<Chart> = {}): Chart {
  return {
    check: 'errors',
    title: 'errors: share of failed requests',
    caption: null,
    outcome: 'fail',
    isSuspicious: false,
    strengths: [],
    unit: '%',
    from: t0,
    to: t0 + 600_000,
    series: [
      {
        kind: 'release',
        label: 'v2',
        tickMs: 15_000,
        means: [],
        measured: '9 %',
        points: [
          [t0, 1],
          [t0 + 15_000, 2],
          [t0 + 30_000, null],
          [t0 + 45_000, 9],
        ],
      },
    ],
    meansMs: null,
    lines: [aLine(10)],
    marks: [{ kind: 'deployed', at: t0, label: 'deployed' }],
    ...rest,
  };
}

describe('a chart', () => {
  test('is one SVG with a title and a description in words', () => {
    const svg = drawChart(aChart(), size);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title id="chart-errors-title">errors: share of failed requests</title>');
    expect(svg).toContain('v2: measured 9 %, 1 % to 9 %, latest 9 %; limit 10 %; deployed at 2026-09-21 ');
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
    const svg = drawChart(
      aChart({ series: kinds.map((kind) => ({ kind, label: kind, tickMs: 1, points, means: [], measured: null })) }),
      size,
    );
    const drawn = [...svg.matchAll(/<path [^>]*stroke-width="([\d.]+)"(?: stroke-dasharray="([^"]+)")?/g)].map(
      ([, width, dash]) => `${width} ${dash}`,
    );
    expect(new Set(drawn).size).toBe(4);
  });

  test.for<{ name: string; line: ChartLine; outcome: Chart['outcome']; isDrawn: boolean }>([
    { name: 'the limit that decided is drawn', line: aLine(12), outcome: 'fail', isDrawn: true },
    { name: 'the limit that decided is drawn although it is far from the data', line: aLine(80), outcome: 'fail', isDrawn: true },
    { name: 'a limit far above healthy data is only named', line: aLine(80), outcome: 'pass', isDrawn: false },
    { name: 'another limit than the one that decided is only named', line: aLine(12, { decides: false }), outcome: 'fail', isDrawn: false },
    { name: 'another limit within the axis is drawn', line: aLine(8, { decides: false }), outcome: 'fail', isDrawn: true },
    { name: 'a limit far below is only named', line: aLine(-900), outcome: 'fail', isDrawn: false },
  ])('$name', ({ line, outcome, isDrawn }) => {
    const svg = drawChart(aChart({ lines: [line], outcome }), size);
    const name = `limit ${line.value} %`;
    expect(svg).toContain(isDrawn ? `>${name}<` : line.value > 0 ? `>↑ ${name} above<` : `>↓ ${name} below<`);
    expect(svg.match(/stroke-dasharray="12 4"/g) ?? []).toHaveLength(isDrawn ? 1 : 0);
  });

  test('has an axis that fits data far from zero, and begins at zero where that costs at most half of the room', () => {
    const between = (low: number, high: number) =>
      aChart({
        lines: [],
        series: [
          {
            kind: 'release',
            label: 'v2',
            tickMs: 1,
            means: [],
            measured: null,
            points: [
              [t0, low],
              [t0 + 1, high],
            ],
          },
        ],
      });
    expect(drawChart(between(65, 77), size)).not.toContain('>0 %<');
    expect(drawChart(between(0.4, 1.8), size)).toContain('>0 %<');
    expect(drawChart(between(65, 65.1), size)).toContain('>0 %<');
    // Hardly any change does not fill the axis.
    const [, first, last] = /<path d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)"/.exec(drawChart(between(65, 65.1), size)) ?? [];
    expect(Math.abs(Number(first) - Number(last))).toBeLessThan(5);
  });

  test('draws moving means over faint points', () => {
    const [one] = aChart().series;
    const means = [
      [t0 + 15_000, 1.5],
      [t0 + 30_000, 2],
    ] as const;
    const svg = drawChart(aChart({ series: one ? [{ ...one, means }] : [], meansMs: 30_000 }), size);
    expect([...svg.matchAll(/<path [^>]*stroke-width="([\d.]+)"/g)].map(([, width]) => width)).toEqual(['1', '3']);
    expect(svg).toContain('thick lines: 30s means');
  });

  test('has its headline as title outside of a page, where no page shows it', () => {
    const chart = aChart({ caption: 'Errors: 9 % of requests are bad' });
    expect(textBoxesOf(drawChart(chart, size)).map(({ text }) => text)).not.toContain(chart.caption);
    expect(textBoxesOf(drawChart(chart, { ...size, theme: 'light' }))[0]?.text).toBe(chart.caption);
  });

  test('says that nothing was measured', () => {
    expect(drawChart(aChart({ series: [] }), size)).toContain('>nothing was measured<');
  });

  test('has its own background outside of a page, and the colors of the page on a page', () => {
    expect(drawChart(aChart(), size)).not.toContain('<rect width=');
    expect(drawChart(aChart(), { ...size, height: 300, theme: 'dark' })).toContain('<rect width="600" height="300" fill="#0d1117"/>');
  });

  test('has all texts inside, and none over another, whatever they are', () => {
    fc.assert(
      fc.property(anyChart, fc.constantFrom(340, 720), fc.constantFrom('page', 'light'), (chart, width, theme) => {
        const svg = drawChart(chart, { width, height: 300, theme });
        const boxes = textBoxesOf(svg).filter(({ text }) => text !== '');
        expect(boxes.filter(({ left, right, top, bottom }) => left < -1 || right > width + 1 || top < 0 || bottom > heightOf(svg))).toEqual(
          [],
        );
        expect(overlapsOf(boxes)).toEqual([]);
      }),
    );
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

describe.for(Object.entries(chartStories))('the drawing of %s', ([, source]) => {
  test.for([
    { where: 'on a page', size: { width: 720, height: 300 } },
    { where: 'on a phone', size: { width: 340, height: 320 } },
    { where: 'as a picture', size: { width: 640, height: 340, theme: 'light' as const } },
  ])('has all texts inside, and none over another: $where', ({ size: space }) => {
    for (const chart of chartsOf(source)) {
      const svg = drawChart(chart, space);
      const boxes = textBoxesOf(svg);
      expect(boxes.filter(({ left, right, top, bottom }) => left < 0 || right > space.width || top < 0 || bottom > heightOf(svg))).toEqual(
        [],
      );
      expect(overlapsOf(boxes)).toEqual([]);
    }
  });

  test('has all lines inside', () => {
    for (const chart of chartsOf(source)) {
      const svg = drawChart(chart, { width: 340, height: 320 });
      const xs = [...svg.matchAll(/ x[12]?="([^"]+)"/g), ...svg.matchAll(/[ML]([\d.-]+) /g)].map(([, x]) => Number(x));
      const ys = [...svg.matchAll(/ y[12]?="([^"]+)"/g), ...svg.matchAll(/[ML][\d.-]+ ([\d.-]+)/g)].map(([, y]) => Number(y));
      expect(xs.filter((x) => !(x >= 0 && x <= 340))).toEqual([]);
      expect(ys.filter((y) => !(y >= 0 && y <= heightOf(svg)))).toEqual([]);
    }
  });

  test('is described with the same numbers', () => {
    for (const chart of chartsOf(source)) {
      const [, words] = /<desc [^>]*>([^<]*)</.exec(drawChart(chart, size)) ?? [];
      expect(words).toContain(chart.caption);
      for (const { label } of [...chart.lines, ...chart.series, ...chart.marks]) expect(words).toContain(label);
    }
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

function heightOf(svg: string): number {
  return Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)?.[1]);
}

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
