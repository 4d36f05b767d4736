import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';
import type { Shown } from './shop.ts';

const rules = (service: string, checks: string) => `rules: 1
service: ${service}
environment: production
bake: { for: 4s, every: 1s, warmup: 0s, extend: 20s }
checks:
${checks}
rollback: { hook: shop, verify: 20s }
`;
const webChecks = `  queue: { provider: orders, value: "/stats?shop=$service $.queue.length", fail_when: { above: 100, for: 2 of 3 } }
  failed:
    provider: orders
    ratio: { bad: { query: "/stats?shop=$service&last={step} $.failed" }, total: { query: "/stats?shop=$service&last={step} $.all" } }
    fail_when: { above: 50%, for: 2 of 3 }
    critical: false`;
const programChecks = `  backlog: { provider: figures, value: "backlog of=$service $.waiting", fail_when: { above: 100, for: 2 of 3 } }`;

/** Prints a figure that depends on the release that runs. The service is an argument, never a part of a command. */
const program = `case $(cat running) in bad) n=5000 ;; *) n=5 ;; esac; printf '{"of":"%s","waiting":%s}' "$1" "$n"`;

describe('a number of a service', () => {
  let site: StubServer;
  let server: Server;
  let running = '';
  beforeAll(async () => {
    site = await startStubServer();
    const config = (folder: string) => `providers:
  orders: { type: web, url: "${site.url}/api", bearer: token-of-the-test, settle: 0s, params: { shop: "[a-z]+", last: "[0-9]+" } }
  figures:
    type: command
    commands: { backlog: { argv: [sh, -c, ${JSON.stringify(program)}, backlog, "{of}"], cwd: "${folder}", args: { of: "[a-z]+" } } }
hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" > running', hook, "{version}"], current: [cat, running] }
`;
    server = await startServer(config, { 'shop.yaml': rules('shop', webChecks), 'mail.yaml': rules('mail', programChecks) });
    running = join(server.folder, 'running');
    site.reply(({ headers }) => {
      if (headers.authorization !== 'Bearer token-of-the-test') return { status: 401 };
      const isBad = readFileSync(running, 'utf8').trim() === 'bad';
      return { body: { queue: { length: isBad ? 700 : 7 }, failed: isBad ? 90 : 0, all: 100 } };
    });
  });
  afterAll(async () => {
    await server.stop();
    await site.close();
  });

  async function deploy(service: string, version: string): Promise<Shown> {
    writeFileSync(running, `${version}\n`);
    const { body } = await call<Shown>(server, 'POST', '/v1/deploys', { service, environment: 'production', version });
    let shown = body;
    await poll(`${version} has ended (${server.log().slice(-300)})`, async () => {
      shown = (await call<Shown>(server, 'GET', `/v1/deploys/${body.id}`)).body;
      return shown.final;
    });
    return shown;
  }

  test.for([
    ['shop', /queue/i],
    ['mail', /backlog/i],
  ] as const)('rolls %s back', async ([service, words]) => {
    expect(await deploy(service, 'v1')).toMatchObject({ state: 'passed' });
    const bad = await deploy(service, 'bad');
    expect(bad).toMatchObject({ state: 'rolled_back' });
    expect(readFileSync(running, 'utf8')).toBe('v1\n');
    expect(bad.timeline.map(({ text }) => text).join('\n')).toMatch(words);
  });
});
