import { afterAll, beforeAll, expect, test } from 'vitest';
import { register } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** A deploy that bakes, its tag, and calls about it. */
async function baking() {
  const { id } = (await register(database.store, {}, 'baking')).deploy;
  const app = aReadingApi(database.store);
  const host = 'localhost:8700';
  const get = (rest = '') => app.request(`/v1/deploys/${id}${rest}`, { headers: { host } });
  const post = (verb: string, tag?: string, body?: object) =>
    app.request(`/v1/deploys/${id}/${verb}`, {
      method: 'POST',
      headers: { host, ...(tag !== undefined && { 'if-match': tag }), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const tag = (await get()).headers.get('etag') ?? '';
  return { id, get, post, tag };
}

test('a deploy has an ETag, which a verb takes in If-Match; the second of two decisions is refused', async () => {
  const { get, post, tag } = await baking();
  expect(tag).toMatch(/^"baking\.[\d.]+"$/);
  expect((await get('/wait?timeout=1s&after=0')).headers.get('etag')).toBe(tag);
  const first = await post('extend', tag, { by: '10m' });
  expect(first.status).toBe(200);
  const moved = first.headers.get('etag') ?? '';
  expect(moved).not.toBe(tag);
  expect((await get()).headers.get('etag')).toBe(moved);
  const second = await post('cancel', tag);
  expect([second.status, await second.json()]).toEqual([
    412,
    expect.objectContaining({ status: 412, detail: expect.stringMatching(/^nothing was done: the bake has moved on/) }),
  ]);
  expect((await post('cancel', moved)).status).toBe(200);
});

test.for(['pass', 'rollback', 'roll-forward', 'mark', 'extend', 'approve', 'cancel'])(
  '%s does nothing with the tag of another state',
  async (verb) => {
    const { get, post, tag } = await baking();
    const why = { why: 'slow' };
    const bodies: Readonly<Record<string, object>> = {
      pass: why,
      rollback: why,
      'roll-forward': why,
      mark: { ...why, kind: 'false_alarm' },
      extend: { by: '1m' },
    };
    expect((await post(verb, '"warming.1"', bodies[verb])).status).toBe(412);
    expect((await get()).headers.get('etag')).toBe(tag);
  },
);

test.for([
  { name: 'any', of: () => '*', status: 200 },
  { name: 'none', of: () => undefined, status: 200 },
  { name: 'one of several', of: (tag: string) => `"warming.1", ${tag}`, status: 200 },
  { name: 'one that a proxy made weak', of: (tag: string) => `W/${tag}`, status: 200 },
  { name: 'several others', of: () => '"warming.1", "passed.2"', status: 412 },
  { name: 'an empty one', of: () => '""', status: 412 },
  { name: 'one without quotes', of: (tag: string) => tag.replaceAll('"', ''), status: 400 },
])('If-Match with $name', async ({ of, status }) => {
  const { post, tag } = await baking();
  expect((await post('cancel', of(tag))).status).toBe(status);
});
