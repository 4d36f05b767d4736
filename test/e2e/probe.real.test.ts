import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';
import type { Shown } from './shop.ts';

const entry = join(import.meta.dirname, '../../src/main.ts');
const rules = (site: string) => `rules: 1
service: shop
environment: production
bake: { for: 4s, every: 1s, warmup: 0s, extend: 20s }
checks:
  home: { probe: { http: "${site}/", body: "release $version", within: 2s, attempts: 2, apart: 50ms } }
  running: { probe: { command: [grep, -qx, $version, running], within: 2s, attempts: 2, apart: 50ms } }
rollback: { hook: shop, verify: 20s }
`;
const config = (folder: string) => `providers: { probe: { type: probe, commands: true } }
hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" > running', hook, "{version}"], current: [cat, running] }
`;

describe('a service without metrics', () => {
  let site: StubServer;
  let server: Server;
  let running = '';
  beforeAll(async () => {
    site = await startStubServer();
    server = await startServer(config, { 'shop.yaml': rules(site.url) });
    running = join(server.folder, 'running');
    // `bad` answers, but not as it should.
    site.reply(() => {
      const version = readFileSync(running, 'utf8').trim();
      return version === 'bad' ? { status: 502, body: 'bad gateway' } : { body: `this is release ${version}` };
    });
  });
  afterAll(async () => {
    await server.stop();
    await site.close();
  });

  async function deploy(version: string): Promise<Shown> {
    writeFileSync(running, `${version}\n`);
    const { body } = await call<Shown>(server, 'POST', '/v1/deploys', { service: 'shop', environment: 'production', version });
    let shown = body;
    await poll(`${version} has ended (${server.log().slice(-300)})`, async () => {
      shown = (await call<Shown>(server, 'GET', `/v1/deploys/${body.id}`)).body;
      return shown.final;
    });
    return shown;
  }

  test('bakes on probes alone, and goes back to what answered', async () => {
    expect(await deploy('v1')).toMatchObject({ state: 'passed' });
    const bad = await deploy('bad');
    expect(bad).toMatchObject({ state: 'rolled_back' });
    expect(readFileSync(running, 'utf8')).toBe('v1\n');
    expect(bad.timeline.map(({ text }) => text).join('\n')).toMatch(/Home: 2 of 2 attempts failed: HTTP 502, expected 200 to 299/);
  });

  test('is tried from the command line with the same rules', async () => {
    const gate = (version: string) =>
      new Promise<{ code: unknown; out: string }>((resolve) => {
        const argv = [entry, 'gate', 'rules/shop.yaml', '--config', 'bakewatch.yaml', '--version', version];
        execFile(process.execPath, argv, { cwd: server.folder }, (error, out) => resolve({ code: error ? error.code : 0, out }));
      });
    writeFileSync(running, 'v1\n');
    expect(await gate('v1')).toMatchObject({ code: 0, out: expect.stringMatching(/^shop\/home: passed: .*\nshop\/running: passed: /) });
    expect(await gate('v2')).toMatchObject({ code: 4, out: expect.stringContaining('its body does not contain "release v2"') });
  });
});
