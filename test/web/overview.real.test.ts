import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import { bakeIn, commitOf } from '../store/fixtures.ts';
import { type Browser, hasChromium, startChromium } from '../support/chromium.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { seededPlaces, seedPlaces } from '../support/seeded-services.ts';
import { createSmallStream, isLive } from '../support/small-stream.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What axe-core finds against WCAG 2.2 A and AA, one line each. */
const violations = `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(', ')))`;

/** An expression that resolves with the value of another one as soon as that is not null. Every change of the page is looked at. */
const once = (value: string) => `new Promise((resolve) => {
  const look = () => { const found = ${value}; if (found !== null) resolve(found); return found !== null; };
  if (look()) return;
  const observer = new MutationObserver(() => look() && observer.disconnect());
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})`;

describe.runIf(hasChromium())('the overview in a real browser', () => {
  const now = Date.now();
  const stream = createSmallStream();
  let database: TestDatabase;
  let empty: TestDatabase;
  let browser: Browser;
  let servers: readonly HttpListener[];
  let ids: ReadonlyMap<string, string>;
  const url = (path: string) => `${path === 'EMPTY' ? servers[1]?.url : servers[0]?.url}${path === 'EMPTY' ? '/' : path}`;

  beforeAll(async () => {
    [database, empty, browser] = await Promise.all([aDatabase(), aDatabase(), startChromium()]);
    ids = await seedPlaces(database.store, seededPlaces(now), now);
    await database.store.setFreeze({ service: 'billing', by: 'R. Okafor', why: 'settlement run', since: now });
    servers = await Promise.all([database, empty, null].map(() => listen({ host: '127.0.0.1', port: 0 })));
    const [, , cut] = servers;
    for (const [i, { store }] of [database, empty].entries()) {
      const api = aReadingApi(store);
      servers[i]?.answer((request) => api.fetch(request));
    }
    const api = aReadingApi(database.store);
    cut?.answer((request) => stream.answer(request) ?? api.fetch(request));
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all((servers ?? []).map((server) => server.close()));
    await Promise.all([database?.close(), empty?.close()]);
  });

  const pages = ['/', '/?show=baking', '/?q=nothing', '/deploys', '/services/checkout', 'EMPTY'];

  test.for(
    pages.flatMap((path) => (['light', 'dark'] as const).flatMap((scheme) => [360, 1280].map((width) => ({ path, scheme, width })))),
  )('$path is accessible and breaks no rule of its own: $scheme, $width px', async ({ path, scheme, width }) => {
    const page = await browser.open(url(path), { scheme, width });
    await page.evaluate(isLive);
    // The policy of the page allows no script of others: the browser's own tools may evaluate one.
    await page.evaluate(`${axe}; null`);
    expect(await page.evaluate<string[]>(violations)).toEqual([]);
    expect(page.complaints).toEqual([]);
    await page.close();
  });

  test.for(pages.flatMap((path) => [320, 390, 861, 1280].map((width) => ({ path, width }))))(
    '$path has nothing outside a screen of $width px',
    async ({ path, width }) => {
      const page = await browser.open(url(path), { width });
      const outside = `[...document.querySelectorAll('main *, header *, footer *')].filter((one) => { const box = one.getBoundingClientRect(); return box.width > 1 && box.height > 1 && box.right > innerWidth + 1; }).map((one) => one.outerHTML.slice(0, 80))`;
      expect(await page.evaluate<string[]>(outside)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await page.close();
    },
  );

  test('is complete without a script, and says that its times are UTC', async () => {
    const page = await browser.open(url('/'), { hasScript: false });
    const texts = await page.evaluate<string[]>(
      `['#baking', '#wrong', '#places', '#freezes', 'footer'].map((part) => document.querySelector(part).innerText)`,
    );
    expect(texts[0]).toContain('Errors: 0.91 % of requests failed, was 0.54 %');
    expect(texts[1]).toContain('v2.18.0 back to v2.17.4 after 5\u00a0min\u00a050\u00a0s, recovered');
    expect(texts[2]).toContain('Rolled back');
    expect(texts[3]).toContain('Automatic rollbacks are frozen for billing');
    expect(texts[4]).toContain('Times are UTC');
    await page.close();
  });

  test('`/` goes to the search', async () => {
    const page = await browser.open(url('/'));
    await page.evaluate(`document.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }))`);
    expect(await page.evaluate('document.activeElement.name')).toBe('q');
    await page.close();
  });

  test('follows a change in place: lines stay where they are, focus and the reader are kept', async () => {
    const page = await browser.open(url('/'));
    await page.evaluate(isLive);
    const line = `[...document.querySelectorAll('#places tbody tr')].find((row) => row.innerText.includes('checkout') && row.innerText.includes('production'))`;
    const order = `[...document.querySelectorAll('#places tbody tr')].map((row) => row.id)`;
    const before = await page.evaluate<string[]>(order);
    await page.evaluate(`${line}.querySelector('.name').focus()`);
    const id = ids.get('checkout production') ?? '';
    await database.store.update(id, null, ({ deploy, bake }) => ({
      ok: true,
      ...commitOf(
        { ...bakeIn(deploy, 'passed'), begunAt: bake.begunAt, deployedAt: bake.deployedAt },
        { timeline: [{ at: now, kind: 'passed', by: 'bakewatch', text: 'passed' }] },
      ),
    }));
    expect(await page.evaluate(once(`${line}.querySelector('.verdict').textContent === 'Passed' ? true : null`))).toBe(true);
    expect(await page.evaluate<string[]>(order)).toEqual(before);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('checkout');
    expect(await page.evaluate(once(`document.getElementById('order').hidden ? null : true`))).toBe(true);
    expect(await page.evaluate(`document.getElementById('news').textContent`)).toBe('checkout: Passed');
    expect(await page.evaluate(`document.getElementById('baking').innerText.includes('checkout')`)).toBe(false);
    expect(page.complaints).toEqual([]);
    await page.close();
  });

  test('says when the stream is away, and asks for what it missed when it is back', async () => {
    const page = await browser.open(servers[2]?.url ?? '');
    await page.evaluate(isLive);
    const said = page.evaluate(once(`document.querySelector('.live').textContent === 'Reconnecting…' ? true : null`));
    stream.cut();
    expect(await said).toBe(true);
    await database.store.setFreeze({ service: null, by: 'ana', why: 'sale', since: now });
    expect(await page.evaluate(once(`document.querySelector('#freezes').innerText.includes('2 places') ? true : null`))).toBe(true);
    expect(await page.evaluate(`document.querySelector('.live').textContent`)).toBe('Live');
    await page.close();
  });
});
