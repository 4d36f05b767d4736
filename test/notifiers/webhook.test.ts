import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Topic } from '../../src/core/bake/effect.ts';
import { Secret } from '../../src/core/base/secret.ts';
import { createHttp } from '../../src/net/http.ts';
import { isSigned } from '../../src/net/sign.ts';
import { webhook } from '../../src/notifiers/webhook.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices } from '../support/any-notice.ts';
import { type CdEvent, complaintsAbout } from '../support/cd-events.ts';
import { recordingHttp } from '../support/recording-http.ts';
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
  acceptsAnyAnswer: true,
});

const plainBody = {
  id: 'bake-1:7:1:team',
  topic: 'unhealthy',
  at: '2026-11-21T02:00:00.000Z',
  deploy_id: 'deploy-2',
  service: 'shop',
  environment: 'production',
  version: 'v2',
  title: 'shop v2 (production) is unhealthy: rolling back to v1',
  summary: 'shop v2 (production): errors 4.2 % of 1,310 requests; rolling back to v1',
  reasons: ['errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %'],
  details: [],
  url: 'https://bakewatch.example.com/deploys/deploy-2',
  links: [{ title: 'build', url: 'https://ci.example.com/runs/5' }],
};

describe('the request of a webhook', () => {
  test('holds the notice in snake case, a signature and the extra headers', async () => {
    const server = await startStubServer();
    await webhook.bind(options(server.url))({ http: createHttp() }).notify(aNotice(), firstTry());
    const { url, body, headers } = server.requests[0]!;
    await server.close();
    expect(url).toBe('/notices/path-token-1?key=query-token-2');
    expect(JSON.parse(body)).toEqual(plainBody);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-api-key': 'header-token-3', 'user-agent': 'bakewatch' });
    expect(isSigned(new Secret(secret), { header: String(headers['bakewatch-signature']), body }, { at: Date.now() })).toBe(true);
  });
});

describe('the signature of a webhook', () => {
  const encoded = `whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`;
  const headersWith = async (more: object) => {
    const http = recordingHttp();
    await webhook
      .bind({ url: 'https://hooks.example.com', ...more })({ http })
      .notify(aNotice(), firstTry());
    return http.requests.map(({ headers = {}, body = '' }) => ({ headers, body }))[0]!;
  };

  test('with `standard` is that of Standard Webhooks, and no other', async () => {
    const { headers, body } = await headersWith({ secret: encoded, signature: 'standard' });
    expect(new Webhook(encoded).verify(body, headers)).toEqual(plainBody);
    expect(headers['webhook-id']).toBe('bake-1:7:1:team');
    expect(headers).not.toHaveProperty('bakewatch-signature');
  });

  test('with two secrets is accepted with either', async () => {
    const { headers, body } = await headersWith({ secrets: [encoded, secret] });
    const header = headers['bakewatch-signature'] ?? '';
    expect([encoded, secret].map((one) => isSigned(new Secret(one), { header, body }, { at: Date.now() }))).toEqual([true, true]);
    const standard = await headersWith({ secrets: [encoded, secret], signature: 'standard' });
    expect(new Webhook(encoded).verify(standard.body, standard.headers)).toEqual(plainBody);
    expect(new Webhook(secret, { format: 'raw' }).verify(standard.body, standard.headers)).toEqual(plainBody);
  });

  test.for([
    { name: 'no secret', given: {}, problem: 'needs either secret or secrets' },
    { name: 'both', given: { secret, secrets: [secret] }, problem: 'needs either secret or secrets' },
    {
      name: 'a broken whsec_',
      given: { secret: 'whsec_this is no base64', signature: 'standard' },
      problem: 'at least 16 bytes in base64',
    },
    { name: 'a short whsec_', given: { secret: 'whsec_c2hvcnQgb25l', signature: 'standard' }, problem: 'at least 16 bytes in base64' },
  ])('$name is refused', ({ given, problem }) => {
    expect(() => webhook.bind({ url: 'https://hooks.example.com', ...given })).toThrow(problem);
  });
});

/** The request in a format, as it arrives. */
async function received(format: string, notice: Notice) {
  const http = recordingHttp();
  await webhook.bind({ url: 'https://hooks.example.com', secret, format })({ http }).notify(notice, firstTry());
  return http.requests.map(({ headers = {}, body = '' }) => ({ headers, body }));
}

const isSignedNow = ({ headers, body }: { headers: Readonly<Record<string, string>>; body: string }) =>
  isSigned(new Secret(secret), { header: headers['bakewatch-signature'] ?? '', body }, { at: Date.now() });

const attributes = {
  id: 'bake-1:7:1:team',
  source: 'https://bakewatch.example.com/',
  type: 'bakewatch.deploy.unhealthy',
  subject: 'deploy-2',
  time: '2026-11-21T02:00:00.000Z',
};

describe('a notice as a CloudEvent', () => {
  test('has everything in a signed body', async () => {
    const [event] = await received('cloudevents', aNotice());
    expect(event?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(event!.body)).toEqual({ specversion: '1.0', ...attributes, datacontenttype: 'application/json', data: plainBody });
    expect(isSignedNow(event!)).toBe(true);
  });

  test('in binary mode has percent-encoded attributes in headers, and the plain notice in the signed body', async () => {
    const [event] = await received('cloudevents_binary', aNotice({ deployId: 'ş "5%"~' }));
    expect(event?.headers).toMatchObject({
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': attributes.id,
      'ce-source': attributes.source,
      'ce-type': attributes.type,
      'ce-subject': '%C5%9F%20%225%25%22~',
      'ce-time': attributes.time,
    });
    expect(JSON.parse(event!.body)).toEqual({ ...plainBody, deploy_id: 'ş "5%"~' });
    expect(isSignedNow(event!)).toBe(true);
  });

  test('of a server without pages has the source /bakewatch', async () => {
    const [event] = await received('cloudevents', aNotice({ url: null }));
    expect(JSON.parse(event!.body)).toMatchObject({ source: '/bakewatch' });
  });

  test('has attributes that no header of the operator replaces', async () => {
    const http = recordingHttp();
    const options = {
      url: 'https://hooks.example.com',
      secret,
      format: 'cloudevents_binary',
      headers: { 'CE-Type': 'other', 'X-Team': 'shop' },
    };
    await webhook.bind(options)({ http }).notify(aNotice(), firstTry());
    expect(http.requests[0]?.headers).toMatchObject({ 'ce-type': attributes.type, 'x-team': 'shop' });
    expect(Object.values(http.requests[0]?.headers ?? {})).not.toContain('other');
  });
});

describe('a notice as a CDEvent', () => {
  const event = async (notice: Partial<Notice>) => {
    const [sent] = await received('cdevents', aNotice(notice));
    return JSON.parse(sent!.body) as Readonly<Record<string, string>> & { readonly data: object };
  };

  test.for<readonly [Topic, string]>([
    ['started', 'dev.cdevents.service.deployed.0.3.0'],
    ['unhealthy', 'dev.cdevents.incident.detected.0.3.0'],
    ['approval', 'dev.cdevents.incident.detected.0.3.0'],
    ['failed', 'dev.cdevents.incident.reported.0.3.0'],
    ['rolled_back', 'dev.cdevents.service.rolledback.0.3.0'],
    ['recovered', 'dev.cdevents.incident.resolved.0.3.0'],
  ])('%s is a %s in a CloudEvent', async ([topic, type]) => {
    const { data, ...envelope } = await event({ topic });
    expect(complaintsAbout(data)).toEqual([]);
    const { context, subject, customData } = data as CdEvent;
    expect(context).toEqual({ specversion: '0.5.1', id: attributes.id, source: attributes.source, type, timestamp: attributes.time });
    expect(envelope).toEqual({ ...attributes, specversion: '1.0', datacontenttype: 'application/json', type, subject: subject.id });
    expect(customData).toEqual({ ...plainBody, topic });
  });

  test.for<Topic>(['inconclusive', 'blind', 'sighted', 'passed', 'stopped', 'drill_failed'])('there is no word for %s', async (topic) => {
    expect(await received('cdevents', aNotice({ topic }))).toEqual([]);
  });

  test('each deploy has one incident, about the bad release; the rollback is about the good one', async () => {
    const incident = {
      environment: { id: 'production' },
      service: { id: 'shop' },
      artifactId: 'pkg:generic/shop@v2',
      description: aNotice().title,
    };
    expect((await event({ topic: 'unhealthy' })).data).toMatchObject({ subject: { id: 'deploy-2', content: incident } });
    expect((await event({ topic: 'failed' })).data).toMatchObject({
      subject: { id: 'deploy-2', content: { ...incident, ticketURI: aNotice().url } },
    });
    const service = (artifactId: string) => ({ subject: { id: 'shop', content: { environment: { id: 'production' }, artifactId } } });
    expect((await event({ topic: 'started' })).data).toMatchObject(service('pkg:generic/shop@v2'));
    expect((await event({ topic: 'rolled_back' })).data).toMatchObject(service('pkg:generic/shop@v1'));
  });

  test('an incident without a page is only detected', async () => {
    expect((await event({ topic: 'failed', url: null })).type).toBe('dev.cdevents.incident.detected.0.3.0');
  });

  test('special characters are escaped in a package URL', async () => {
    const { data } = await event({ topic: 'started', service: 'team/shop', version: 'v1@sha256:5+6?#' });
    expect(data).toMatchObject({ subject: { content: { artifactId: 'pkg:generic/team%2Fshop@v1%40sha256%3A5%2B6%3F%23' } } });
  });

  test('any notice with non-empty names is a valid CDEvent', async () => {
    const named = hostileNotices().filter(
      ({ service, environment, version, target }) => ![service, environment, version, target].includes(''),
    );
    await fc.assert(
      fc.asyncProperty(named, async (notice) => {
        for (const { body, headers } of await received('cdevents', notice)) {
          expect(complaintsAbout((JSON.parse(body) as { data: object }).data)).toEqual([]);
          expect(isSignedNow({ body, headers })).toBe(true);
        }
      }),
    );
  });
});
