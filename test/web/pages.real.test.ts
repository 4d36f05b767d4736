import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { type Browser, hasChromium, startChromium } from '../support/chromium.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { createWorld } from '../support/world.ts';

describe.runIf(hasChromium())('in a real browser', () => {
  let database: TestDatabase;
  let browser: Browser;
  let server: HttpListener;
  let id: string;
  let service: string;

  beforeAll(async () => {
    [database, browser] = await Promise.all([aDatabase(), startChromium()]);
    const checks = [
      aCheck({
        failWhen: [
          aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }),
          aCondition('relative', { to: { kind: 'before' }, more_than: 1 }, { k: 2, n: 3 }),
        ],
      }),
      aCheck({
        name: 'orders',
        question: { kind: 'rate', count: { query: 'total' } },
        failWhen: [aCondition('threshold', { below: 1 })],
        critical: false,
      }),
    ];
    const world = createWorld(database.store, {
      bad: (version, at) => (version === 'v2' ? 40 : 1 + ((at / step) % 3)),
      ruleSet: { checks },
    });
    await world.release('v1', { adopted: true, registeredBy: 'ana' });
    world.clock.advance(step);
    id = (await world.release('v2')).record.deploy.id;
    await world.run(id);
    service = world.service;
    server = await listen({ host: '127.0.0.1', port: 0 });
    server.answer((request) => aReadingApi(database.store).fetch(request));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.close();
  });

  test.for([
    { what: 'its report', path: (deploy: string) => `/deploys/${deploy}/report` },
    { what: 'its report from the API', path: (deploy: string) => `/v1/deploys/${deploy}/report?format=html` },
  ])('$what shows its charts, and breaks no rule of its own', async ({ path }) => {
    for (const scheme of ['light', 'dark'] as const) {
      const page = await browser.open(`${server.url}${path(id)}`, { scheme });
      const charts = await page.evaluate<{ title: string; width: number; height: number; lines: number; contrast: string[] }[]>(
        `[...document.querySelectorAll('figure .wide svg')].map((svg) => { const box = svg.getBoundingClientRect(); return { title: svg.querySelector('title').textContent, width: box.width, height: box.height, lines: svg.querySelectorAll('path').length, contrast: [getComputedStyle(svg.querySelector('text')).fill, getComputedStyle(document.documentElement).backgroundColor] } })`,
      );
      expect(charts.map(({ title }) => title)).toEqual(['errors: share of failed requests', 'orders: events per second']);
      expect(charts.every(({ width, height, lines }) => width > 500 && height > 150 && lines >= 2)).toBe(true);
      expect(charts[0]?.contrast[0]).toBe(scheme === 'light' ? 'rgb(23, 26, 32)' : 'rgb(236, 238, 242)');
      expect(page.complaints).toEqual([]);
    }
  });

  test('the report of a deploy shows the drawing for phones on a phone', async () => {
    const page = await browser.open(`${server.url}/deploys/${id}/report`, { width: 360 });
    const widths = "[...document.querySelectorAll('figure svg')].map((svg) => svg.getBoundingClientRect().width)";
    // Of each chart the drawing for phones is shown, at its full width.
    expect((await page.evaluate<number[]>(widths)).map((width) => width > 300)).toEqual([false, true, false, true]);
  });

  test.for([
    { path: '/deploys/ID', width: 360 },
    { path: '/deploys/ID/report', width: 360 },
    { path: '/', width: 360 },
    { path: '/services/SERVICE', width: 360 },
    { path: '/deploys/ID', width: 1280 },
    { path: '/', width: 1280 },
  ])('$path fits a screen of $width px', async ({ path, width }) => {
    const page = await browser.open(`${server.url}${path.replace('ID', id).replace('SERVICE', service)}`, { width });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test.for(['/', '/services/SERVICE'])('%s is styled, and breaks no rule of its own', async (path) => {
    const page = await browser.open(`${server.url}${path.replace('SERVICE', service)}`);
    expect(await page.evaluate<string>("getComputedStyle(document.querySelector('table')).borderCollapse")).toBe('collapse');
    expect(page.complaints).toEqual([]);
  });
});
