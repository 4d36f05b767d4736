import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../support/server.ts';

const entry = new URL('../../src/main.ts', import.meta.url).pathname;
const rules = `rules: 1
service: shop
environment: production
checks: { up: { provider: prom, value: up, fail_when: { above: 1 } } }
`;
const run = promisify(execFile);

test('an admin link of the command line signs in to the running server, once', async () => {
  const server = await startServer(() => 'sign_in: {}\nproviders: { prom: { type: prometheus, url: "http://127.0.0.1:9" } }\n', {
    'shop.yaml': rules,
  });
  onTestFinished(() => server.stop());
  expect(server.log()).toContain('bakewatch admin-link');
  expect((await fetch(`${server.url}/v1/deploys`)).status).toBe(401);
  const { stdout } = await run(process.execPath, [entry, 'admin-link'], { cwd: server.folder });
  const link = new URL(stdout.trim());
  expect(link.origin).toBe(server.url);
  const use = () =>
    fetch(`${server.url}/auth/link`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: server.url },
      body: new URLSearchParams({ key: link.searchParams.get('key') ?? '' }),
    });
  const first = await use();
  expect(first.headers.get('location')).toBe('/');
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect((await fetch(`${server.url}/v1/deploys`, { headers: { cookie } })).status).toBe(200);
  expect(await (await fetch(server.url, { headers: { cookie } })).text()).toContain('admin link of');
  expect((await use()).headers.get('location')).toBe('/sign-in?notice=link');
});
