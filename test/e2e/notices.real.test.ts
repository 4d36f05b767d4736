import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const services = Array.from({ length: 7 }, (_, i) => `shop-${i}`);
const rules = (service: string) => `rules: 1
service: ${service}
environment: production
bake: { for: 10m, every: 10s, warmup: 5m, extend: 10m }
checks: { home: { probe: { http: "http://127.0.0.1:9/" } } }
on_failure: notify
notify: [team, pager]
`;

let receiver: StubServer;
let server: Server;
beforeAll(async () => {
  receiver = await startStubServer();
  receiver.reply({ body: 'ok' });
  const config = `notifiers:
  team:
    type: slack
    url: ${receiver.url}/team
    digest: { above: 1, within: 20s }
    template: { title: "told of {service}" }
  pager:
    type: webhook
    url: ${receiver.url}/pager
    secret: a-secret-of-at-least-16-characters
    when: { severity: bad }
`;
  server = await startServer(() => config, Object.fromEntries(services.map((service) => [`${service}.yaml`, rules(service)])));
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

const to = (path: string) => receiver.requests.filter(({ url }) => url === path).map(({ body }) => body);

test('many deploys are few messages to a chat and none to a pager, and a kill loses none of them', async () => {
  for (const service of services) {
    const { status } = await call(server, 'POST', '/v1/deploys', { service, environment: 'production', version: 'v1' });
    expect(status).toBe(201);
  }
  await poll('somebody was told', () => to('/team').length > 0);
  await server.kill();
  await server.restart();
  await poll(`all are told (${to('/team').length} messages)`, () => services.every((service) => to('/team').join('\n').includes(service)));
  expect(to('/team').filter((body) => /\d deploys: \d baking/.test(body))).not.toEqual([]);
  expect(to('/team')[0]).toMatch(/told of shop-\d/);
  const tested = await call(server, 'POST', '/v1/notifiers/pager/test', { topic: 'failed' });
  expect(tested).toMatchObject({ status: 200, body: { ok: true, outcome: 'delivered' } });
  // What was started is not the pager's; it would have come before the test.
  expect(to('/pager').map((body) => JSON.parse(body).title)).toEqual(['[test] example v2 (production) needs a person now']);
});
