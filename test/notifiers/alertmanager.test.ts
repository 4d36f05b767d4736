import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertmanager } from '../../src/notifiers/alertmanager.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices, textsIn } from '../support/any-notice.ts';
import { recordingHttp } from '../support/recording-http.ts';

describeNotifierContract('alertmanager', {
  plugin: alertmanager,
  options: (url) => ({
    url: `${url.replace('://', '://user:basic-secret-1@')}/path-token-1`,
    headers: { 'X-Scope': 'header-token-2' },
    timeout: '500ms',
  }),
  secrets: ['basic-secret-1', 'path-token-1', 'header-token-2'],
  success: { body: '' },
  ignores: ['started'],
});

type Posted = {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
};

async function sent(notice: Notice, options: object = {}) {
  const http = recordingHttp({ status: 200 });
  await alertmanager
    .bind({ url: 'http://am.example.com:9093/', ...options })({ http })
    .notify(notice, firstTry());
  return http.requests.map(({ url, body = '' }) => ({ url, alerts: JSON.parse(body) as readonly Posted[] }));
}

describe('the alerts for Alertmanager', () => {
  test('one request holds the alert that fires and the one that does not', async () => {
    const [request] = await sent(aNotice({ topic: 'failed', state: 'failed' }), { labels: { team: 'shop' } });
    const labels = { team: 'shop', service: 'shop', environment: 'production', version: 'v2', deploy: 'deploy-2' };
    const annotations = {
      summary: 'shop v2 (production): errors 4.2 % of 1,310 requests; rolling back to v1',
      description: '• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %',
    };
    const generatorURL = 'https://bakewatch.example.com/deploys/deploy-2';
    expect(request?.url).toBe('http://am.example.com:9093/api/v2/alerts');
    expect(request?.alerts).toEqual([
      {
        labels: { ...labels, alertname: 'BakewatchNeedsPerson', severity: 'critical' },
        ...{ annotations, generatorURL, startsAt: '2026-11-21T02:00:00.000Z', endsAt: '2026-11-22T02:00:00.000Z' },
      },
      {
        labels: { ...labels, alertname: 'BakewatchDeployInTrouble', severity: 'warning' },
        ...{ annotations, generatorURL, startsAt: '2026-11-21T01:50:00.000Z', endsAt: '2026-11-21T02:00:00.000Z' },
      },
    ]);
  });

  test('a label of the operator does not replace one of ours', async () => {
    const [request] = await sent(aNotice(), { labels: { alertname: 'Other', deploy: 'x' } });
    expect(request?.alerts[0]?.labels).toMatchObject({ alertname: 'BakewatchDeployInTrouble', deploy: 'deploy-2' });
  });

  test.for([[{ keep: '0s' }], [{ keep: '99999d' }], [{ labels: { 'a-b': 'c' } }]])('%j is refused', ([options]) => {
    expect(() => alertmanager.bind({ url: 'http://am.example.com', ...options })).toThrow();
  });

  test('every alert has a start before its end and valid texts, for any notice', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        for (const { alerts } of await sent(notice)) {
          expect(alerts).toHaveLength(2);
          for (const alert of alerts) {
            expect(Date.parse(alert.startsAt)).toBeLessThan(Date.parse(alert.endsAt));
            expect(textsIn(alert).filter((text) => text === '' || !text.isWellFormed())).toEqual([]);
          }
        }
      }),
    );
  });
});
