import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { googleChat } from '../../src/notifiers/google-chat.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices, textsIn } from '../support/any-notice.ts';
import { recordingHttp } from '../support/recording-http.ts';

describeNotifierContract('google_chat', {
  plugin: googleChat,
  options: (url) => ({ url: `${url}/v1/spaces/space-1/messages?key=key-of-tests&token=token%3Dof-tests`, timeout: '500ms' }),
  secrets: ['space-1', 'key-of-tests', 'token=of-tests', 'token%3Dof-tests'],
  success: { body: { name: 'spaces/a/messages/b' } },
});

async function sent(notice: Notice) {
  const http = recordingHttp({ status: 200, text: '{"name":"spaces/A/messages/B"}' });
  const url = 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t%3D';
  await googleChat.bind({ url })({ http }).notify(notice, firstTry());
  const [{ url: address, body = '' } = { url: '' }] = http.requests;
  return { address, body, message: JSON.parse(body) as Readonly<Record<string, unknown>> };
}

describe('the message for Google Chat', () => {
  test('is a card in the thread of the deploy', async () => {
    const { address, message } = await sent(aNotice());
    expect(address).toBe(
      'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t%3D&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
    );
    const button = (text: string, url: string) => ({ text, onClick: { openLink: { url } } });
    const widgets = [
      { textParagraph: { text: '🔴 <b>shop v2 (production) is unhealthy: rolling back to v1</b>' } },
      { textParagraph: { text: '• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %' } },
      {
        buttonList: {
          buttons: [
            button('Open the deploy', 'https://bakewatch.example.com/deploys/deploy-2'),
            button('build', 'https://ci.example.com/runs/5'),
          ],
        },
      },
    ];
    expect(message).toEqual({
      cardsV2: [{ cardId: 'notice', card: { header: { title: 'shop v2', subtitle: 'production' }, sections: [{ widgets }] } }],
      fallbackText: '🔴 shop v2 (production) is unhealthy: rolling back to v1',
      thread: { threadKey: 'deploy-2' },
    });
  });

  test('has no buttons without addresses', async () => {
    expect((await sent(aNotice({ url: null, links: [{ title: 'x', url: 'javascript:alert(1)' }] }))).body).not.toContain('buttonList');
  });

  test('keeps the limit of Google Chat and holds no markup from outside, for any notice', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        const { body, message } = await sent(notice);
        expect(Buffer.byteLength(body)).toBeLessThan(32_000);
        for (const text of textsIn(message)) {
          expect(text).not.toBe('');
          expect(text.isWellFormed()).toBe(true);
          expect(text.replaceAll(/<\/?b>|<br>/g, '')).not.toMatch(/[<>]/);
        }
        const paragraphs = JSON.stringify(message).match(/"textParagraph":\{"text":"(?:[^"\\]|\\.)*"/g) ?? [];
        expect(paragraphs).toHaveLength(notice.details.length === 0 ? 2 : 3);
        for (const text of paragraphs) expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
      }),
    );
  });
});
