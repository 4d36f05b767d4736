import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';
import type { Shown } from './shop.ts';

const entry = join(import.meta.dirname, '../../src/main.ts');
const rules = (site: string) => `rules: 1
service: shop
environment: production
bake: { for: 10m, every: 1s, warmup: 0s, extend: 10m }
checks:
  home: { probe: { http: "${site}/", within: 2s, attempts: 2, apart: 50ms } }
rollback: { hook: shop, verify: 20s }
`;
const config = (folder: string) => `hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" > running', hook, "{version}"], current: [cat, running] }
`;

let site: StubServer;
let server: Server;
beforeAll(async () => {
  site = await startStubServer();
  server = await startServer(config, { 'shop.yaml': rules(site.url) });
  writeFileSync(join(server.folder, 'running'), 'v0\n');
});
afterAll(async () => {
  await server.stop();
  await site.close();
});

/** Calls the program in the folder of the server, with an address where nothing listens: neither command may need the API. */
function bakewatch(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((resolve) => {
    const options = { cwd: server.folder, env: { PATH: process.env.PATH, BAKEWATCH_URL: 'http://127.0.0.1:1', ...env } };
    execFile(process.execPath, [entry, ...args], options, (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
  });
}
const find = async (id: string) => (await call<Shown>(server, 'GET', `/v1/deploys/${id}`)).body;
const deploy = async (version: string) =>
  (await call<Shown>(server, 'POST', '/v1/deploys', { service: 'shop', environment: 'production', version })).body;

test('a bake that is live in a backup goes on where the backup is restored, and rolls back', { timeout: 300_000 }, async () => {
  await call(server, 'POST', '/v1/adopt', { service: 'shop', environment: 'production', version: 'v0' });
  writeFileSync(join(server.folder, 'running'), 'v1\n');
  const { id } = await deploy('v1');
  await poll('v1 bakes', async () => (await find(id)).state === 'baking');
  const made = await bakewatch(['backup', 'one.backup']);
  expect(made).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^wrote one\.backup \(\d+\.\d MB\): .*, while the server was running\n$/),
  });
  expect(await bakewatch(['backup', 'one.backup'])).toMatchObject({
    code: 1,
    err: 'bakewatch: one.backup already exists; nothing was overwritten\n',
  });
  expect(await bakewatch(['restore', 'one.backup', '--force'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/ is in use by process /),
  });

  await server.kill();
  const restored = await bakewatch(['restore', 'one.backup', '--force', '--json']);
  expect(restored.code).toBe(0);
  expect(JSON.parse(restored.out)).toMatchObject({ live: 1, frozen: false });
  expect(restored.err).toMatch(/^these bakes are judged from where they were, and may still roll back; /);
  expect(existsSync(JSON.parse(restored.out).kept)).toBe(true);

  site.reply(() => ({ status: 502, body: 'bad gateway' }));
  await server.restart();
  await poll(
    `v1 was rolled back (${server.log().slice(-300)})`,
    async () => readFileSync(join(server.folder, 'running'), 'utf8') === 'v0\n',
  );
  site.reply(() => ({ body: 'fine' }));
  await poll('the service has recovered', async () => (await find(id)).final);
  expect((await find(id)).timeline.map(({ kind }) => kind)).toContain('hook_ended');
});

test('a database of the operator has its own programs', async () => {
  const database = { DATABASE_URL: 'postgres://ana:secret-word@127.0.0.1:1/x' };
  expect(await bakewatch(['backup', 'two.backup'], database)).toEqual({
    code: 1,
    out: '',
    err: 'bakewatch: the database is a PostgreSQL of your own (DATABASE_URL), and this command is for the embedded one; use pg_dump -Fc\n',
  });
  expect(await bakewatch(['restore', 'two.backup'], database)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/; use pg_restore\n$/),
  });
});
