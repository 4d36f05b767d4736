import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Topic } from '../../src/core/bake/effect.ts';
import { severityOf } from '../../src/core/notify/severity.ts';
import { createHttp } from '../../src/net/http.ts';
import { slack } from '../../src/notifiers/slack.ts';
import { slackMessage } from '../../src/notifiers/slack-message.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices } from '../support/any-notice.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { startStubServer } from '../support/stub-server.ts';

const path = '/services/T00000000/B00000000/not-a-real-token';

describeNotifierContract('slack', {
  plugin: slack,
  options: (url) => ({ url: `${url}${path}`, timeout: '500ms' }),
  secrets: [path, 'T00000000', 'B00000000', 'not-a-real-token'],
  success: { body: 'ok' },
});

describe('the answer of Slack', () => {
  test.for(['no_text', 'https://hooks.slack.com/services/T00000000/B00000000/not-a-real-token', ''])(
    '200 with %j is a failure',
    async (body) => {
      const server = await startStubServer();
      server.reply({ body });
      const error = await effectErrorOf(
        slack
          .bind({ url: `${server.url}${path}` })({ http: createHttp() })
          .notify(aNotice(), firstTry()),
      );
      await server.close();
      expect(error.kind).toBe('failed');
      expect(everythingIn(error)).not.toContain('not-a-real-token');
    },
  );
});

/** Every text object of a message, with the limit of Slack for it. */
function textsOf({ text, blocks, attachments }: ReturnType<typeof slackMessage>): { text: string; limit: number }[] {
  const [header] = blocks;
  const inner: unknown = attachments[0]?.blocks;
  const found: { text: string; limit: number }[] = [
    { text, limit: 4_000 },
    { text: header!.text.text, limit: 150 },
  ];
  const limits: Readonly<Record<string, number>> = { section: 3_000, context: 2_000, actions: 75 };
  const walk = (value: unknown, limit: number): void => {
    if (typeof value !== 'object' || value === null) return;
    const own = 'type' in value && typeof value.type === 'string' ? (limits[value.type] ?? limit) : limit;
    if ('text' in value && typeof value.text === 'string') found.push({ text: value.text, limit: own });
    for (const child of Object.values(value)) walk(child, own);
  };
  walk(inner, 0);
  return found;
}

describe('the message', () => {
  test('consists of valid blocks', () => {
    const { blocks, attachments } = slackMessage(aNotice({ state: 'baking' }), { canAct: true });
    // The compiler checks this.
    const all: KnownBlock[] = [...blocks, ...attachments.flatMap((attachment) => attachment.blocks)];
    expect(all.map(({ type }) => type)).toEqual(['header', 'section', 'context', 'actions']);
  });

  test('holds title, reasons, service and environment, and links to the deploy', () => {
    expect(slackMessage(aNotice())).toEqual({
      text: '🚨 shop v2 (production) is unhealthy: rolling back to v1',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '🚨 shop v2 (production) is unhealthy: rolling back to v1', emoji: true } },
      ],
      attachments: [
        {
          color: '#d32f2f',
          blocks: [
            {
              type: 'section',
              text: { type: 'mrkdwn', text: '• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %', verbatim: true },
            },
            {
              type: 'context',
              elements: [
                {
                  type: 'mrkdwn',
                  text: 'shop v2 · production · <!date^1795226400^{date_short_pretty} {time_secs}|2026-11-21T02:00:00.000Z> · <https://ci.example.com/runs/5|build>',
                  verbatim: true,
                },
              ],
            },
            {
              type: 'actions',
              elements: [
                {
                  type: 'button',
                  text: { type: 'plain_text', text: 'Open the deploy', emoji: true },
                  url: 'https://bakewatch.example.com/deploys/deploy-2',
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('of a digest links to the worst deploy', () => {
    expect(JSON.stringify(slackMessage(aNotice({ isDigest: true })))).toContain('"text":"Open the worst of them"');
  });

  test('has no button without a page or with an invalid address', () => {
    for (const url of [null, 'javascript:alert(1)', 'no url', `https://x.example.com/${'a'.repeat(3_001)}`]) {
      expect(JSON.stringify(slackMessage(aNotice({ url })))).not.toContain('actions');
    }
  });

  test.for(Object.keys(severityOf) as Topic[])('has an emoji and a color for %s', (topic) => {
    const message = slackMessage(aNotice({ topic }));
    expect(message.text).toMatch(/^\p{Extended_Pictographic}/u);
    expect(message.attachments[0]?.color).toMatch(/^#[0-9a-f]{6}$/);
  });

  test('limits the reasons, and counts the omitted ones', () => {
    const reasons = Array.from({ length: 30 }, (_, index) => `reason ${index} ${'&'.repeat(1_000)}`);
    const section = JSON.stringify(slackMessage(aNotice({ reasons: [reasons[0]!, ...reasons.slice(1)] })));
    expect(section).toMatch(/… and 2\d more/);
  });

  test('keeps the limits of Slack, mentions no person, and cuts no entity, for any notice', () => {
    fc.assert(
      fc.property(hostileNotices(), (notice) => {
        for (const { text, limit } of textsOf(slackMessage(notice))) {
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(text.isWellFormed()).toBe(true);
          const plain = text.replace(/<!date\^\d+\^[^|<>]*\|[^|<>]*>/g, '').replace(/<https?:[^|<>]*\|[^|<>]*>/g, '');
          expect(plain).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        }
      }),
    );
  });
});
