import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Notice, Notifier } from '../../src/ports/notifier.ts';
import { firstTry } from '../contracts/notifier.ts';
import { effectErrorOf } from '../support/effect-error.ts';
import { type FakeSlack, refused, startFakeSlack } from '../support/fake-slack.ts';
import { slackBot, slackNotice } from '../support/slack-bot.ts';

let fake: FakeSlack;
beforeEach(async () => {
  fake = await startFakeSlack();
});
afterEach(() => fake.close());
const bot = (rest: object = {}) => slackBot(fake, rest);
const methods = () => fake.calls.map(({ method }) => method);

/** Retries until the notice is delivered, like the queue. Each attempt after the first is a repeat, maybe by a new process. */
async function deliver(make: () => Notifier, notice: Notice, memory: Awaited<ReturnType<Notifier['notify']>> = null) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      return await make().notify(notice, firstTry({ memory, isRepeat: attempt > 0 }));
    } catch {
      // The next attempt follows.
    }
  }
  throw new Error('the notice was never delivered');
}

describe('a repeated notice', () => {
  const calls = ['chat.postMessage', 'chat.update', 'conversations.history', 'conversations.replies'];

  test.for([1, 2, 3, 4, 5, 6])('is one message, whenever the process is killed (call %i)', async (at) => {
    let count = 0;
    fake.trouble = ({ method }) => {
      if (calls.includes(method)) count += 1;
      return count === at ? { reply: 'drop', performed: true } : null;
    };
    await deliver(bot, slackNotice('unhealthy'));
    expect(fake.roots()).toHaveLength(1);
    expect(fake.repliesTo(fake.roots()[0]?.ts ?? '')).toHaveLength(1);
  });

  test('is one message in a busy channel', async () => {
    fake.trouble = ({ method }) =>
      method === 'chat.postMessage' && fake.messages.length === 0 ? { reply: 'drop', performed: true } : null;
    await effectErrorOf(bot().notify(slackNotice('unhealthy'), firstTry()));
    const other = fake.messages[0]!;
    for (let i = 0; i < 450; i += 1) fake.messages.push({ ...other, ts: `${1_795_230_000 + i}.000100`, metadata: null });
    await bot().notify(slackNotice('unhealthy'), firstTry({ isRepeat: true }));
    expect(fake.messages.filter(({ metadata, thread_ts }) => metadata !== null && thread_ts === undefined)).toHaveLength(1);
    expect(methods().filter((method) => method === 'conversations.history')).toHaveLength(3);
  });

  test('is posted twice if the bot may not read the channel, but never lost', async () => {
    fake.lacks.add('channels:history');
    fake.trouble = () => (fake.messages.length === 0 ? { reply: 'drop', performed: true } : null);
    await deliver(bot, slackNotice('unhealthy'));
    expect(fake.roots()).toHaveLength(2);
  });

  test('edits the message that this process posted, even if the bot may not read the channel', async () => {
    fake.lacks.add('channels:history');
    fake.trouble = ({ args }) => (args.thread_ts !== undefined && fake.calls.length < 3 ? { reply: { status: 500 } } : null);
    const { notify } = bot();
    await effectErrorOf(notify(slackNotice('unhealthy'), firstTry()));
    await notify(slackNotice('unhealthy'), firstTry({ isRepeat: true }));
    expect(fake.roots()).toHaveLength(1);
    expect(fake.messages.filter(({ isBroadcast }) => isBroadcast)).toHaveLength(0);
  });

  test('is still shown in the channel if only the thread failed at first', async () => {
    const { notify } = bot();
    const memory = await notify(slackNotice('started'), firstTry());
    fake.trouble = ({ args }) => (args.thread_ts === undefined ? null : { reply: { status: 500 } });
    await effectErrorOf(notify(slackNotice('unhealthy'), firstTry({ memory })));
    fake.trouble = () => null;
    await notify(slackNotice('unhealthy'), firstTry({ memory, isRepeat: true }));
    expect(fake.repliesTo(fake.roots()[0]?.ts ?? '').map(({ isBroadcast }) => isBroadcast)).toEqual([true]);
  });

  test('is retried later if the bot cannot read what it posted', async () => {
    fake.trouble = ({ method }) =>
      method === 'conversations.history' ? { reply: { status: 429, headers: { 'retry-after': '3' } } } : null;
    expect(await effectErrorOf(bot().notify(slackNotice('unhealthy'), firstTry({ isRepeat: true })))).toMatchObject({
      kind: 'failed',
      retryAfterMs: 3_000,
    });
    expect(fake.messages).toEqual([]);
  });

  test('two hundred notices at once are each shown once, although Slack refuses, closes connections and fails', async () => {
    let count = 0;
    fake.trouble = () => {
      count += 1;
      if (count % 13 === 0) return { reply: { status: 429, headers: { 'retry-after': '0' } } };
      if (count % 29 === 0) return { reply: { status: 500 } };
      if (count % 31 === 0) return { reply: 'drop', performed: true };
      return count % 37 === 0 ? { reply: refused('internal_error'), performed: true } : null;
    };
    const notifier = bot({ timeout: '10s' });
    const notices = Array.from({ length: 200 }, (_, i) =>
      slackNotice('unhealthy', { id: `deploy-${i}:3:0:team`, deployId: `deploy-${i}` }),
    );
    await Promise.all(notices.map((notice) => deliver(() => notifier, notice)));
    expect(fake.roots()).toHaveLength(200);
    for (const { ts } of fake.roots()) expect(fake.repliesTo(ts)).toHaveLength(1);
  });
});
