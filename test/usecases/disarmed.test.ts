import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { planFor } from '../../src/usecases/plan-for.ts';
import { bookPolicy } from '../contracts/store-rule-books.ts';
import { ruleSet } from '../store/fixtures.ts';
import { step } from '../support/builders.ts';
import { aDatabase, administer, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { createWorld, type WorldOptions } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

async function reasonsOf(options: WorldOptions, ...releases: Parameters<ReturnType<typeof createWorld>['release']>[1][]) {
  const world = createWorld(database.store, options);
  await world.release('v1', { adopted: true });
  for (const [i, release] of releases.entries()) {
    world.clock.advance(step);
    await world.release(`v${i + 2}`, { registeredBy: 'ci', ...release });
  }
  await world.work();
  return world.heard().flatMap(({ topic, reasons }) => (topic === 'disarmed' ? [...reasons] : []));
}

test.for([
  { cause: { kind: 'rollback' as const, of: undefined }, says: 'ci registered v2 as a rollback, and a rollback is never rolled back' },
  {
    migrations: 'irreversible' as const,
    says: 'ci registered v2 with migrations that cannot be undone, so it is not rolled back automatically',
  },
])('a token that may only register notifies people: $says', async ({ says, ...release }) => {
  expect(await reasonsOf({}, { ...release, onlyRegisters: true })).toEqual([says]);
  expect(await reasonsOf({}, release)).toEqual([]);
});

test('a plain release, and one where nothing would be rolled back, notifies nobody', async () => {
  const irreversible = { migrations: 'irreversible' as const, onlyRegisters: true };
  expect(await reasonsOf({}, { onlyRegisters: true }, { onlyRegisters: true })).toEqual([]);
  for (const plan of [{ hook: null }, { observeOnly: true }, { onFailure: 'notify' as const }])
    expect(await reasonsOf({ plan }, irreversible)).toEqual([]);
});

test('a release that ends a bake whose rollback waits for an approval notifies people', async () => {
  const world = createWorld(database.store, { plan: { onFailure: 'approve' }, bad: (version) => (version === 'v2' ? 90 : 1) });
  await world.release('v1', { adopted: true });
  const { record } = await world.release('v2');
  await world.run(record.deploy.id, ({ state }) => state === 'awaiting_approval');
  await world.release('v3', { registeredBy: 'ci', onlyRegisters: true });
  await world.work();
  expect(world.heard().filter(({ topic }) => topic === 'disarmed')).toMatchObject([
    { version: 'v3', reasons: ['the rollback of v2 waited for an approval, and ends because ci registered v3'] },
  ]);
});

test.for([
  { verbs: ['register'] as const, notices: 1 },
  { verbs: ['register', 'operate'] as const, notices: 0 },
])('the API knows what the token $verbs may do', async ({ verbs, notices }) => {
  const secret = `a-secret-of-many-characters-${verbs.length}`;
  const sha256 = createHash('sha256').update(secret).digest('hex');
  const token: Token = { name: 'ci', sha256, verbs: [...verbs], services: [], environments: [] };
  const app = aReadingApi(database.store, [token], {
    ruleSetFor: (service) => ({ ...ruleSet, service, traffic: null }),
    planFor: (rules, now) => planFor(rules, now, { policy: bookPolicy, providers: new Map() }),
    warningsFor: async () => [],
  });
  const body = { service: `of-${verbs.length}`, environment: 'production', version: 'v2', migrations: 'irreversible' };
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const answer = await app.request('/v1/deploys', { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(201);
  const { id } = JSON.parse(await answer.text()) as { id: string };
  const queued = await administer(
    database.url,
    "select data->'effect'->>'bakeId' as id from bakewatch_queue.job where name = 'notify' and data->'effect'->'notice'->>'topic' = 'disarmed'",
  );
  expect(queued.filter((row) => row.id === id)).toHaveLength(notices);
});
