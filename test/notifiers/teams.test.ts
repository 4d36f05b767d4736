import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { teams } from '../../src/notifiers/teams.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices, textsIn } from '../support/any-notice.ts';
import { recordingHttp } from '../support/recording-http.ts';

describeNotifierContract('teams', {
  plugin: teams,
  options: (url) => ({ url: `${url}/workflows/workflow-1/triggers/manual/paths/invoke?sig=signature-2`, timeout: '500ms' }),
  secrets: ['workflow-1', 'signature-2'],
  success: { status: 202 },
});

async function sent(notice: Notice) {
  const http = recordingHttp();
  await teams.bind({ url: 'https://x.example.com/workflows/1' })({ http }).notify(notice, firstTry());
  const body = http.requests[0]?.body ?? '';
  return { body, message: JSON.parse(body) as { readonly attachments: readonly [{ readonly content: object }] } };
}

describe('the message for Teams', () => {
  test('is an adaptive card that shows every text unchanged', async () => {
    const line = (text: string, look: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...look }] });
    const open = (title: string, url: string) => ({ type: 'Action.OpenUrl', title, url });
    const title = line('shop v2 (production) is unhealthy: rolling back to v1', { weight: 'Bolder', size: 'Medium' });
    const content = {
      type: 'AdaptiveCard',
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      version: '1.4',
      msteams: { width: 'Full' },
      body: [
        { type: 'Container', style: 'attention', bleed: true, items: [title] },
        line('• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %'),
        line('shop v2 · production · 2026-11-21T02:00:00.000Z', { isSubtle: true, size: 'Small' }),
      ],
      actions: [open('Open the deploy', 'https://bakewatch.example.com/deploys/deploy-2'), open('build', 'https://ci.example.com/runs/5')],
    };
    expect((await sent(aNotice())).message).toEqual({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
    });
  });

  test('keeps the limit of Teams, and has no text where Teams reads Markdown, for any notice', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        const { body, message } = await sent(notice);
        expect(Buffer.byteLength(body, 'utf16le')).toBeLessThan(28 * 1_024);
        expect(body).not.toMatch(/"type":"(?:TextBlock|FactSet)"/);
        expect(body).not.toContain('"entities"');
        expect(textsIn(message.attachments[0].content).filter((text) => text === '' || !text.isWellFormed())).toEqual([]);
      }),
    );
  });
});
