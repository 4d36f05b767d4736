import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerDeploy } from '../../src/usecases/register-deploy.ts';
import { aDeploy, plan, ruleSet, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

test('no page of a deploy has the id of another one', async () => {
  const { store } = database;
  const deps = { store, ruleSetFor: () => ruleSet, planFor: () => plan };
  const release = async (version: string, at: number) => {
    const deploy = aDeploy({ service: 'walked', version, registeredAt: at });
    await registerDeploy(deps, { deploy, phase: 'finished', force: false, idempotencyKey: null, bodyHash: version });
    return deploy.id;
  };
  const ids = [await release('v1', start), await release('v2', start + 60_000), await release('v3', start + 120_000)];
  const [first = '', second = ''] = ids;
  // As an older version wrote it, and a hook that prints its environment.
  await store.appendTimeline(first, { at: start, kind: 'superseded', by: 'ci', text: `superseded by ${second}` });
  const orderId = `${first}:order`;
  await store.beginAttempt({ orderId, effectId: 'e', bakeId: first, at: start });
  await store.saveAttemptOutput({ orderId, number: 1, output: `BAKEWATCH_ORDER=${first}:${second}\n` });

  const api = aReadingApi(store);
  for (const id of ids)
    for (const path of [`/deploys/${id}`, `/deploys/${id}/report`, `/v1/deploys/${id}/report?format=md`]) {
      const answer = await api.request(path, { headers: { host: 'localhost:8700' } });
      const text = await answer.text();
      expect(answer.status, path).toBe(200);
      expect(
        [...new Set(text.match(uuid))].filter((found) => found !== id),
        path,
      ).toEqual([]);
    }
  const page = await (await api.request(`/deploys/${first}`, { headers: { host: 'localhost:8700' } })).text();
  expect(page).toContain('Superseded by v2');
  const json = await (await api.request(`/v1/deploys/${first}`, { headers: { host: 'localhost:8700' } })).text();
  expect(json).toContain('superseded by v2');
});
