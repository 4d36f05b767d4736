import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { administer, anEmptyDatabase } from '../support/database.ts';
import { poll, type Server, startServer } from '../support/server.ts';

const entry = join(import.meta.dirname, '../../src/main.ts');
const run = promisify(execFile);

const rulesOf = (service: string, minutes: number) => `rules: 1
service: ${service}
environment: production
bake: { for: ${minutes}m, every: 15s }
checks: { errors: { provider: prom, ratio: { bad: 'bad{}', total: 'total{}' } } }
on_failure: notify
`;

/** A config that reads its token from a mounted folder, as Kubernetes mounts secrets: `token` is a link into `..data`, which is a link too. */
const configOf = (database: string, port = 1) => `database: { url: '${database}' }
tokens: [{ name: ops, token: 'file:secret/token', verbs: [register, read, operate] }]
providers: { prom: { type: prometheus, url: 'http://127.0.0.1:${port}' } }
`;

const firstToken = 'first-token-of-the-test';
const secondToken = 'second-token-of-the-test';

let database: string;
const servers: Server[] = [];
beforeAll(async () => {
  database = await anEmptyDatabase();
});
afterAll(async () => {
  for (const server of servers) await server.stop();
});

async function start(minutes = 10, port = 1): Promise<Server> {
  const config = (folder: string) => {
    mountToken(folder, 'first', firstToken);
    return configOf(database, port);
  };
  const server = await startServer(config, { 'shop.yaml': rulesOf('shop', minutes), 'pay.yaml': rulesOf('pay', minutes) });
  servers.push(server);
  return server;
}

/** Puts a secret in place as Kubernetes does: a new folder, to which one link is switched. */
function mountToken(folder: string, version: string, token: string): void {
  const secret = join(folder, 'secret');
  mkdirSync(join(secret, version), { recursive: true });
  writeFileSync(join(secret, version, 'token'), `${token}\n`);
  symlinkSync(version, join(secret, '..new'));
  renameSync(join(secret, '..new'), join(secret, '..data'));
  rmSync(join(secret, 'token'), { force: true });
  symlinkSync(join('..data', 'token'), join(secret, 'token'));
}

async function ask<T = Record<string, unknown>>(server: Server, method: string, path: string, body?: unknown, token = firstToken) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

/** Registers a deploy, and returns its id. */
async function register(server: Server, service: string): Promise<string> {
  const body = { service, environment: 'production', version: `v${performance.now()}` };
  const answer = await ask<{ readonly id: string }>(server, 'POST', '/v1/deploys', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}

/** How many minutes a bake takes by its plan. */
async function minutesOf(id: string): Promise<number> {
  const [row] = await administer(database, `select (plan->>'forMs')::int / 60000 as minutes from bakewatch.deploys where id = '${id}'`);
  return Number(row?.minutes);
}

const bakeMinutes = async (server: Server, service: string) => await minutesOf(await register(server, service));

async function gauge(server: Server, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^bakewatch_${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

const ready = async (server: Server) => {
  const response = await fetch(`${server.url}/health/ready`);
  const body = (await response.json()) as { reason?: string; warnings?: readonly string[] };
  return { status: response.status, reason: body.reason ?? '', warnings: (body.warnings ?? []).join('\n') };
};

/** Several programs start one after the other, perhaps on a slow machine. */
const timeoutMs = 400_000;

/** Replaces a file of a server at once, as most editors do. */
function put(server: Server, name: string, text: string): void {
  writeFileSync(join(server.folder, 'new'), text);
  renameSync(join(server.folder, 'new'), join(server.folder, name));
}

async function reloadByCommand(server: Server): Promise<{ out: string; err: string; code: number }> {
  const env = { PATH: process.env.PATH ?? '', BAKEWATCH_URL: server.url, BAKEWATCH_TOKEN: firstToken };
  return await run(process.execPath, [entry, 'reload'], { env }).then(
    ({ stdout, stderr }) => ({ out: stdout, err: stderr, code: 0 }),
    ({ stdout, stderr, code }: { stdout: string; stderr: string; code: number }) => ({ out: stdout, err: stderr, code }),
  );
}

test('changed files are loaded while the server runs, and one bad file stops neither the others nor the server', {
  timeout: timeoutMs,
}, async () => {
  const server = await start();
  const before = await register(server, 'shop');
  expect(await minutesOf(before)).toBe(10);

  // The watch sees a changed file. The bake under way keeps its plan.
  put(server, 'rules/shop.yaml', rulesOf('shop', 20));
  await poll('the watch has loaded the file', async () => (await gauge(server, 'rule_book_version')) === 2);
  expect(await minutesOf(before)).toBe(10);
  expect(await bakeMinutes(server, 'shop')).toBe(20);

  // A bad file is refused, and its service keeps its rules. SIGHUP does not end the server.
  put(server, 'rules/pay.yaml', rulesOf('pay', 30).replace('15s', '15 parsecs'));
  put(server, 'rules/shop.yaml', rulesOf('shop', 30));
  process.kill(server.pid, 'SIGHUP');
  await poll('SIGHUP has loaded the good file', async () => (await gauge(server, 'rule_book_version')) === 3);
  expect([await bakeMinutes(server, 'shop'), await bakeMinutes(server, 'pay')]).toEqual([30, 10]);
  expect(await ready(server)).toMatchObject({
    status: 200,
    warnings: expect.stringMatching(/^the rule file rules\/pay\.yaml is refused.*15 parsecs/),
  });
  expect(await gauge(server, 'rule_files_refused')).toBe(1);
  const partly = await reloadByCommand(server);
  expect(partly).toMatchObject({ code: 1, out: 'rule book 3: the same rules as before\n' });
  expect(partly.err).toMatch(
    /rules\/pay\.yaml is refused; its services keep the rules that they had:\n {2}rules\/pay\.yaml:4:\d+ bake\.every: .*15 parsecs/,
  );
  expect(partly.err).toContain('are read at the start only');

  // With a bad file, the server starts again by the rules that are stored.
  await server.kill();
  await server.restart();
  expect(await bakeMinutes(server, 'pay')).toBe(10);

  // A bad config changes nothing, and each problem is named.
  const config = `config: 1\nserver: { listen: "${new URL(server.url).host}" }\nrules: [rules/*.yaml]\n${configOf(database)}`;
  put(server, 'rules/pay.yaml', rulesOf('pay', 40));
  put(server, 'bakewatch.yaml', `${config}polcy: {}\ndrain: soon\n`);
  const refused = await reloadByCommand(server);
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/bakewatch: the files have 2 problems\n.*bakewatch\.yaml:7:1 polcy: .*\n.*bakewatch\.yaml:8:8 drain: /);
  expect(await bakeMinutes(server, 'pay')).toBe(10);
  expect((await ready(server)).warnings).toContain('the changed files are refused');
  put(server, 'bakewatch.yaml', `${config}drain: 5s\n`);
  expect(await ask(server, 'POST', '/v1/reload')).toMatchObject({
    status: 200,
    body: { rule_book: 4, refused: [], needs_restart: ['drain'] },
  });
  expect(await bakeMinutes(server, 'pay')).toBe(40);

  // A secret is read again when its file changes.
  mountToken(server.folder, 'second', secondToken);
  await poll('the new token is known', async () => (await ask(server, 'GET', '/v1/services', undefined, secondToken)).status === 200);
  expect((await ask(server, 'GET', '/v1/services')).status).toBe(401);
  expect(server.log()).not.toContain(secondToken);
  await server.stop();
});

test('a replica with older rules uses the newer ones, and one with an older config leaves the work to others', {
  timeout: timeoutMs,
}, async () => {
  database = await anEmptyDatabase();
  const [old, current] = [await start(10), await start(20)];
  // The replica has not changed its files, so the load of the other one was the last.
  expect(await bakeMinutes(old, 'shop')).toBe(20);
  expect(await gauge(old, 'rule_book_behind')).toBe(1);
  expect(await ready(old)).toMatchObject({ status: 200, warnings: expect.stringContaining('are older than the rule book (version 2)') });
  expect([await gauge(current, 'rule_book_behind'), (await ready(current)).warnings]).toEqual([0, '']);
  await old.kill();
  await old.restart();
  expect(await bakeMinutes(old, 'shop')).toBe(20);

  // Another provider: the older replica would ask the wrong one.
  const config = `config: 1\nserver: { listen: "${new URL(current.url).host}" }\nrules: [rules/*.yaml]\n${configOf(database, 2)}`;
  put(current, 'bakewatch.yaml', config);
  await poll('the older replica stands by', async () => (await ready(old)).status === 503);
  expect((await ready(old)).reason).toContain('has an older config than the rule book (version 3');
  expect((await ask(old, 'POST', '/v1/deploys', { service: 'shop', environment: 'production', version: 'v9' })).status).toBe(503);
  expect(await bakeMinutes(current, 'shop')).toBe(20);

  // A person decides otherwise.
  const words = 'rule book 4: loaded\n  rules of pay in production: changed\n  rules of shop in production: changed\n';
  expect((await reloadByCommand(old)).out).toBe(words);
  expect((await ready(old)).status).toBe(200);
  expect(await bakeMinutes(old, 'shop')).toBe(10);
  await poll('the other replica stands by', async () => (await ready(current)).status === 503);
});
