import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { problemTitles } from '../../src/core/base/problem-names.ts';
import { planFor } from '../../src/usecases/plan-for.ts';
import { bookPolicy } from '../contracts/store-rule-books.ts';
import { register, ruleSet } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

test('the page lists exactly the names that there are', () => {
  const page = readFileSync('docs/reference/problems.md', 'utf8');
  expect([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(problemTitles).sort());
});

describe('the type of a refusal', () => {
  const post = async (path: string, body?: object, headers: Readonly<Record<string, string>> = {}) => {
    const app = aReadingApi(database.store, [], {
      ruleSetFor: (service) => {
        if (service === 'unknown') throw new AppError('not_found', 'there are no rules for it', { problem: 'no_rules' });
        return { ...ruleSet, service, rollback: null };
      },
      planFor: (rules, now) => planFor(rules, now, { policy: bookPolicy, providers: new Map() }),
      warningsFor: async () => [],
    });
    const type = body && { 'content-type': 'application/json' };
    const init = { method: 'POST', headers: { host: 'localhost:8700', ...type, ...headers }, ...(body && { body: JSON.stringify(body) }) };
    return await (await app.request(path, init)).json();
  };
  const deploy = (service: string, version = 'v1') => ({ service, environment: 'production', version });
  const named = (status: number, name: keyof typeof problemTitles) => ({
    type: `urn:bakewatch:problem:${name}`,
    title: problemTitles[name],
    status,
  });

  test('of a key that belongs to another deploy', async () => {
    await post('/v1/deploys', deploy('keys'), { 'idempotency-key': 'one' });
    expect(await post('/v1/deploys', deploy('keys', 'v2'), { 'idempotency-key': 'one' })).toMatchObject(named(409, 'key_conflict'));
  });

  test('of a deploy while a rollback is under way', async () => {
    await register(database.store, { service: 'busy', environment: 'production' }, 'rolling_back');
    expect(await post('/v1/deploys', deploy('busy', 'v9'))).toMatchObject(named(409, 'rollback_under_way'));
  });

  test('of a place without rules', async () => {
    expect(await post('/v1/deploys', deploy('unknown'))).toMatchObject(named(404, 'no_rules'));
  });

  test('of a verb that the state does not allow, and of one with another state in mind', async () => {
    const { id } = (await register(database.store, { service: 'done' }, 'passed')).deploy;
    expect(await post(`/v1/deploys/${id}/approve`)).toMatchObject(named(409, 'not_in_this_state'));
    expect(await post(`/v1/deploys/${id}/approve`, undefined, { 'if-match': '"warming.1"' })).toMatchObject(named(412, 'changed'));
  });

  test('of a deploy that is not there', async () => {
    expect(await post('/v1/deploys/47f0c12b-4af8-4105-92e5-05379123ad2c/cancel')).toMatchObject(named(404, 'no_deploy'));
  });

  test('says nothing more where the status says it all', async () => {
    expect(await post('/v1/deploys', {})).toMatchObject({ type: 'about:blank', title: 'The request is not valid', status: 400 });
  });
});
