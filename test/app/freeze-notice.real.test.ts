import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../../src/app/app.ts';
import { createFileSource } from '../../src/app/file-source.ts';
import { keyOf } from '../../src/app/rule-book.ts';
import { anEmptyDatabase, silentLog } from '../support/database.ts';
import { call } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

let folder: string;
let app: App;
let receiver: StubServer;
beforeAll(async () => {
  receiver = await startStubServer();
  receiver.reply({ body: 'ok' });
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-freeze-'));
  mkdirSync(join(folder, 'rules'));
  const file = join(folder, 'bakewatch.yaml');
  const notifiers = { hook: { type: 'webhook', url: receiver.url, secret: 'a-secret-of-the-test-0123456789' } };
  const rules = [join(folder, 'rules/*.yaml')];
  writeFileSync(file, JSON.stringify({ config: 1, server: { listen: '127.0.0.1:0' }, providers: {}, notifiers, rules }));
  const checks = { home: { probe: { http: 'http://127.0.0.1:1/' } } };
  const shop = { rules: 1, service: 'shop', environment: 'production', checks, notify: ['hook'] };
  writeFileSync(join(folder, 'rules/shop.yaml'), JSON.stringify(shop));
  const world = { env: {}, readFile: (path: string) => readFileSync(path, 'utf8'), listFiles: (path: string) => readdirSync(path) };
  const source = createFileSource({ file, ...world });
  const first = source.load();
  const ruleSets = new Map(first.entries.map((entry) => [keyOf(entry), entry.ruleSet]));
  const environment = { PATH: process.env.PATH };
  const files = { first, source };
  app = await startApp({ config: first.config, ruleSets, files, databaseUrl: await anEmptyDatabase(), log: silentLog, environment });
}, 60_000);
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
  rmSync(folder, { recursive: true, force: true });
});

const received = () => receiver.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

test('a freeze by the API and its lift by a page reach the notifier of the service', async () => {
  await call(app, 'PUT', '/v1/freeze', { frozen: true, service: 'other', why: 'nobody is concerned' });
  await call(app, 'PUT', '/v1/freeze', { frozen: true, service: 'shop', why: 'a sale', for: '2h' });
  await expect.poll(() => received().length, { timeout: 30_000 }).toBe(1);
  expect(received()).toMatchObject([
    { topic: 'frozen', service: 'shop', deploy_id: null, reasons: ['a sale', expect.stringMatching(/ until /), expect.any(String)] },
  ]);

  const page = await fetch(`${app.url}/freeze?service=shop`);
  const cookie = (page.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  const text = await page.text();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  const lifted = await fetch(`${app.url}/freeze?service=shop`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrf: field('csrf'), version: field('version') }),
  });
  expect(lifted.status).toBe(303);
  await expect.poll(() => received().length, { timeout: 30_000 }).toBe(2);
  expect(received()[1]).toMatchObject({ topic: 'unfrozen', service: 'shop', title: 'Automatic rollbacks are allowed again for shop' });
});
