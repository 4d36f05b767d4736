import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from '../src/app/listen.ts';
import { openStore } from '../src/store/open-store.ts';
import { createPages } from '../src/web/pages.ts';
import { createSignIn } from '../src/web/sign-in-routes.ts';
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
const refused = () => {
  throw new Error('a picture signs nobody in');
};
const acme = { label: 'Acme', issuer: 'https://login.example.com', begin: refused, finish: refused, endUrl: async () => null };
const signIn = createSignIn({
  store,
  clock: systemClock,
  baseUrl: '',
  stopping: new AbortController().signal,
  sessions: { begin: refused, identify: async () => null, end: refused },
  tokens: { isOffered: async () => true, check: refused },
  provider: () => acme,
  roles: () => [],
  record: refused,
});
const access = { hasSignIn: () => true, hasTokens: async () => true, isByLink: () => false };
const closed = await listen({ host: '127.0.0.1', port: 0 });
const closedPages = createPages({ store, clock: systemClock, baseUrl: '', access, signIn });
const closedApi = aReadingApi(store, [], { pages: closedPages, hasSignIn: access.hasSignIn });
closed.answer((request) => closedApi.fetch(request));
/** What the audit trail of the picture has. */
const deeds = [
  { who: 'ci', verb: 'register', service: 'billing', detail: 'v5.9.0' },
  { who: 'R. Okafor', verb: 'freeze', service: 'billing', detail: 'settlement run' },
  { who: 'ana', verb: 'session.begin', service: null, detail: 'signed in, by the identity provider' },
  { who: 'ana', verb: 'extend', service: 'checkout', detail: 'by 15m' },
  { who: 'ben', verb: 'mark', service: 'parcel', detail: 'false_alarm: a load test ran' },
] as const;
mkdirSync(folder, { recursive: true });
try {
  await draw('empty', '/');
  const ids = await seedPlaces(store, seededPlaces(now), now);
  await store.setFreeze({ service: 'billing', by: 'R. Okafor', why: 'settlement run', since: now - 2 * 3_600_000 });
  await draw('overview', '/');
  await draw('deploys', '/deploys?service=checkout');
  await draw('service', '/services/checkout');
  await draw('deploy', `/deploys/${ids.get('checkout production')}`);
  await draw('rolled-back', `/deploys/${ids.get('parcel production')}`);
  await draw('decide', `/deploys/${ids.get('checkout production')}/decide`);
  await draw('act', `/deploys/${ids.get('checkout production')}/act/roll-back`);
  await draw('freezes', '/freeze');
  await draw('freeze', '/freeze?service=checkout');
  for (const [i, { who, verb, service, detail }] of deeds.entries())
    await store.recordAudit({
      at: now - (deeds.length - i) * 17 * 60_000,
      actor: { kind: who === 'ci' ? 'token' : 'person', name: who },
      requestId: `0d5c7f${i}`,
      address: '192.0.2.17',
      verb,
      place: service === null ? null : { service, environment: 'production' },
      outcome: 'done',
      detail,
    });
  await draw('audit', '/audit');
  await draw('docs', '/docs');
  await draw('sign-in', '/sign-in', closed.url);
} finally {
  await browser.close();
  await server.close();
  await closed.close();
  await close();
  await database.stop();
}

async function draw(name: string, path: string, base = server.url): Promise<void> {
  if (process.argv.length > 2 && !process.argv.slice(2).includes(name)) return;
  for (const { suffix, scheme, width } of forms) {
    const page = await browser.open(`${base}${path}`, { scheme, width });
    await page.evaluate(isLive);
    const picture = shrinkPng(await page.screenshot(name === 'docs' ? 1_600 : undefined));
    await page.close();
    const file = `${name}-${suffix}.png`;
    writeFileSync(join(folder, file), picture);
    console.log(`${file}: ${Math.round(picture.length / 1024)} KB`);
  }
}
