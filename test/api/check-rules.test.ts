import { afterAll, beforeAll, expect, test } from 'vitest';
import { plugins } from '../../src/app/plugins.ts';
import { checkText } from '../../src/rules/check-text.ts';
import { parseConfig } from '../../src/rules/parse-config.ts';
import { anApi } from '../support/an-api.ts';
import { keepContract } from '../support/contract.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

const config = parseConfig('config: 1\nproviders:\n  prom: { type: prometheus, url: "http://127.0.0.1:9090" }\n', 'config.yaml', {
  env: {},
  plugins,
  readFile: () => '',
});
const rules = (query: string, more = '') => `rules: 1
service: shop
environment: production
${more}bake: { for: 30m }
checks:
  queue:
    provider: prom
    value: ${query}
    fail_when: [{ above: 5 }]
`;

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

async function check(body: object) {
  const api = keepContract(anApi(database.store, { checkRules: (text) => checkText(text, config, plugins) }));
  const headers = { host: '127.0.0.1:8700', 'content-type': 'application/json' };
  const request = new Request('http://127.0.0.1:8700/v1/rules/check', { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await api.fetch(request);
  // Each answer is checked against the document.
  const parsed = (await answer.json()) as { readonly problems: readonly object[] };
  return { status: answer.status, body: parsed };
}

test('rules without a problem are ok', async () => {
  expect(await check({ text: rules('queue_length') })).toEqual({ status: 200, body: { ok: true, problems: [], notes: [] } });
});

test('a problem has its line, its column, a message and a hint', async () => {
  const { status, body } = await check({ text: rules('queue_length').replace('prom', 'prim') });
  expect(status).toBe(200);
  expect(body).toMatchObject({ ok: false, problems: [{ line: 7, column: 15, path: 'checks.queue.provider' }] });
  expect(body.problems[0]).toMatchObject({ message: 'no provider is named "prim"', hint: expect.stringContaining('prom') });
});

test('a mistake in a query is found', async () => {
  const { body } = await check({ text: rules('sum(queue_length') });
  expect(body).toMatchObject({ ok: false, problems: [{ line: 8, path: 'checks.queue.value' }] });
});

test('no file is read: a text that extends another is refused', async () => {
  const { body } = await check({ text: rules('queue_length', 'extends: shared/defaults.yaml\n') });
  expect(body).toMatchObject({ ok: false, problems: [{ line: 4, message: '`extends` does not work here' }] });
});

test.for([{}, { text: 5 }, { text: '', file: '/etc/passwd' }])('a body that is not { text } is refused: %j', async (body) => {
  expect((await check(body)).status).toBe(400);
});

test('a body over the limit is refused', async () => {
  expect((await check({ text: 'x'.repeat(257 * 1024) })).status).toBe(413);
});
