import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import { step } from '../support/builders.ts';
import { type Browser, hasChromium, type Page, startChromium } from '../support/chromium.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { createWorld } from '../support/world.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of WCAG 2.2 A and AA that a page breaks. */
async function broken(page: Page): Promise<readonly string[]> {
  await page.evaluate(`${axe}; 0`);
  const tags = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }";
  return await page.evaluate(`axe.run(${tags}).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`);
}

describe.runIf(hasChromium())('a person decides on a phone', () => {
  let database: TestDatabase;
  let browser: Browser;
  let server: HttpListener;

  beforeAll(async () => {
    [database, browser] = await Promise.all([aDatabase(), startChromium()]);
    server = await listen({ host: '127.0.0.1', port: 0 });
    const api = aReadingApi(database.store);
    server.answer((request) => api.fetch(request));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.close();
  });

  async function waiting() {
    const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 60 : 1), plan: { onFailure: 'approve' } });
    await world.release('v1', { adopted: true, registeredBy: 'ana' });
    world.clock.advance(step);
    const { id } = (await world.release('v2')).record.deploy;
    await world.run(id, ({ state }) => state === 'awaiting_approval');
    return { world, id };
  }

  /** Presses a link or a button, as a person finds it: by its words. Waits for the page that follows. */
  async function press(page: Page, words: string, path: string): Promise<void> {
    const found = await page.evaluate<boolean>(
      `(() => { const one = [...document.querySelectorAll('a, button')].find(({ textContent }) => textContent.trim() === ${JSON.stringify(words)}); one?.click(); return one !== undefined; })()`,
    );
    expect(found, `there is ${words}`).toBe(true);
    await expect
      .poll(() => page.evaluate<string>("document.readyState === 'complete' ? location.pathname : ''").catch(() => ''), { timeout: 30_000 })
      .toBe(path);
  }

  test('from the deploy to its decision, and back to a deploy that is rolling back', async () => {
    const { world, id } = await waiting();
    const page = await browser.open(`${server.url}/deploys/${id}`, { width: 390 });
    await press(page, 'Decide…', `/deploys/${id}/decide`);
    expect(await broken(page)).toEqual([]);
    const size = await page.evaluate<number[]>(
      "[document.documentElement.scrollWidth, document.querySelector('form button').getBoundingClientRect().height]",
    );
    expect(size[0]).toBeLessThanOrEqual(390);
    expect(size[1]).toBeGreaterThanOrEqual(48);
    await press(page, 'Roll back to v1', `/deploys/${id}`);
    expect(await page.evaluate('document.body.innerText')).toContain('Rolling back');
    expect((await world.recordOf(id)).bake.state).toBe('rolling_back');
    expect(page.complaints).toEqual([]);
  });

  test.for(['light', 'dark'] as const)('the pages are clean in %s', async (scheme) => {
    const { id, world } = await waiting();
    const paths = [
      `/deploys/${id}/act/pass`,
      `/deploys/${id}/act/roll-back`,
      '/freeze',
      `/freeze?service=${world.service}`,
      `/deploys/${id}/act/extend`,
      '/audit',
    ];
    for (const path of paths) {
      const page = await browser.open(`${server.url}${path}`, { scheme, width: 390 });
      expect(await broken(page), path).toEqual([]);
      expect(page.complaints, path).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(390);
    }
  });
});
