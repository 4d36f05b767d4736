import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chartsOf } from '../../src/core/chart/chart.ts';
import { chartFigures } from '../../src/web/chart-figures.ts';
import { html } from '../../src/web/html.ts';
import { document } from '../../src/web/layout.ts';
import { chartStories } from '../support/chart-stories.ts';
import { type Browser, hasChromium, startChromium } from '../support/chromium.ts';

type Drawing = {
  readonly title: string;
  readonly texts: readonly string[];
  readonly outside: readonly string[];
  readonly overlaps: readonly string[];
};

/** What a reader sees of the charts: their texts, and which of them are cut off or lie over another one. */
const look = `[...document.querySelectorAll('figure svg')].filter((svg) => svg.getBoundingClientRect().width > 0).map((svg) => {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
  const isInside = ({ box }) => box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
  // The box of a text has room for accents and descenders, so those of two lines touch.
  const areOver = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
  return {
    title: svg.querySelector('title').textContent,
    texts: boxes.map(({ text }) => text),
    outside: boxes.filter((one) => !isInside(one)).map(({ text }) => text),
    overlaps: boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => areOver(a.box, b.box)).map((b) => a.text + ' / ' + b.text)),
  };
})`;

describe.runIf(hasChromium())('charts in a real browser', () => {
  let browser: Browser;
  let folder: string;
  const charts = Object.values(chartStories).flatMap((source) => chartsOf(source));

  beforeAll(async () => {
    browser = await startChromium();
    folder = mkdtempSync(join(tmpdir(), 'bakewatch-charts-'));
    writeFileSync(join(folder, 'charts.html'), String(await document('charts', html`${chartFigures(charts)}`)));
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test.for([360, 480, 760, 1280])(
    'are readable at %i px: nothing is cut off, no text lies over another, nothing scrolls sideways',
    async (width) => {
      const page = await browser.open(`file://${join(folder, 'charts.html')}`, { width });
      const drawings = await page.evaluate<Drawing[]>(look);
      expect(drawings.map(({ title }) => title)).toEqual(charts.map(({ title }) => title));
      expect(drawings.flatMap(({ outside }) => outside)).toEqual([]);
      expect(drawings.flatMap(({ overlaps }) => overlaps)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );
});
