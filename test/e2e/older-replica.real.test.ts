import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { administer, anEmptyDatabase } from '../support/database.ts';
import { commitBeforeNewestMigration, type OlderVersion, unpackVersion } from '../support/older-version.ts';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';
import type { Shown } from './shop.ts';

/*
 * A rollout replaces replicas one after the other. While it lasts, replicas of the version before the newest migration work on the migrated database,
 * together with new ones. The commit before that migration runs here as such a replica.
 */
// `null` in a clone without history; `script/test` says so.
const commit = commitBeforeNewestMigration();

const services = ['shop', 'cart', 'mail'] as const;
const place = (service: string) => ({ service, environment: 'production' });
const rulesOf = (service: string, site: string) => `rules: 1
service: ${service}
environment: production
bake: { for: 5s, every: 1s, warmup: 0s, extend: 60s }
checks:
  home: { probe: { http: "${site}/${service}", within: 5s, attempts: 2, apart: 50ms } }
rollback: { hook: files, verify: 30s }
`;

describe.skipIf(commit === null)('a replica of the version before the newest migration', () => {
  let older: OlderVersion;
  let site: StubServer;
  let platform: string;
  let databaseUrl: string;
  let old: Server;
  let fresh: Server;
  beforeAll(async () => {
    older = unpackVersion(commit ?? '');
    site = await startStubServer();
    site.reply(({ url }) => (running(url.slice(1)) === 'bad' ? { status: 502 } : { body: 'fine' }));
    platform = mkdtempSync(join(tmpdir(), 'bakewatch-platform-'));
    for (const service of services) writeFileSync(join(platform, service), 'v0\n');
    databaseUrl = await anEmptyDatabase();
    old = await start(older.entry);
  }, 600_000);
  afterAll(async () => {
    await old?.stop();
    await fresh?.stop();
    await site.close();
    older.remove();
    rmSync(platform, { recursive: true, force: true });
  });

  const running = (service: string) => readFileSync(join(platform, service), 'utf8').trim();
  const start = (program?: string) =>
    startServer(
      () => `hooks:
  files: { type: command, cwd: "${platform}", rollback: [sh, -c, 'echo "$2" > "$1"', hook, "{service}", "{version}"], current: [cat, "{service}"] }
`,
      Object.fromEntries(services.map((service) => [`${service}.yaml`, rulesOf(service, site.url)])),
      { ...(program !== undefined && { program }), env: { DATABASE_URL: databaseUrl } },
    );
  const deploy = async (server: Server, service: string, version: string): Promise<string> => {
    writeFileSync(join(platform, service), `${version}\n`);
    const { status, body } = await call<Shown>(server, 'POST', '/v1/deploys', { ...place(service), version });
    expect([status, body]).toMatchObject([201, { id: expect.any(String) }]);
    return body.id;
  };
  const find = async (server: Server, id: string) => (await call<Shown>(server, 'GET', `/v1/deploys/${id}`)).body;
  const ended = (server: Server, id: string) =>
    poll(`the bake ends (${server.log().slice(-500)})`, async () => (await find(server, id)).final, 110_000);
  const errorsOf = (server: Server) =>
    server
      .log()
      .split('\n')
      .filter((line) => line.includes('"level":"error"') || /^\w*Error/.test(line));

  test('works on while a new one migrates its database, and both bake, judge and roll back', { timeout: 300_000 }, async () => {
    const count = async () => (await administer(databaseUrl, 'select count(*)::int as count from bakewatch_meta.migrations'))[0]?.count;
    const before = Number(await count());
    const live = await deploy(old, 'shop', 'v1');
    fresh = await start();
    expect(Number(await count())).toBeGreaterThan(before);
    const ids = await Promise.all([deploy(old, 'cart', 'v1'), deploy(fresh, 'mail', 'v1')]);
    for (const id of [live, ...ids]) await ended(old, id);
    for (const server of [old, fresh]) for (const id of [live, ...ids]) expect(await find(server, id)).toMatchObject({ state: 'passed' });
    const bad = await Promise.all([deploy(old, 'shop', 'bad'), deploy(fresh, 'cart', 'bad')]);
    for (const id of bad) await ended(old, id);
    for (const [i, service] of (['shop', 'cart'] as const).entries()) {
      expect(await find(old, bad[i] ?? '')).toMatchObject({ state: 'rolled_back' });
      expect(running(service)).toBe('v1');
    }
    expect((await fetch(`${old.url}/`)).status).toBe(200);
    expect([errorsOf(old), errorsOf(fresh)]).toEqual([[], []]);
  });

  test('takes over the bakes of a new one that is killed, and gives them back', { timeout: 300_000 }, async () => {
    const ids = [await deploy(fresh, 'shop', 'v2'), await deploy(fresh, 'mail', 'bad')];
    await fresh.kill();
    for (const id of ids) await ended(old, id);
    expect(await find(old, ids[0] ?? '')).toMatchObject({ state: 'passed' });
    expect(await find(old, ids[1] ?? '')).toMatchObject({ state: 'rolled_back' });
    expect(running('mail')).toBe('v1');
    const live = await deploy(old, 'cart', 'v3');
    await fresh.restart();
    await old.kill();
    await ended(fresh, live);
    expect(await find(fresh, live)).toMatchObject({ state: 'passed' });
    expect([errorsOf(old), errorsOf(fresh)]).toEqual([[], []]);
  });
});
