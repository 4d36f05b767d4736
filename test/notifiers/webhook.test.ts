import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createHttp } from '../../src/net/http.ts';
import { isSigned } from '../../src/net/sign.ts';
import { webhook } from '../../src/notifiers/webhook.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { startStubServer } from '../support/stub-server.ts';

const secret = 'a-key-of-sufficient-length';
const options = (url: string) => ({
  url: `${url}/notices/path-token-1?key=query-token-2`,
  secret,
  headers: { 'X-Api-Key': 'header-token-3' },
  timeout: '500ms',
});

describeNotifierContract('webhook', {
  plugin: webhook,
  options,
  secrets: [secret, 'path-token-1', 'query-token-2', 'header-token-3'],
  success: { status: 204 },
});

describe('what a webhook receives', () => {
  test('the notice in snake case, signed, with the extra headers', async () => {
    const server = await startStubServer();
    await webhook.bind(options(server.url))({ http: createHttp() }).notify(aNotice(), firstTry());
    const { url, body, headers } = server.requests[0]!;
    await server.close();
    expect(url).toBe('/notices/path-token-1?key=query-token-2');
    expect(JSON.parse(body)).toEqual({
      id: 'bake-1:7:1:team',
      topic: 'unhealthy',
      at: '2026-11-21T02:00:00.000Z',
      deploy_id: 'deploy-2',
      service: 'shop',
      environment: 'production',
      version: 'v2',
      title: 'shop v2 (production) is unhealthy: rolling back to v1',
      reasons: ['errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %'],
      url: 'https://bakewatch.example.com/deploys/deploy-2',
      links: [{ title: 'build', url: 'https://ci.example.com/runs/5' }],
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-api-key': 'header-token-3', 'user-agent': 'bakewatch' });
    expect(isSigned(new Secret(secret), { header: String(headers['bakewatch-signature']), body }, { at: Date.now() })).toBe(true);
  });
});
