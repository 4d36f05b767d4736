import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anEmptyDatabase } from '../support/database.ts';
import { readOlderDatabase, restoreOlderDatabase } from '../support/older-database.ts';
import { call, poll, type Server, startServer } from '../support/server.ts';
import type { Shown } from './shop.ts';

/*
 * The upgrade from 0.1.0: the server of this checkout is started on the database that 0.1.0 left in the middle of its work, after eight days without a server.
 * The fixture is of commit 18466f3, three commits before 0.1.0, none of which touched the database. How each bake goes on where no time was lost is compared
 * with 0.1.0 itself in test/store/older-database.real.test.ts.
 */
const { tables, ...older } = readOlderDatabase('database-18466f3.json.gz');
const finals = ['passed', 'rolled_back', 'inconclusive', 'failed', 'canceled', 'superseded'];

const rules = `rules: 1
service: calm
environment: production
checks: { errors: { provider: prom, value: up } }
`;

let server: Server;
beforeAll(async () => {
  const url = await anEmptyDatabase();
  await restoreOlderDatabase(url, { ...older, tables });
  const config = () => `
providers:
  prom: { type: prometheus, url: "http://127.0.0.1:9" }
  flaky: { type: prometheus, url: "http://127.0.0.1:9" }
hooks: { deployer: { type: command, rollback: [/bin/false], current: [/bin/false] } }
`;
  server = await startServer(config, { 'calm.yaml': rules }, { env: { DATABASE_URL: url } });
}, 120_000);
afterAll(async () => await server?.stop());

const shown = async (id: unknown) => (await call<Shown>(server, 'GET', `/v1/deploys/${id}`)).body;

describe('a server on the database of 0.1.0', () => {
  test('shows every deploy, over HTTP and as a page', async () => {
    const { body } = await call<{ deploys: readonly Shown[] }>(server, 'GET', '/v1/deploys?limit=200');
    expect(body.deploys.map(({ id }) => id).toSorted()).toEqual(tables.deploys.map(({ id }) => id).toSorted());
    for (const { id, service } of tables.deploys) {
      expect(await shown(id)).toMatchObject({ id, service });
      const page = await fetch(`${server.url}/deploys/${id}`);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(String(service))]);
    }
  });

  test('keeps what has ended as it was', async () => {
    const ended = tables.bakes.filter(({ state }) => finals.includes(String(state)));
    expect(ended.length).toBeGreaterThan(5);
    for (const { deploy_id, state } of ended) expect(await shown(deploy_id)).toMatchObject({ state, final: true });
  });

  test('goes on with what was live, and passes nothing that it could not measure', async () => {
    const live = tables.bakes.filter(({ state }) => state === 'baking');
    expect(live.length).toBeGreaterThan(5);
    for (const { deploy_id } of live) {
      await poll(`${deploy_id} has ended`, async () => (await shown(deploy_id)).final);
      expect((await shown(deploy_id)).state).not.toBe('passed');
    }
  });
});
