import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from '../src/app/listen.ts';
import { openStore } from '../src/store/open-store.ts';
import { startChromium } from '../test/support/chromium.ts';
import { aReadingApi } from '../test/support/reading-api.ts';
import { seededPlaces, seedPlaces } from '../test/support/seeded-services.ts';
import { isLive } from '../test/support/small-stream.ts';
import { silentLog, startTestServer, systemClock } from '../test/support/test-cluster.ts';
import { shrinkPng } from './shrink-png.ts';

// Draws the pages from seeded data in a real browser, in both sizes and themes: `docs/pages/NAME-light.png` and so on.
// Look at every picture before you commit it. With names as arguments, only these pages are drawn.

const folder = join(import.meta.dirname, '..', 'docs', 'pages');
const forms = [
  { suffix: 'light', scheme: 'light', width: 1280 },
  { suffix: 'dark', scheme: 'dark', width: 1280 },
  { suffix: 'phone', scheme: 'light', width: 390 },
  { suffix: 'phone-dark', scheme: 'dark', width: 390 },
] as const;

const now = Date.now();
const database = await startTestServer();
const { store, close } = await openStore({ databaseUrl: database.url, isCompact: true, dataDir: '', log: silentLog, clock: systemClock });
const browser = await startChromium();
const server = await listen({ host: '127.0.0.1', port: 0 });
const api = aReadingApi(store);
server.answer((request) => api.fetch(request));
mkdirSync(folder, { recursive: true });
try {
  await draw('empty', '/');
  const ids = await seedPlaces(store, seededPlaces(now), now);
  await store.setFreeze({ service: 'billing', by: 'R. Okafor', why: 'settlement run', since: now - 2 * 3_600_000 });
  await draw('overview', '/');
  await draw('deploys', '/deploys?service=checkout');
  await draw('service', '/services/checkout');
  await draw('deploy', `/deploys/${ids.get('checkout production')}`);
} finally {
  await browser.close();
  await server.close();
  await close();
  await database.stop();
}

async function draw(name: string, path: string): Promise<void> {
  if (process.argv.length > 2 && !process.argv.slice(2).includes(name)) return;
  for (const { suffix, scheme, width } of forms) {
    const page = await browser.open(`${server.url}${path}`, { scheme, width });
    await page.evaluate(isLive);
    const picture = shrinkPng(await page.screenshot());
    await page.close();
    const file = `${name}-${suffix}.png`;
    writeFileSync(join(folder, file), picture);
    console.log(`${file}: ${Math.round(picture.length / 1024)} KB`);
  }
}
