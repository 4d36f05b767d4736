import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../src/net/http.ts';
import { newrelic } from '../../src/notifiers/newrelic.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { type FakeNerdGraph, startFakeNerdGraph } from '../support/fake-nerdgraph.ts';
import { startStubServer } from '../support/stub-server.ts';

const key = 'NRAK-THE-KEY-OF-THE-TESTS';

describeNotifierContract('newrelic', {
  plugin: newrelic,
  options: (url) => ({ key, url: `${url}/path-token-1/graphql`, timeout: '500ms' }),
  secrets: [key, 'path-token-1'],
  success: { body: { data: { changeTrackingCreateEvent: { changeTrackingEvent: { changeTrackingId: 'a' }, messages: [] } } } },
});

describe('what New Relic is told', () => {
  const now = Date.UTC(2026, 10, 21, 3, 0, 0);
  let world: FakeNerdGraph;
  beforeEach(async () => {
    world = await startFakeNerdGraph({ now: () => now });
  });
  afterEach(() => world.close());
  const notifier = (more: object = {}) => newrelic.bind({ key: world.key, url: world.url, ...more })({ http: createHttp() });

  test('the beginning of a bake is a deployment, and what became of it an event of the same group', async () => {
    await notifier().notify(
      aNotice({ topic: 'started', title: 'shop v2 (production) is baking', reasons: ['watched for 15m'] }),
      firstTry(),
    );
    await notifier().notify(aNotice({ topic: 'recovered' }), firstTry());
    const search = "name = 'shop' AND domain = 'APM' AND type = 'APPLICATION'";
    const link = 'https://bakewatch.example.com/deploys/deploy-2';
    expect(world.changes).toEqual([
      {
        ...{ category: 'Deployment', type: 'Basic', at: aNotice().at, search, group: 'deploy-2', version: 'v2', link },
        ...{ title: 'shop v2 (production) is baking', description: `watched for 15m\n${link}` },
      },
      {
        ...{ category: 'Operational', type: 'Other', at: aNotice().at, search, group: 'deploy-2' },
        ...{ title: aNotice().title, description: `${aNotice().reasons[0]}\n${link}` },
      },
    ]);
  });

  test('the entity is found as the operator says, and no name can change the search', async () => {
    const entity = "tags.label = '{service}' AND tags.env = '{environment}'";
    await notifier({ entity }).notify(aNotice({ service: "a' OR name = 'b", environment: '\\' }), firstTry());
    expect(world.changes[0]?.search).toBe("tags.label = 'a\\' OR name = \\'b' AND tags.env = '\\\\'");
  });

  test.for([
    ['a notice of two days ago', { at: now - 2 * 86_400_000 }, {}, 'refused'],
    ['a wrong key', {}, { key: 'NRAK-OTHER' }, 'refused'],
  ] as const)('%s is refused for good', async ([, notice, more, kind]) => {
    expect(await effectErrorOf(notifier(more).notify(aNotice(notice), firstTry()))).toMatchObject({ kind });
  });

  test.for<readonly [string, object | string, string]>([
    ['TOO_MANY_REQUESTS', { errors: [{ message: 'slow down', extensions: { errorClass: 'TOO_MANY_REQUESTS' } }] }, 'failed'],
    ['SERVER_ERROR', { errors: [{ message: 'oops', extensions: { errorClass: 'SERVER_ERROR' } }] }, 'failed'],
    ['TIMEOUT', { errors: [{ message: 'late', extensions: { errorClass: 'TIMEOUT' } }] }, 'timeout'],
    ['no entity', { data: { changeTrackingCreateEvent: { changeTrackingEvent: null, messages: ['no entity was found'] } } }, 'refused'],
    ['garbage', 'ok', 'refused'],
  ])('status 200 with %s is no success', async ([, body, kind]) => {
    const server = await startStubServer();
    server.reply({ body });
    const error = await effectErrorOf(newrelic.bind({ key, url: server.url })({ http: createHttp() }).notify(aNotice(), firstTry()));
    await server.close();
    expect(error).toMatchObject({ kind });
  });

  test('no secret is in an error of status 200 that echoes it', async () => {
    const server = await startStubServer();
    server.reply({ body: { errors: [{ message: `bad ${key}`, extensions: { errorClass: 'INVALID_INPUT' } }] } });
    const error = await effectErrorOf(newrelic.bind({ key, url: server.url })({ http: createHttp() }).notify(aNotice(), firstTry()));
    await server.close();
    expect(everythingIn(error)).not.toContain(key);
  });
});
