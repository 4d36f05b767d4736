import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import { callerWith } from '../../src/usecases/caller.ts';
import { mountAssets } from '../../src/web/assets.ts';
import { deployPage } from '../../src/web/deploy-page.ts';
import type { PagesEnv } from '../../src/web/viewer.ts';
import { type Browser, hasChromium, startChromium } from '../support/chromium.ts';
import { pageStories } from '../support/page-stories.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'";

const caller = callerWith({ kind: 'person', name: 'Maja Lind', grants: [{ verbs: ['read', 'operate'], services: [], environments: [] }] });

/** What axe-core complains about; an error if it has looked at nothing. */
const complaintsOfAxe = `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ passes, violations }) =>
  passes.length < 10 ? ['axe has looked at nothing'] : violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 150)).join(', ')))`;

describe.runIf(hasChromium())('the page of a deploy in a real browser', () => {
  let browser: Browser;
  let server: HttpListener;

  beforeAll(async () => {
    const pages = new OpenAPIHono<PagesEnv>();
    mountAssets(pages);
    pages.get('/stories/:name', async (c) => {
      const story = pageStories[c.req.param('name')];
      if (story === undefined) return c.notFound();
      const viewer = { caller: c.req.query('by') === 'link' ? null : caller, theme: null };
      return c.html(await deployPage(story.details, { viewer, now: story.now }), 200, { 'content-security-policy': policy });
    });
    // A page that is renewed finds its deploy rolled back.
    pages.get('/deploys/:id', async (c) => {
      const story = pageStories.recovered;
      return story === undefined
        ? c.notFound()
        : c.html(await deployPage(story.details, { viewer: { caller, theme: null }, now: story.now }));
    });
    [browser, server] = await Promise.all([startChromium(), listen({ host: '127.0.0.1', port: 0 })]);
    server.answer((request) => pages.fetch(request));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.for(Object.keys(pageStories))('%s: nothing scrolls sideways, and neither the browser nor axe-core complains', async (name) => {
    for (const [width, scheme] of [
      [320, 'light'],
      [360, 'dark'],
      [900, 'light'],
      [1280, 'dark'],
    ] as const) {
      const page = await browser.open(`${server.url}/stories/${encodeURIComponent(name)}`, { width, scheme });
      expect({ width, scroll: await page.evaluate('document.documentElement.scrollWidth') }).toEqual({
        width,
        scroll: expect.toSatisfy((scroll: number) => scroll <= width),
      });
      await page.evaluate(`${axe}; true`);
      expect({ width, scheme, complaints: await page.evaluate(complaintsOfAxe) }).toEqual({ width, scheme, complaints: [] });
      expect(page.complaints).toEqual([]);
    }
  });

  test.for([
    { width: 390, shown: 'narrow' },
    { width: 1280, shown: 'wide' },
  ])('at $width px the $shown drawing is shown', async ({ width, shown }) => {
    const page = await browser.open(`${server.url}/stories/recovered`, { width });
    const drawings = `[...document.querySelectorAll('.drawing')].filter((one) => one.getBoundingClientRect().width > 0).map((one) => one.className)`;
    expect(await page.evaluate(drawings)).toEqual([`drawing ${shown}`]);
  });

  test.for([
    { scheme: 'light', color: 'rgb(192, 38, 45)' },
    { scheme: 'dark', color: 'rgb(255, 138, 134)' },
  ] as const)('the line of a failed release has the red of the $scheme theme', async ({ scheme, color }) => {
    const page = await browser.open(`${server.url}/stories/recovered`, { scheme, width: 1280 });
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.wide path.release')).stroke`)).toBe(color);
  });

  test('a page that is renewed replaces its parts, keeps what is open, and stops once the deploy has ended', async () => {
    const page = await browser.open(`${server.url}/stories/suspicious`, { width: 1280 });
    const before = await page.evaluate(`document.querySelector('#deploy-badge').textContent`);
    await page.evaluate(
      `new Promise((done) => { const asked = document.querySelector('#asked'); asked.addEventListener('toggle', () => done(), { once: true }); asked.open = true; })`,
    );
    const after = await page.evaluate(
      `new Promise((done) => { document.addEventListener('htmx:afterRequest', () => setTimeout(() => done(document.querySelector('#deploy-badge').textContent))); htmx.trigger('#renewal', 'renew'); })`,
    );
    expect([before, after]).toEqual(['Baking, suspicious', 'Rolled back, recovered']);
    expect(await page.evaluate(`document.querySelector('#asked').open`)).toBe(true);
    expect(await page.evaluate(`document.querySelector('#renewal').hasAttribute('hx-get')`)).toBe(false);
    expect(await page.evaluate(`document.querySelector('[data-says]').textContent`)).toBe('Rolled back, recovered');
  });
});
