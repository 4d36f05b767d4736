import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PipelineRights } from '../../src/core/base/pipeline-rights.ts';
import { createHttp, type Http } from '../../src/net/http.ts';
import { createPipelineIssuers } from '../../src/sign-in/pipeline-issuers.ts';
import { createPipelineTokens } from '../../src/usecases/pipeline-rights.ts';
import type { RequestRefusal } from '../../src/usecases/refusals.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aReadingApi } from '../support/reading-api.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const t0 = 1_800_000_000_000;
const [minute, hour] = [60_000, 3_600_000];
let database: TestDatabase;
let issuer: TokenIssuer;
let http: Http;
beforeEach(async () => {
  database = await aDatabase();
  issuer = await startTokenIssuer();
  http = createHttp();
});
afterEach(async () => {
  await http.close();
  await issuer.close();
  await database.close();
});

const audience = 'https://bake.example.com';
/** What GitHub says of a job that deploys to an environment, in the form of July 2026. */
const github = {
  sub: 'repo:acme@123/shop@456:environment:production',
  repository: 'acme/shop',
  repository_id: '456',
  repository_owner_id: '123',
  environment: 'production',
  ref: 'refs/heads/main',
  event_name: 'push',
  run_id: '1658821493',
};
/** What GitLab says of a job. */
const gitlab = {
  sub: 'project_path:acme/shop:ref_type:branch:ref:main',
  project_path: 'acme/shop',
  project_id: '22',
  job_project_id: '22',
  environment: 'production',
  ref: 'main',
  pipeline_source: 'push',
  pipeline_id: '77',
};

/** A server whose config has one entry, which may be changed. */
function aServer(rights: Partial<PipelineRights> = {}, more: readonly PipelineRights[] = []) {
  const clock = createManualClock(t0);
  const entry: PipelineRights = {
    name: 'shop',
    issuer: issuer.issuer,
    audience,
    claims: new Map([['repository_id', ['456']]]),
    grant: { verbs: ['register', 'read'], services: ['shop'], environments: ['production'] },
    maxAgeMs: hour,
    allowsPullRequests: false,
    ...rights,
  };
  const entries = [entry, ...more];
  const refusals: RequestRefusal[] = [];
  const issuers = createPipelineIssuers({ http, now: clock.now });
  const api = aReadingApi(database.store, [], {
    clock,
    storedTokens: createStoredTokens({ store: database.store, clock, log: silentLog }),
    pipelines: createPipelineTokens({ rights: () => entries, issuers, now: clock.now }),
    noteRefusal: async (refusal) => {
      refusals.push(refusal);
    },
  });
  const claims = (more_: object = {}) => {
    const seconds = Math.floor(clock.now() / 1000);
    return { iss: issuer.issuer, aud: audience, iat: seconds, nbf: seconds, exp: seconds + 300, ...github, ...more_ };
  };
  /** The status and the words of the answer to a token. */
  const get = async (token: string, path = '/v1/deploys') => {
    const response = await api.request(path, { headers: { authorization: `Bearer ${token}` } });
    const { detail = '' } = (await response.json()) as { detail?: string };
    return [response.status, detail] as const;
  };
  return { clock, claims, get, refusals, api };
}

describe('the token of a job', () => {
  test('is accepted from GitHub, in both forms of its subject', async () => {
    const { claims, get } = aServer();
    for (const sub of [github.sub, 'repo:acme/shop:environment:production']) {
      expect(await get(issuer.token(claims({ sub })))).toEqual([200, '']);
    }
    expect(issuer.fetches()).toBe(1);
  });

  test('is accepted from GitLab, also where it says ids as numbers', async () => {
    const { claims, get } = aServer({ claims: new Map([['project_id', ['22']]]) });
    const clean = Object.fromEntries(Object.keys(github).map((key) => [key, undefined]));
    expect(await get(issuer.token(claims({ ...clean, ...gitlab })))).toEqual([200, '']);
    expect(await get(issuer.token(claims({ ...clean, ...gitlab, project_id: 22, job_project_id: 22 })))).toEqual([200, '']);
  });

  test('has only the rights of its entry', async () => {
    const { claims, api } = aServer();
    const register = async (service: string, environment: string) => {
      const headers = { authorization: `Bearer ${issuer.token(claims())}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ service, environment, version: 'v1' });
      return ((await (await api.request('/v1/deploys', { method: 'POST', headers, body })).json()) as { detail: string }).detail;
    };
    expect(await register('other', 'production')).toBe('the token shop: acme/shop run 1658821493 may not register for other in production');
    expect(await register('shop', 'staging')).toBe('the token shop: acme/shop run 1658821493 may not register for shop in staging');
  });

  test('adds up the rights of all entries that it matches', async () => {
    const second = {
      ...{ name: 'audit', issuer: issuer.issuer, audience, claims: new Map([['repository_owner_id', ['9', '123']]]) },
      ...{ grant: { verbs: ['admin' as const], services: [], environments: [] }, maxAgeMs: hour, allowsPullRequests: false },
    };
    const { claims, get } = aServer({}, [second]);
    expect(await get(issuer.token(claims()), '/v1/tokens')).toEqual([200, '']);
  });

  test('closes the server, also where there is no other token', async () => {
    const { api } = aServer();
    expect((await api.request('/v1/deploys')).status).toBe(401);
  });
});

describe('a token is refused', () => {
  const second = 1000;
  test.for<readonly [string, (claims: (more?: object) => object, now: number) => string, string]>([
    ['that has expired', (claims, now) => issuer.token(claims({ iat: now / second - 400, exp: now / second - 61 })), 'it has expired'],
    ['that begins in the future', (claims, now) => issuer.token(claims({ nbf: now / second + 61 })), 'it begins in the future'],
    ['that was made in the future', (claims, now) => issuer.token(claims({ iat: now / second + 61 })), 'it begins in the future'],
    [
      'that is older than `max_age`',
      (claims, now) => issuer.token(claims({ iat: now / second - 3661, exp: now / second + 900 })),
      '`max_age`',
    ],
    ['without an end', (claims) => issuer.token(claims({ exp: undefined })), 'its claim `exp` is missing or wrong'],
    ['without a beginning', (claims) => issuer.token(claims({ iat: undefined })), 'its claim `iat` is missing or wrong'],
    [
      'for another audience',
      (claims) => issuer.token(claims({ aud: 'https://vault.example.com' })),
      'it is for another audience than https://bake',
    ],
    ['without an audience', (claims) => issuer.token(claims({ aud: undefined })), 'another audience'],
    [
      'of another issuer',
      (claims) => issuer.token(claims({ iss: 'https://evil.example' })),
      'no entry of `pipelines` in the config has this issuer',
    ],
    ['with `alg: none`', (claims) => issuer.forged(claims(), 'none'), 'its algorithm is not accepted'],
    ['signed with the public key as a secret', (claims) => issuer.forged(claims(), 'hmac'), 'its algorithm is not accepted'],
    ['signed with the key of somebody else', (claims) => issuer.forged(claims(), 'otherKey'), 'its signature is wrong'],
    ['that brings its own key', (claims) => issuer.forged(claims(), 'embeddedKey'), 'its signature is wrong'],
    ['that names no key', (claims) => issuer.forged(claims(), 'noKid'), 'its header names no key'],
    ['that names an unknown key', (claims) => issuer.forged(claims(), 'unknownKid'), 'its issuer has no such key'],
    [
      'that was changed',
      (claims) =>
        issuer
          .token(claims())
          .replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(claims({ repository_id: '1' }))).toString('base64url')}.`),
      'its signature is wrong',
    ],
    [
      'of another repository with the same name',
      (claims) => issuer.token(claims({ repository_id: '457' })),
      'matches no entry of `pipelines`: shop: another `repository_id`',
    ],
    ['without the claim', (claims) => issuer.token(claims({ repository_id: undefined })), 'another `repository_id`'],
    ['with a list as the claim', (claims) => issuer.token(claims({ repository_id: ['456'] })), 'another `repository_id`'],
    [
      'of a pull request',
      (claims) => issuer.token(claims({ sub: 'repo:acme/shop:pull_request', event_name: 'pull_request', ref: 'refs/pull/7/merge' })),
      'is of a pull request',
    ],
    [
      'of a pull request to an environment',
      (claims) => issuer.token(claims({ event_name: 'pull_request_target' })),
      'is of a pull request',
    ],
    [
      'of a merge request',
      (claims) => issuer.token(claims({ event_name: undefined, pipeline_source: 'merge_request_event' })),
      'is of a pull request',
    ],
    ['of a fork on GitLab', (claims) => issuer.token(claims({ project_id: '23', job_project_id: '22' })), 'is of a fork'],
  ])('%s', async ([, make, words]) => {
    const { clock, claims, get, refusals } = aServer();
    const [status, detail] = await get(make(claims, clock.now()));
    expect(status).toBe(401);
    expect(detail).toContain(words);
    expect(refusals).toMatchObject([{ status: 401, actor: { kind: 'unknown' }, why: detail }]);
  });

  test('but not within a minute of clock skew', async () => {
    const { clock, claims, get } = aServer();
    const now = clock.now() / second;
    expect(await get(issuer.token(claims({ iat: now - 359, nbf: now - 359, exp: now - 59 })))).toEqual([200, '']);
    expect(await get(issuer.token(claims({ iat: now + 59, nbf: now + 59, exp: now + 300 })))).toEqual([200, '']);
  });

  test('with an environment that the entry does not have', async () => {
    const wanted = new Map([
      ['repository_id', ['456']],
      ['environment', ['production']],
    ]);
    const { claims, get } = aServer({ claims: wanted });
    expect(await get(issuer.token(claims()))).toEqual([200, '']);
    for (const environment of ['staging', 'Production', undefined])
      expect((await get(issuer.token(claims({ environment }))))[1]).toContain('another `environment`');
  });

  test('unless the entry allows pull requests', async () => {
    const { claims, get } = aServer({ allowsPullRequests: true });
    expect(await get(issuer.token(claims({ event_name: 'pull_request' })))).toEqual([200, '']);
  });

  test('whose text would forge a line of the log', async () => {
    const { claims, get } = aServer();
    const [, detail] = await get(issuer.token(claims({ repository_id: '1', repository: 'a\nb\u202e' })));
    expect(detail).toContain('the token of a b[U+202E] run');
  });

  test('that looks like one and is none', async () => {
    const { get } = aServer();
    for (const token of ['eyJhbGciOi.e30.x', 'eyJ.eyJ.', `eyJ${'a'.repeat(13_000)}.e30.x`]) expect((await get(token))[0]).toBe(401);
    expect(issuer.fetches()).toBe(0);
  });
});

test('a token may be used again until it ends: it is a bearer token', async () => {
  const { clock, claims, get } = aServer();
  const token = issuer.token(claims());
  expect([await get(token), await get(token)]).toEqual([
    [200, ''],
    [200, ''],
  ]);
  clock.advance(6 * minute + 1);
  expect((await get(token))[1]).toContain('it has expired');
});

describe('the keys of the issuer', () => {
  test('are fetched again after an hour, and a removed key no longer works', async () => {
    const { clock, claims, get } = aServer();
    const old = issuer.token(claims({ exp: t0 / 1000 + 7200 }));
    expect((await get(old))[0]).toBe(200);
    issuer.rotate('two');
    clock.advance(59 * minute);
    expect((await get(old))[0]).toBe(200);
    expect(issuer.fetches()).toBe(1);
    clock.advance(2 * minute);
    expect((await get(old))[1]).toContain('its issuer has no such key');
    expect((await get(issuer.token(claims())))[0]).toBe(200);
    expect(issuer.fetches()).toBe(2);
  });

  test('are fetched at once for a key that is not known, and at most once a minute', async () => {
    const { clock, claims, get } = aServer();
    expect((await get(issuer.token(claims())))[0]).toBe(200);
    issuer.rotate('two');
    expect((await get(issuer.token(claims())))[1]).toContain('no such key');
    expect(issuer.fetches()).toBe(1);
    clock.advance(minute);
    expect((await get(issuer.token(claims())))[0]).toBe(200);
    expect(issuer.fetches()).toBe(2);
    for (let i = 0; i < 20; i++)
      await get(
        issuer
          .forged(claims(), 'otherKey')
          .replace(/^[^.]+/, Buffer.from(JSON.stringify({ alg: 'RS256', kid: `k${i}` })).toString('base64url')),
      );
    expect(issuer.fetches()).toBe(2);
  });

  test('are used for a day while the issuer is away', async () => {
    const { clock, claims, get } = aServer();
    expect((await get(issuer.token(claims())))[0]).toBe(200);
    issuer.isAway = true;
    clock.advance(23 * hour);
    expect((await get(issuer.token(claims())))[0]).toBe(200);
    clock.advance(hour + minute);
    expect(await get(issuer.token(claims()))).toEqual([503, expect.stringContaining('does not give its keys')]);
    issuer.isAway = false;
    clock.advance(minute);
    expect((await get(issuer.token(claims())))[0]).toBe(200);
  });

  test('that were never there make the answer 503: the pipeline may try again', async () => {
    issuer.isAway = true;
    const { clock, claims, get } = aServer();
    expect((await get(issuer.token(claims())))[0]).toBe(503);
    issuer.isAway = false;
    clock.advance(5_000);
    expect((await get(issuer.token(claims())))[0]).toBe(200);
  });

  test('are fetched once for many calls at the same time', async () => {
    const { claims, get } = aServer();
    const token = issuer.token(claims());
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(token)));
    expect(answers.map(([status]) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(issuer.fetches()).toBe(1);
  });
});
