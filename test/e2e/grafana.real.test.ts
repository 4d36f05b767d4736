import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeGrafana, startFakeGrafana } from '../support/fake-grafana.ts';
import { call, poll, type Server, startServer } from '../support/server.ts';

let grafana: FakeGrafana;
let server: Server;
beforeAll(async () => {
  grafana = await startFakeGrafana('newer');
  const config = `providers:
  prom: { type: prometheus, url: "http://127.0.0.1:1" }
notifiers:
  charts: { type: grafana, url: "${grafana.url}", token: "${grafana.tokens.editor}", timeout: 1m }
`;
  const rules = `rules: 1
service: shop
environment: production
bake: { for: 1h, every: 10s }
checks:
  errors: { provider: prom, value: up, fail_when: [{ above: 3 }] }
notify: [charts]
`;
  server = await startServer(() => config, { 'shop.yaml': rules });
});
afterAll(async () => {
  await server.stop();
  await grafana.close();
});

test('a deploy has one mark, although Bakewatch is killed between marking it and writing that down', async () => {
  grafana.fallSilent(true);
  const deploy = { service: 'shop', environment: 'production', version: 'v2' };
  const { body } = await call<{ id: string }>(server, 'POST', '/v1/deploys', deploy);
  await poll('the deploy is marked', () => grafana.annotations().length > 0);
  await server.kill();
  grafana.fallSilent(false);
  await server.restart();
  await poll('the mark is found again', () => grafana.requests.some(({ method }) => method === 'PATCH'));
  await call(server, 'POST', `/v1/deploys/${body.id}/cancel`);
  await poll('the mark tells the end', () => grafana.shownFor('deploy', 'outcome:stopped').length > 0);
  const [mark, ...more] = grafana.annotations();
  expect(more).toEqual([]);
  expect(mark?.tags).toContain(`deploy_id:${body.id}`);
  expect(mark!.timeEnd).toBeGreaterThan(mark!.time);
});
