import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { ruleSet } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const aToken = (name: string, services: readonly string[]): Token => ({
  name,
  sha256: createHash('sha256').update(name).digest('hex'),
  verbs: ['operate'],
  services,
  environments: [],
});

test.for([
  { name: 'of one service, one that its rules name', token: 'shop', notifier: 'ours', status: 200 },
  { name: 'of one service, one of another team', token: 'shop', notifier: 'theirs', status: 403 },
  { name: 'of one service, one that does not exist', token: 'shop', notifier: 'nobody', status: 403 },
  { name: 'of all services, any', token: 'all', notifier: 'theirs', status: 200 },
])('a token may test, $name: $status', async ({ token, notifier, status }) => {
  const sent: string[] = [];
  const app = aReadingApi(database.store, [aToken('shop', ['shop']), aToken('all', [])], {
    ruleSetFor: (service) => ({ ...ruleSet, service, notify: ['ours'] }),
    testNotifier: async ({ name, topic }) => {
      sent.push(name);
      return {
        notifier: name,
        topic,
        type: 'slack',
        ok: true,
        outcome: 'delivered',
        reason: null,
        tookMs: 1,
        title: 't',
        rules: { kind: 'send' },
      };
    },
  });
  const answer = await app.request(`/v1/notifiers/${notifier}/test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ service: 'shop', environment: 'production' }),
  });
  expect([answer.status, sent]).toEqual([status, status === 200 ? [notifier] : []]);
});
