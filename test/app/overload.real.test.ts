import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '../../src/app/app.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { anEmptyDatabase, silentLog } from '../support/database.ts';

const rules = `rules: 1
service: shop
environment: production
bake: { for: 10m, every: 1s, warmup: 0s }
checks:
  errors:
    provider: main
    ratio: { bad: errors_total, total: requests_total }
    fail_when: [{ above: 50% }]
on_failure: notify
`;

/** A metrics server that asks for a pause of ten minutes. */
let server: Server;
let databaseUrl: string;
const apps: App[] = [];

beforeAll(async () => {
  databaseUrl = await anEmptyDatabase();
  server = createServer((_, response) => response.writeHead(429, { 'retry-after': '600' }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const app of apps) await app.stop();
  server.close();
});

async function start(): Promise<App> {
  // A server that listens on TCP has an AddressInfo, never the name of a pipe.
  const { port } = server.address() as AddressInfo;
  const provider = `main: { type: prometheus, url: 'http://127.0.0.1:${port}', settle: 0s }`;
  const files = new Map([
    ['bakewatch.yaml', `config: 1\nserver: { listen: '127.0.0.1:0' }\nrules: [shop.yaml]\nhooks: {}\nproviders: { ${provider} }\n`],
    ['shop.yaml', rules],
  ]);
  const { config, ruleSets } = loadConfig({
    file: 'bakewatch.yaml',
    env: {},
    readFile: (path) => files.get(path) ?? '',
    listFiles: () => [],
    plugins,
  });
  const app = await startApp({ config, ruleSets, databaseUrl, log: silentLog, environment: {} });
  apps.push(app);
  return app;
}

const textOf = async (url: string): Promise<string> => await (await fetch(url)).text();

test('a metrics server that asks for a pause gets no questions, and people can see that; two servers know of each other', async () => {
  const { url } = await start();
  const body = JSON.stringify({ service: 'shop', environment: 'production', version: 'v1' });
  const deploy = await fetch(`${url}/v1/deploys`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const { id } = (await deploy.json()) as { id: string };
  const said = 'no answer: main has given none since';
  await expect.poll(() => textOf(`${url}/v1/deploys/${id}`), { timeout: 60_000 }).toContain(said);
  expect(await textOf(`${url}/health/ready`)).toContain('"status":"ok","warnings":["the provider main has given no answer since');
  expect(await textOf(url)).toContain('the provider main has given no answer since');
  const lines = await textOf(`${url}/metrics`);
  expect(lines).toContain('bakewatch_provider_open{provider="main"} 1');
  expect(lines).toContain('bakewatch_provider_up{provider="main"} 0');
  expect(lines).toMatch(/bakewatch_provider_questions_skipped_total\{provider="main",reason="open"\} [1-9]/);
  expect(lines).toContain('bakewatch_servers 1');
  expect(await textOf(`${(await start()).url}/metrics`)).toContain('bakewatch_servers 2');
});
