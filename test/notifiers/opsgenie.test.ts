import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opsgenie } from '../../src/notifiers/opsgenie.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices, textsIn } from '../support/any-notice.ts';
import { recordingHttp } from '../support/recording-http.ts';

const key = 'genie-key-of-the-tests-000000000000';

describeNotifierContract('opsgenie', {
  plugin: opsgenie,
  options: (url) => ({ key, url: `${url}/path-token-1`, timeout: '500ms' }),
  secrets: [key, 'path-token-1'],
  success: { status: 202, body: { result: 'Request will be processed', took: 0.1, requestId: 'a' } },
  ignores: ['started'],
});

type Body = {
  readonly message?: string;
  readonly alias: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly entity: string;
  readonly note?: string;
};

async function sent(notice: Notice, options: object = {}) {
  const http = recordingHttp();
  await opsgenie
    .bind({ key, ...options })({ http })
    .notify(notice, firstTry());
  return http.requests.map(({ url, headers, body = '' }) => ({ url, headers, body: JSON.parse(body) as Body }));
}

describe('the alerts for Opsgenie', () => {
  test('one alert is opened, and the other one is closed', async () => {
    const [opened, closed] = await sent(aNotice({ topic: 'approval', state: 'awaiting_approval' }));
    expect(opened).toMatchObject({ url: 'https://api.opsgenie.com/v2/alerts', headers: { authorization: `GenieKey ${key}` } });
    expect(opened?.body).toEqual({
      message: 'shop v2 (production): errors 4.2 % of 1,310 requests; rolling back to v1',
      alias: 'bakewatch-deploy-2-person',
      description: [
        'shop v2 (production) is unhealthy: rolling back to v1',
        '• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %',
        'https://bakewatch.example.com/deploys/deploy-2',
        'https://ci.example.com/runs/5',
      ].join('\n'),
      tags: ['bakewatch', 'person', 'production'],
      details: { deploy_id: 'deploy-2', version: 'v2', target: 'v1', state: 'awaiting_approval', topic: 'approval' },
      entity: 'shop v2',
      source: 'Bakewatch',
      priority: 'P2',
    });
    expect(closed).toMatchObject({
      url: 'https://api.opsgenie.com/v2/alerts/bakewatch-deploy-2-trouble/close?identifierType=alias',
      body: { source: 'Bakewatch', note: aNotice().title },
    });
  });

  test.for([
    [{ region: 'eu' }, 'https://api.eu.opsgenie.com/v2/alerts'],
    [{ url: 'https://api.atlassian.com/jsm/ops/integration/' }, 'https://api.atlassian.com/jsm/ops/integration/v2/alerts'],
  ] as const)('with %j it is at %s', async ([options, url]) => expect((await sent(aNotice(), options))[0]?.url).toBe(url));

  test('keep the limits of Opsgenie, for any notice', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        for (const { body } of await sent(notice)) {
          expect(textsIn(body).filter((text) => text === '' || !text.isWellFormed())).toEqual([]);
          if (body.message === undefined) {
            expect(body.note?.length).toBeLessThanOrEqual(25_000);
            continue;
          }
          expect(body.message.length).toBeLessThanOrEqual(130);
          expect(body.alias.length).toBeLessThanOrEqual(512);
          expect(body.description.length).toBeLessThanOrEqual(15_000);
          expect(body.entity.length).toBeLessThanOrEqual(512);
          expect(Object.entries(body.details).flat().join('').length).toBeLessThanOrEqual(8_000);
          expect(body.tags.filter((tag) => tag.length > 50)).toEqual([]);
        }
      }),
    );
  });
});
