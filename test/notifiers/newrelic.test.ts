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

describe('the changes for New Relic', () => {
  const now = Date.UTC(2026, 10, 21, 3, 0, 0);
  let world: FakeNerdGraph;
  beforeEach(async () => {
    world = await startFakeNerdGraph({ now: () => now });
  });
  afterEach(() => world.close());
  const notifier = (more: object = {}) => newrelic.bind({ key: world.key, url: world.url, ...more })({ http: createHttp() });

  test('the start of a bake is a deployment, and later notices are events of the same group', async () => {
    await notifier().notify(
      aNotice({ topic: 'started', title: 'shop v2 (production) is baking', reasons: ['watched for 15m'] }),
      firstTry(),
    );
    await notifier().notify(aNotice({ topic: 'recovered' }), firstTry());
    const link = 'https://bakewatch.example.com/deploys/deploy-2';
    const same = {
      ...{ entitySearch: { query: "name = 'shop' AND domain = 'APM' AND type = 'APPLICATION'" }, groupId: 'deploy-2', user: 'bakewatch' },
      timestamp: aNotice().at,
    };
    const attributes = { bakewatchVersion: 'v2', bakewatchEnvironment: 'production' };
    expect(world.changes).toEqual([
      {
        ...same,
        categoryAndTypeData: {
          kind: { category: 'Deployment', type: 'Basic' },
          categoryFields: { deployment: { version: 'v2', deepLink: link } },
        },
        ...{ shortDescription: 'shop v2 (production) is baking', description: `watched for 15m\n${link}` },
        customAttributes: { bakewatchTopic: 'started', ...attributes },
      },
      {
        ...same,
        categoryAndTypeData: { kind: { category: 'Operational', type: 'Other' } },
        ...{ shortDescription: aNotice().title, description: `${aNotice().reasons[0]}\n${link}` },
        customAttributes: { bakewatchTopic: 'recovered', ...attributes },
      },
    ]);
  });

  test('the entity is found by the search of the operator, and no name can change the search', async () => {
    const entity = "tags.label = '{service}' AND tags.env = '{environment}'";
    await notifier({ entity }).notify(aNotice({ service: "a' OR name = 'b", environment: '\\' }), firstTry());
    expect(world.changes[0]?.entitySearch?.query).toBe("tags.label = 'a\\' OR name = \\'b' AND tags.env = '\\\\'");
  });

  test.for(['"', '\\', '"""', 'a\nb\u0000\u2028', '$version', '") { messages }', '😀'])(
    'a version of %j ends no text that it stands in',
    async (version) => {
      await notifier().notify(aNotice({ topic: 'started', version }), firstTry());
      expect(world.changes).toMatchObject([
        { customAttributes: { bakewatchVersion: version }, categoryAndTypeData: { categoryFields: { deployment: { version } } } },
      ]);
    },
  );

  test.for([
    ['a notice of two days ago', { at: now - 2 * 86_400_000 }, {}, 'refused'],
    ['a notice of the day after tomorrow', { at: now + 2 * 86_400_000 }, {}, 'refused'],
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
  ])('status 200 with %s is a failure', async ([, body, kind]) => {
    const server = await startStubServer();
    server.reply({ body });
    const error = await effectErrorOf(newrelic.bind({ key, url: server.url })({ http: createHttp() }).notify(aNotice(), firstTry()));
    await server.close();
    expect(error).toMatchObject({ kind });
  });

  test('an error with status 200 holds no secret, even if New Relic echoes it', async () => {
    const server = await startStubServer();
    server.reply({ body: { errors: [{ message: `bad ${key}`, extensions: { errorClass: 'INVALID_INPUT' } }] } });
    const error = await effectErrorOf(newrelic.bind({ key, url: server.url })({ http: createHttp() }).notify(aNotice(), firstTry()));
    await server.close();
    expect(everythingIn(error)).not.toContain(key);
  });
});
