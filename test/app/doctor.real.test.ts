import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runDoctor } from '../../src/app/doctor/run-doctor.ts';
import { readEnv } from '../../src/app/env.ts';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { register } from '../store/fixtures.ts';
import { aDatabase, administer, anEmptyDatabase, copyCluster, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const secrets = ['T0/B0/slack-secret', 'prom-secret-token', 'hook-secret-0123456789abcdef0123', 'database-secret'];
let database: TestDatabase;
let site: StubServer;
let folder: string;
beforeAll(async () => {
  database = await aDatabase();
  await register(database.store, { service: 'shop', version: 'v1' }, 'passed');
});
afterAll(() => database.close());
beforeEach(async () => {
  site = await startStubServer();
  site.reply(({ url }) => {
    if (url.endsWith('/series')) return { body: { status: 'success', data: [{ __name__: 'x', code: '500' }] } };
    return { body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] } } };
  });
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-doctor-'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'running'), 'v1\n');
  config();
  rules();
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value));
const config = (more: object = {}) =>
  write('bakewatch.yaml', {
    config: 1,
    server: { listen: '127.0.0.1:1' },
    data_dir: join(folder, 'data'),
    providers: { prom: { type: 'prometheus', url: site.url, bearer: secrets[1] } },
    hooks: { deployer: { type: 'command', rollback: ['false'], current: ['cat', join(folder, 'running')], rehearse: ['true'] } },
    notifiers: { hook: { type: 'webhook', url: `${site.url}/T0/B0/slack-secret`, secret: secrets[2] } },
    rules: [join(folder, 'rules/*.yaml')],
    ...more,
  });
const rules = (bad = 'x{code="500"}') =>
  write('rules/shop.yaml', {
    rules: 1,
    service: 'shop',
    environment: 'production',
    checks: { errors: { provider: 'prom', ratio: { bad, total: 'x' }, fail_when: [{ above: '5%' }] } },
    rollback: { hook: 'deployer' },
  });

async function doctor(args: readonly string[] = [], databaseUrl: string = database.url, more: Readonly<Record<string, string>> = {}) {
  let out = '';
  const into = new Writable({
    write(chunk, _encoding, done) {
      out += String(chunk);
      done();
    },
  });
  const world = {
    env: readEnv({ PATH: process.env.PATH, ...(databaseUrl && { DATABASE_URL: databaseUrl }), ...more }),
    readFile: (path: string) => readFileSync(path, 'utf8'),
    listFiles: (path: string) => readdirSync(path),
    now: () => Date.now(),
    signal: new AbortController().signal,
  };
  const deps: Partial<ProgramDeps> = {
    io: { out: into, err: into, isTerminal: false, now: () => 0, sleep: async () => {} },
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
    runDoctor: (options) => runDoctor(options, world),
  };
  const code = await runProgram(['doctor', '--config', join(folder, 'bakewatch.yaml'), ...args], deps as ProgramDeps);
  for (const secret of secrets) expect(out).not.toContain(secret);
  return { code, out, lines: out.split('\n').map((line) => line.trimEnd().replaceAll(/ {2,}/g, '  ')) };
}

test('where all works, every row says what works, nothing is sent, and nothing is written', async () => {
  const before = await administer(
    database.url,
    'select (select count(*) from bakewatch.timeline) t, (select max(version) from bakewatch.bakes) v',
  );
  const { code, lines, out } = await doctor();
  expect(code).toBe(0);
  expect(lines).toEqual([
    `ok  config  ${join(folder, 'bakewatch.yaml')}: 1 rule file, without a mistake`,
    'not tried  server  nothing listens on 127.0.0.1:1: the server does not run',
    expect.stringMatching(/^ok {2}database {2}PostgreSQL \d+\.\d+$/),
    'ok  database tls  not encrypted, and not needed: the connection does not leave this machine',
    'ok  database pooler  no pooler is in front of the database',
    expect.stringMatching(/^ok {2}migrations {2}all \d+ are applied$/),
    'ok  provider prom  it answers, and accepts the credentials: a server that speaks Prometheus',
    'ok  rules shop/production: errors  bad matches 1 series, total 1',
    expect.stringMatching(/^ok {2}hook deployer: shop\/production {2}v1 is running/),
    `ok  notifier hook  ${new URL(site.url).host} accepts connections; nothing was sent (\`bakewatch notify test hook\` sends a sample)`,
    expect.stringMatching(/^ok {2}clock this machine {2}within \d s of the database's$/),
    expect.stringMatching(/^ok {2}clock prom {2}within \d s of the database's$/),
    '11 ok, 0 warnings, 0 failed, 1 not tried',
    '',
  ]);
  expect(out).not.toContain('\u001b');
  expect(site.requests.some(({ url }) => url.includes('slack-secret'))).toBe(false);
  const after = await administer(
    database.url,
    'select (select count(*) from bakewatch.timeline) t, (select max(version) from bakewatch.bakes) v',
  );
  expect(after).toEqual(before);
});

test('what does not work fails with its reason and a hint, also as JSON', async () => {
  site.reply({ status: 401, body: `who is ${secrets[1]}?`, headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } });
  config({
    hooks: { deployer: { type: 'command', rollback: ['false'], current: ['cat', join(folder, 'gone')] } },
    notifiers: { hook: { type: 'slack', url: `https://127.0.0.1:${await freePort()}/${secrets[0]}` } },
  });
  const url = `postgres://ana:${secrets[3]}@127.0.0.1:${await freePort()}/x`;
  const { code, out } = await doctor(['--json'], url);
  expect(code).toBe(1);
  const { ok, rows } = JSON.parse(out);
  expect(ok).toBe(false);
  const found = (part: string, name = '') => rows.find((row: { part: string; name: string }) => row.part === part && row.name === name);
  expect(found('database')).toMatchObject({ outcome: 'fail', reason: 'the database cannot be reached (connect): connection refused' });
  expect(found('database').hint).toMatch(/^check DATABASE_URL/);
  expect(found('migrations')).toMatchObject({ outcome: 'not_tried', reason: 'the database cannot be reached' });
  expect(found('provider', 'prom')).toMatchObject({ outcome: 'fail', hint: 'check its address and its credentials in the config' });
  expect(found('rules', 'shop/production: errors')).toMatchObject({ outcome: 'not_tried', reason: 'prom does not answer' });
  expect(found('hook', 'deployer: shop/production')).toMatchObject({ outcome: 'not_tried', hint: 'see `database` above' });
  expect(found('notifier', 'hook')).toMatchObject({
    outcome: 'fail',
    reason: expect.stringMatching(/ could not be reached \(ECONNREFUSED\)$/),
  });
  expect(found('clock', 'this machine')).toMatchObject({ outcome: 'not_tried', reason: 'the time of the database is not known' });
  expect(found('clock', 'prom')).toMatchObject({
    outcome: 'warn',
    reason: expect.stringMatching(/^the clock of the provider prom is (1h|59m\d+s) ahead of this machine's; /),
  });
});

test('a rollback that would not work, and a query that would never match, fail', async () => {
  config({ hooks: { deployer: { type: 'command', rollback: ['false'], current: ['cat', join(folder, 'gone')] } } });
  site.reply(({ url, body }) => {
    const codes = new URLSearchParams(body).get('match[]') === 'x' ? ['500'] : [];
    if (url.endsWith('/series')) return { body: { status: 'success', data: codes.map((code) => ({ __name__: 'x', code })) } };
    return { body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] } } };
  });
  rules('x{status="500"}');
  const { code, lines } = await doctor();
  expect(code).toBe(1);
  expect(lines).toContainEqual(expect.stringMatching(/^FAIL {2}rules shop\/production: errors {2}unproven: `bad` has matched no series/));
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}hint: .*shop\.yaml:1:\d+ checks\.errors\.ratio\.bad; `bakewatch check --live` shows all$/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^FAIL {2}hook deployer: shop\/production {2}/));
});

test('servers that hang cost their limit, not more, and the rest is answered', async () => {
  site.reply('hang');
  const { code, lines } = await doctor(['--timeout', '5s']);
  expect(code).toBe(1);
  expect(lines).toContainEqual(expect.stringMatching(/^FAIL {2}provider prom {2}no answer arrived before the deadline$/));
  expect(lines).toContainEqual(expect.stringMatching(/^ok {2}database {2}PostgreSQL/));
  expect(lines).toContainEqual(expect.stringMatching(/^not tried {2}clock prom {2}the time was over before its turn$/));
});

test('migrations that are pending or newer are named', async () => {
  const empty = await anEmptyDatabase();
  const fresh = await doctor([], empty);
  expect(fresh.lines).toContainEqual(expect.stringMatching(/^ok {2}migrations {2}0 are applied; the next start applies \d+$/));
  expect(fresh.lines).toContainEqual(
    expect.stringMatching(/^not tried {2}hook deployer: shop\/production .* lacks the tables of this version$/),
  );
  await administer(empty, 'create schema bakewatch_meta');
  await administer(empty, 'create table bakewatch_meta.migrations as select 9999999999999 as created_at');
  const newer = await doctor([], empty);
  expect(newer.lines).toContain('warn  migrations  a newer version of Bakewatch has migrated the database');
});

test('an embedded database that does not run is looked at without starting it', async () => {
  await copyCluster(join(folder, 'data'));
  const before = readdirSync(join(folder, 'data'));
  const { code, lines } = await doctor([], '');
  expect(code).toBe(0);
  expect(lines).toContain(`ok  database  PostgreSQL 18, embedded in ${join(folder, 'data')}; it does not run, because the server does not`);
  expect(lines).toContainEqual(expect.stringMatching(/^ok {2}disk .* can be written, and .* are free$/));
  expect(lines).toContain('not tried  migrations  the embedded database does not run');
  expect(readdirSync(join(folder, 'data'))).toEqual(before);
  writeFileSync(join(folder, 'data', 'postgres', 'PG_VERSION'), '17\n');
  const old = await doctor([], '');
  expect(old.code).toBe(1);
  expect(old.lines).toContainEqual(
    expect.stringMatching(/^FAIL {2}database {2}.* was created by PostgreSQL 17, and this version of Bakewatch contains 18$/),
  );
});

test('a variable that names no proxy is one row, without its password', async () => {
  const { code, out } = await doctor([], database.url, { HTTPS_PROXY: 'socks5://me:proxy-secret@far.example' });
  expect(code).toBe(1);
  expect(out).toContain('FAIL       environment  the environment variable HTTPS_PROXY is not the http:// or https:// address of a proxy');
  expect(out).not.toContain('proxy-secret');
});

test('a config with mistakes is one row for each, and 1', async () => {
  config({ providers: { prom: { type: 'nonsense' } } });
  const { code, lines } = await doctor();
  expect(code).toBe(1);
  expect(lines[0]).toMatch(/^FAIL {2}config {2}.*bakewatch\.yaml:1:\d+ providers\.prom\.type: /);
});
