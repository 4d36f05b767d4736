import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pagerduty } from '../../src/notifiers/pagerduty.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices } from '../support/any-notice.ts';
import { recordingHttp } from '../support/recording-http.ts';

const key = 'routing-key-of-the-tests-00000000';

describeNotifierContract('pagerduty', {
  plugin: pagerduty,
  options: (url) => ({ routing_key: key, url: `${url}/path-token-1/enqueue`, timeout: '500ms' }),
  secrets: [key, 'path-token-1'],
  success: { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: 'a' } },
  ignores: ['started'],
});

type Event = {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload?: { readonly summary: string; readonly source: string; readonly severity: string };
};

async function sent(notice: Notice, options: object = {}) {
  const http = recordingHttp();
  await pagerduty
    .bind({ routing_key: key, ...options })({ http })
    .notify(notice, firstTry());
  return http.requests.map(({ url, body = '' }) => ({ url, body, event: JSON.parse(body) as Event }));
}

describe('the events for PagerDuty', () => {
  test('an incident is opened, with reasons, checks and links', async () => {
    const [{ url, event } = { url: '', event: null }, ...more] = await sent(aNotice({ state: 'failed', topic: 'failed' }));
    expect(url).toBe('https://events.pagerduty.com/v2/enqueue');
    expect(event).toEqual({
      routing_key: key,
      event_action: 'trigger',
      dedup_key: 'bakewatch-deploy-2-person',
      client: 'Bakewatch',
      client_url: 'https://bakewatch.example.com/deploys/deploy-2',
      links: [{ href: 'https://ci.example.com/runs/5', text: 'build' }],
      payload: {
        summary: 'shop v2 (production): errors 4.2 % of 1,310 requests; rolling back to v1',
        source: 'production/shop',
        severity: 'critical',
        timestamp: '2026-11-21T02:00:00.000Z',
        component: 'shop',
        group: 'production',
        class: 'failed',
        custom_details: {
          deploy_id: 'deploy-2',
          version: 'v2',
          target: 'v1',
          state: 'failed',
          what: 'shop v2 (production) is unhealthy: rolling back to v1',
          reasons: ['• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %'],
          checks: ['errors: fails: 4.2 % of 1,310 requests'],
        },
      },
    });
    expect(more.map((one) => one.event)).toEqual([{ routing_key: key, event_action: 'resolve', dedup_key: 'bakewatch-deploy-2-trouble' }]);
  });

  test('both incidents are resolved at the end', async () => {
    const events = await sent(aNotice({ state: 'rolled_back', topic: 'recovered' }), { region: 'eu' });
    expect(events.map(({ url, event }) => [new URL(url).host, event.event_action, event.dedup_key])).toEqual([
      ['events.eu.pagerduty.com', 'resolve', 'bakewatch-deploy-2-trouble'],
      ['events.eu.pagerduty.com', 'resolve', 'bakewatch-deploy-2-person'],
    ]);
  });

  test('keep the limits of PagerDuty, for any notice', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        for (const { body, event } of await sent(notice)) {
          expect(Buffer.byteLength(body)).toBeLessThan(512_000);
          expect(event.dedup_key.length).toBeLessThanOrEqual(255);
          expect(event.event_action).toMatch(/^(?:trigger|resolve)$/);
          if (event.event_action === 'resolve') continue;
          expect(event.payload?.summary).toMatch(/^.{1,1024}$/u);
          expect(event.payload?.source).not.toBe('');
          expect(event.payload?.severity).toMatch(/^(?:critical|error|warning)$/);
        }
      }),
    );
  });

  test('region and url exclude each other', () => {
    expect(() => pagerduty.bind({ routing_key: key, region: 'eu', url: 'https://x.example.com' })).toThrow(/give one of them/);
  });
});
