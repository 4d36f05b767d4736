import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discord } from '../../src/notifiers/discord.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hostileNotices } from '../support/any-notice.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { recordingHttp } from '../support/recording-http.ts';

describeNotifierContract('discord', {
  plugin: discord,
  options: (url) => ({ url: `${url}/api/webhooks/100000000000000001/not-a-real-token`, timeout: '500ms' }),
  secrets: ['100000000000000001', 'not-a-real-token'],
  success: { status: 204 },
});

type Embed = {
  readonly title: string;
  readonly url?: string;
  readonly description: string;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  readonly footer: { readonly text: string };
};

const url = 'https://discord.com/api/webhooks/1/placeholder';

async function sent(notice: Notice) {
  const http = recordingHttp({ status: 204 });
  await discord.bind({ url })({ http }).notify(notice, firstTry());
  const [request] = http.requests;
  return { url: request?.url, message: JSON.parse(request?.body ?? '') as { embeds: [Embed]; allowed_mentions: unknown } };
}

describe('the message for Discord', () => {
  test('holds title, reasons, service and links, and mentions no person', async () => {
    const { url: address, message } = await sent(aNotice());
    expect(address).toBe('https://discord.com/api/v10/webhooks/1/placeholder');
    expect(message).toEqual({
      embeds: [
        {
          title: 'shop v2 (production) is unhealthy: rolling back to v1',
          url: 'https://bakewatch.example.com/deploys/deploy-2',
          description: '• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %',
          color: 0xd32f2f,
          timestamp: '2026-11-21T02:00:00.000Z',
          fields: [{ name: 'Links', value: '[build](https://ci.example.com/runs/5)' }],
          footer: { text: 'shop v2 · production' },
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  test('the waiting time that Discord asks for is respected, including fractions of a second', async () => {
    const body = JSON.stringify({ message: 'You are being rate limited.', retry_after: 1.25, global: false });
    const http = recordingHttp({ status: 429, headers: { 'retry-after': '1.25' }, text: body });
    const error = await effectErrorOf(discord.bind({ url })({ http }).notify(aNotice(), firstTry()));
    expect(error).toMatchObject({ kind: 'failed', retryAfterMs: 1_250 });
  });

  test('keeps the limits of Discord and holds no Markdown and no mention, for any notice', async () => {
    await fc.assert(
      fc.asyncProperty(hostileNotices(), async (notice) => {
        const { title, description, fields = [], footer } = (await sent(notice)).message.embeds[0];
        const texts = [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])];
        expect(texts.join('').length).toBeLessThanOrEqual(6_000);
        expect([title.length <= 256, description.length <= 4_096, footer.text.length <= 2_048]).toEqual([true, true, true]);
        for (const { value } of fields) expect(value.length).toBeLessThanOrEqual(1_024);
        // An @ in the address of a link is not a mention: https://a.aa/@0.
        const shown = texts.map((text) => text.replace(/\]\(\S+\)/g, ']'));
        expect(shown.filter((text) => text === '' || !text.isWellFormed() || /@(?:everyone|here|!?&?\d)/.test(text))).toEqual([]);
        for (const text of [title, description]) expect(text.replace(/\\./gsu, '')).not.toMatch(/[`*_~|<>[\]\\]/);
      }),
    );
  });
});
