import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawDecision } from '../../src/charts/draw-decision.ts';
import { sparkline } from '../../src/charts/sparkline.ts';
import { type Chart, chartsOf } from '../../src/core/chart/chart.ts';
import { anyChart } from '../support/any-chart.ts';
import { chartStories } from '../support/chart-stories.ts';
import { overlapsOf, textBoxesOf } from '../support/text-boxes.ts';

const wide = { width: 812, height: 360, name: 'wide', decidesAt: null };
const narrow = { width: 330, height: 300, name: 'narrow', decidesAt: null };

function chartOfStory(name: string): Chart {
  const source = chartStories[name];
  const [chart] = source === undefined ? [] : chartsOf(source);
  if (chart === undefined) throw new Error(`there is no chart of ${name}`);
  return chart;
}

describe('the chart of what decided', () => {
  test('says what was measured next to each line, and marks the deploy and the rollback', () => {
    const texts = textBoxesOf(drawDecision(chartOfStory('slower'), wide)).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['v2.18.0: 76.6 %', 'after the rollback: 65 %', 'tolerated 70.5 %', 'before: 65 %']));
    expect(texts.some((text) => text.startsWith('rolled back'))).toBe(true);
    expect(texts.some((text) => text.startsWith('deployed'))).toBe(true);
  });

  test.for([
    { story: 'slower', series: 'release bad' },
    { story: 'stages-free', series: 'release' },
    { story: 'healthy', series: 'release' },
  ])('gives the release of $story the class $series', ({ story, series }) => {
    expect(drawDecision(chartOfStory(story), wide)).toMatch(new RegExp(`<path class="series ${series}(?: faint)?"`));
  });

  test('has a suspicious release in a class of its own', () => {
    expect(drawDecision({ ...chartOfStory('stages-free'), isSuspicious: true }, wide)).toContain('class="series release warn"');
  });

  test('has a tolerated band around the level before', () => {
    const svg = drawDecision(chartOfStory('slower'), wide);
    const [, top, height] = /<rect class="tolerated" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/.exec(svg) ?? [];
    const [, edge] = /<line class="limit"[^>]* y1="([\d.]+)"/.exec(svg) ?? [];
    const [, level] = /<line class="expected"[^>]* y1="([\d.]+)"/.exec(svg) ?? [];
    expect(Number(top)).toBe(Number(edge));
    expect(Number(level)).toBeGreaterThan(Number(edge));
    expect(Number(level)).toBeLessThan(Number(top) + Number(height));
  });

  test('reaches to the time of the decision, and shows how near the evidence is to enough', () => {
    const chart = chartOfStory('stages-free');
    const decidesAt = chart.to + 300_000;
    const svg = drawDecision(
      {
        ...chart,
        strengths: [
          [chart.to - 60_000, 0.2],
          [chart.to, 0.58],
        ],
      },
      { ...wide, decidesAt },
    );
    const texts = textBoxesOf(svg).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['Evidence against the release', 'enough to fail', '58 %']));
    expect(svg).toContain(`decides by <tspan data-at="${new Date(decidesAt).toISOString()}" data-show="clock">`);
  });

  test('has no strip for a check that does not weigh evidence', () => {
    expect(drawDecision({ ...chartOfStory('slower'), strengths: [] }, wide)).not.toContain('Evidence');
  });

  test('is always well-formed, without styles, colours, NaN, or markup in texts', () => {
    fc.assert(
      fc.property(
        anyChart,
        fc.constantFrom(wide, narrow),
        fc.option(fc.integer({ min: 1_790_000_000_000, max: 1_790_200_000_000 })),
        (chart, size, decidesAt) => {
          const svg = drawDecision(chart, { ...size, decidesAt });
          const tags = svg.replace(/>[^<]*/g, '>');
          expect(tags).toMatch(/^(?:<\/?(?:svg|title|desc|text|tspan|g|line|path|circle|rect)(?: [a-z][\w-]*="[^"<>]*")*\/?>)+$/i);
          expect(tags).not.toMatch(/ (?:on\w+|style|href|fill|stroke)=|NaN|Infinity|undefined/i);
          expect(svg).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/u);
        },
      ),
    );
  });
});

describe.for(Object.entries(chartStories))('the large drawing of %s', ([, source]) => {
  test.for([wide, narrow])('has all texts inside, and none over another: $name', (size) => {
    for (const chart of chartsOf(source)) {
      const svg = drawDecision(
        {
          ...chart,
          strengths: [
            [chart.from, 0.1],
            [chart.to, 0.6],
          ],
        },
        { ...size, decidesAt: chart.to + 60_000 },
      );
      const boxes = textBoxesOf(svg);
      expect(boxes.filter(({ left, right }) => left < 0 || right > size.width)).toEqual([]);
      expect(overlapsOf(boxes)).toEqual([]);
    }
  });
});

describe('a small line', () => {
  test('is drawn where there are values', () => {
    expect(sparkline(chartOfStory('healthy'))).toContain('<path class="spark"');
  });

  test('is dotted, never flat, where there are none', () => {
    expect(sparkline(null)).toContain('class="spark none"');
    expect(sparkline({ ...chartOfStory('healthy'), series: [] })).toContain('class="spark none"');
  });
});
