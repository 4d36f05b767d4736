import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import { type Browser, hasChromium, startChromium } from '../support/chromium.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What axe-core complains about; an error if it has looked at nothing. */
const complaintsOfAxe = `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ passes, violations }) =>
  passes.length < 10 ? ['axe has looked at nothing'] : violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 150)).join(', ')))`;

describe.runIf(hasChromium())('the reference of the API in a real browser', () => {
  let browser: Browser;
  let server: HttpListener;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await aDatabase();
    [browser, server] = await Promise.all([startChromium(), listen({ host: '127.0.0.1', port: 0 })]);
    server.answer(aReadingApi(database.store).fetch);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.close();
  });

  test.for([
    { width: 320, scheme: 'light', hasScript: true },
    { width: 1280, scheme: 'dark', hasScript: true },
    { width: 1280, scheme: 'light', hasScript: false },
  ] as const)('$width px, $scheme, script $hasScript: nothing is refused by the policy, cut off or hard to read', async (options) => {
    const page = await browser.open(`${server.url}/docs`, options);
    expect(page.complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(options.width);
    expect(await page.evaluate(`document.querySelector('#registerDeploy').getBoundingClientRect().height > 0`)).toBe(true);
    if (!options.hasScript) return;
    await page.evaluate(`document.querySelectorAll('details').forEach((one, i) => { if (i < 12) one.open = true; }); ${axe}; true`);
    expect(await page.evaluate(complaintsOfAxe)).toEqual([]);
  });
});
