import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Token } from '../../src/api/auth.ts';
import { Report } from '../../src/api/report-schemas.ts';
import type { TokenVerb } from '../../src/usecases/caller.ts';
import { step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { createWorld } from '../support/world.ts';

let database: TestDatabase;
let id: string;
let live: string;
beforeAll(async () => {
  database = await aDatabase();
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 40 : 1) });
  await world.release('v1', { adopted: true, registeredBy: 'ana', release: { version: 'v1', commit: 'aaa', metadata: {} } });
  world.clock.advance(step);
  const repository = 'https://github.com/example/shop';
  id = (await world.release('v2', { release: { version: 'v2', commit: 'bbb', metadata: { repository } } })).record.deploy.id;
  await world.run(id);
  world.clock.advance(step);
  live = (await world.release('v3')).record.deploy.id;
  await world.run(live, ({ state }) => state === 'baking');
});
afterAll(() => database.close());

async function get(path: string, headers: Record<string, string> = {}, tokens: readonly Token[] = []) {
  const response = await aReadingApi(database.store, tokens).request(path, { headers: { host: 'localhost:8700', ...headers } });
  return {
    status: response.status,
    headers: response.headers,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

describe('the report of a deploy', () => {
  test('tells in JSON what was measured, done and changed, and how long it took', async () => {
    const { status, text } = await get(`/v1/deploys/${id}/report`);
    const report = Report.parse(JSON.parse(text));
    expect(status).toBe(200);
    expect(report).toMatchObject({
      state: 'rolled_back',
      final: true,
      change: {
        from: { version: 'v1', commit: 'aaa' },
        to: { version: 'v2', commit: 'bbb' },
        compare_url: 'https://github.com/example/shop/compare/aaa...bbb',
      },
      times: { still_affected: false, decide_ms: 0, roll_back_ms: 0 },
      attempts: [{ number: 1, outcome: 'succeeded', output: 'switched' }],
      unknowns: [],
    });
    expect(report.times.affected_ms).toBeGreaterThan(0);
    expect(report.charts[0]?.series.map(({ kind }) => kind)).toEqual(['release', 'recovery']);
    expect(report.interventions.map(({ by, kind }) => `${by}: ${kind}`)).toEqual(['ci: registered']);
  });

  test('of one that is still watched is told so far', async () => {
    expect(JSON.parse((await get(`/v1/deploys/${live}/report`)).text)).toMatchObject({ state: 'baking', final: false });
    expect((await get(`/v1/deploys/${live}/report?format=md`)).text).toContain('\n\nInterim report of ');
  });

  test.for([
    { name: 'JSON where nothing is asked for', query: '', accept: '*/*', type: 'application/json' },
    { name: 'what the query asks for', query: '?format=md', accept: 'text/html', type: 'text/markdown; charset=utf-8' },
    {
      name: 'what a browser would rather have',
      query: '',
      accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      type: 'text/html; charset=utf-8',
    },
    { name: 'what a program would rather have', query: '', accept: 'text/markdown', type: 'text/markdown; charset=utf-8' },
  ])('comes as $name', async ({ query, accept, type }) => {
    expect(await get(`/v1/deploys/${id}/report${query}`, { accept })).toMatchObject({ status: 200, type });
  });

  test.for([
    {
      name: 'a form that there is not',
      path: () => `/v1/deploys/${id}/report?format=pdf`,
      status: 400,
      says: 'query.format: must be one of json, md, html, not \\"pdf\\"',
    },
    { name: 'no deploy', path: () => '/v1/deploys/0f8fad5b-d9cb-469f-a165-70867728950e/report', status: 404, says: 'there is no deploy' },
    { name: 'what is no id', path: () => '/v1/deploys/abc/report', status: 404, says: 'there is no deploy abc' },
    {
      name: 'no deploy, as a page',
      path: () => '/deploys/0f8fad5b-d9cb-469f-a165-70867728950e/report',
      status: 404,
      says: 'there is no deploy',
    },
    { name: 'a chart of no check', path: () => `/deploys/${id}/charts/nothing.svg`, status: 404, says: 'there are no measurements' },
  ])('is refused in words: $name', async ({ path, status, says }) => {
    const answer = await get(path());
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(says);
  });

  test('is read with a token that may read the service; its page with the link alone', async () => {
    const token = (verbs: readonly TokenVerb[], services: readonly string[] = []) => ({
      name: 't',
      sha256: createHash('sha256').update('x').digest('hex'),
      verbs,
      services,
      environments: [],
    });
    const asked = (tokens: readonly Token[], path = `/v1/deploys/${id}/report`) => get(path, { authorization: 'Bearer x' }, tokens);
    expect((await get(`/v1/deploys/${id}/report`, {}, [token(['read'])])).status).toBe(401);
    expect((await asked([token(['register'])])).status).toBe(403);
    expect((await asked([token(['read'], ['other'])])).status).toBe(403);
    expect((await asked([token(['read'])])).status).toBe(200);
    expect((await get(`/deploys/${id}/report`, {}, [token(['read'])])).status).toBe(200);
  });

  test('brings a style that the content security policy lets in, and no other', async () => {
    const { headers, text } = await get(`/deploys/${id}/report`);
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toContain(`style-src 'self' 'sha256-${hash}';`);
  });
});

test('a chart is an SVG of its own, on a light ground or a dark one', async () => {
  const { status, type, text } = await get(`/deploys/${id}/charts/errors.svg`);
  expect([status, type]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*fill="#ffffff".*<\/svg>$/s);
  expect((await get(`/deploys/${id}/charts/errors.svg?theme=dark`)).text).toContain('fill="#0d1117"');
});

test('the page of a deploy leads to its report', async () => {
  expect((await get(`/deploys/${id}`)).text).toContain(`href="/deploys/${id}/report"`);
});
