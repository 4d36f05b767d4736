import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slack } from '../../src/notifiers/slack.ts';
import { describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { type FakeSlack, refused, startFakeSlack } from '../support/fake-slack.ts';
import { shownIn, slackBot, slackButtons, slackNotice } from '../support/slack-bot.ts';

const token = 'xoxb-not-a-real-token-1234567890';

describeNotifierContract('slack (bot)', {
  plugin: slack,
  options: (url) => ({ token, channel: 'C0123TEAM', api: `${url}/api`, pace: '1ms', timeout: '500ms', buttons: slackButtons }),
  secrets: [token],
  success: { body: { ok: true, ts: '1795226400.000100', channel: 'C0123TEAM' } },
  parse: (body) => {
    const form = new URLSearchParams(body);
    return [form.get('blocks'), form.get('attachments'), form.get('metadata')].map((text) => JSON.parse(text ?? ''));
  },
  tooLong: 9_000_000,
});

let fake: FakeSlack;
beforeEach(async () => {
  fake = await startFakeSlack();
});
afterEach(() => fake.close());
const bot = (rest: object = {}) => slackBot(fake, rest);
const methods = () => fake.calls.map(({ method }) => method);

describe('the message of a deploy', () => {
  test('is posted once and then edited; each notice goes into its thread, and urgent ones also into the channel', async () => {
    const { notify } = bot();
    let memory = await notify(slackNotice('started'), firstTry());
    for (const topic of ['unhealthy', 'rolled_back', 'recovered'] as const) memory = await notify(slackNotice(topic), firstTry({ memory }));
    const [root, ...others] = fake.roots();
    expect(others).toEqual([]);
    expect(root).toMatchObject({ text: '💚 shop v2 (production) recovered', edits: 3 });
    expect(shownIn(root)).toContain('because of recovered');
    const replies = fake.repliesTo(root?.ts ?? '');
    expect(replies.map(({ text, isBroadcast }) => [text, isBroadcast])).toEqual([
      ['🚨 shop v2 (production) unhealthy', true],
      ['⏪ shop v2 (production) rolled_back', true],
      ['💚 shop v2 (production) recovered', false],
    ]);
    expect(shownIn(replies[0])).toContain('because of unhealthy');
  });

  test('that starts with bad news is shown once in the channel, and the news is also in the thread', async () => {
    await bot().notify(slackNotice('unhealthy'), firstTry());
    const [root] = fake.roots();
    expect(fake.repliesTo(root?.ts ?? '').map(({ isBroadcast }) => isBroadcast)).toEqual([false]);
  });

  test.for(['message_not_found', 'edit_window_closed', 'cant_update_message', 'msg_too_long'])(
    'is posted again, once, if Slack answers %s',
    async (code) => {
      fake.trouble = ({ method }) => (method === 'chat.update' ? { reply: refused(code) } : null);
      const { notify } = bot();
      const first = await notify(slackNotice('started'), firstTry());
      const second = await notify(slackNotice('unhealthy'), firstTry({ memory: first }));
      expect(second).not.toEqual(first);
      expect(methods()).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage', 'chat.postMessage']);
      expect(fake.messages.at(-1)).toMatchObject({ thread_ts: fake.roots()[1]?.ts });
    },
  );

  test.for(['channel_not_found', 'invalid_blocks', 'internal_error'])('is not posted again if Slack answers %s', async (code) => {
    fake.trouble = ({ method }) => (method === 'chat.update' ? { reply: refused(code) } : null);
    const { notify } = bot();
    const memory = await notify(slackNotice('started'), firstTry());
    expect((await effectErrorOf(notify(slackNotice('unhealthy'), firstTry({ memory })))).message).toContain(code);
    expect(fake.messages).toHaveLength(1);
  });

  test('is posted again if the operator has configured another channel', async () => {
    const memory = { channel: 'C0OTHER', ts: '1.000100' };
    await bot().notify(slackNotice('passed'), firstTry({ memory }));
    expect(methods()).toEqual(['chat.postMessage', 'chat.postMessage']);
  });

  test.for([null, 5, 'x', [], { ts: 5 }, { channel: 'C0123TEAM' }])('is delivered with the memory %j', async (memory) => {
    expect(await bot().notify(slackNotice('passed'), firstTry({ memory }))).toEqual({ channel: fake.channel, ts: fake.roots()[0]?.ts });
  });

  test('keeps its blocks and attachments in an edit', async () => {
    const { notify } = bot();
    const memory = await notify(slackNotice('started'), firstTry());
    await notify(slackNotice('passed'), firstTry({ memory }));
    expect(shownIn(fake.roots()[0])).toContain('"type":"header"');
    expect(shownIn(fake.roots()[0])).toContain('because of passed');
  });
});

describe('a digest', () => {
  test('is a separate message without buttons, which is neither edited nor posted twice', async () => {
    const digest = slackNotice('unhealthy', { id: 'digest:1', deployId: 'digest:1', isDigest: true, state: 'baking' });
    await bot({ buttons: slackButtons }).notify(digest, firstTry());
    expect(await bot({ buttons: slackButtons }).notify(digest, firstTry({ isRepeat: true }))).toBeNull();
    expect(methods()).toEqual(['chat.postMessage', 'conversations.history']);
    expect(shownIn(fake.roots()[0])).not.toContain('bakewatch.roll_back');
  });
});

describe('a refusal by Slack', () => {
  test.for<{ code: string; more?: object; kind: string; says: string }>([
    { code: 'ratelimited', kind: 'failed', says: 'ratelimited' },
    { code: 'internal_error', kind: 'failed', says: 'internal_error' },
    { code: 'fatal_error', kind: 'failed', says: 'fatal_error' },
    { code: 'service_unavailable', kind: 'failed', says: 'service_unavailable' },
    { code: 'request_timeout', kind: 'failed', says: 'request_timeout' },
    { code: 'team_added_to_org', kind: 'failed', says: 'team_added_to_org' },
    { code: 'external_channel_migrating', kind: 'failed', says: 'external_channel_migrating' },
    { code: 'channel_not_found', kind: 'refused', says: 'check that this is the id of the channel' },
    { code: 'not_in_channel', kind: 'refused', says: 'invite the bot' },
    { code: 'is_archived', kind: 'refused', says: 'archived' },
    { code: 'invalid_auth', kind: 'refused', says: 'the token is not valid' },
    { code: 'token_revoked', kind: 'refused', says: 'the token is not valid' },
    { code: 'missing_scope', more: { needed: 'chat:write', provided: 'none' }, kind: 'refused', says: 'lacks the scope chat:write' },
    {
      code: 'invalid_blocks',
      more: { errors: ['must be less than 151 characters [json-pointer:/blocks/0/text/text]'] },
      kind: 'refused',
      says: 'json-pointer:/blocks/0/text/text',
    },
    { code: 'something_new', kind: 'refused', says: 'something_new' },
  ])('$code is $kind, with a hint', async ({ code, more, kind, says }) => {
    fake.trouble = () => ({ reply: refused(code, more) });
    const error = await effectErrorOf(bot().notify(slackNotice('unhealthy'), firstTry()));
    expect(error).toMatchObject({ kind, message: expect.stringContaining(says) });
    expect(methods()).toEqual(['chat.postMessage']);
  });

  test.for(['', 'no json', '[]', '{}', '{"ok":true}', '{"ok":"yes","ts":"1.1"}', '{"ok":false}', '{"ok":true,"ts":5}'])(
    'the answer %j is a failure',
    async (body) => {
      fake.trouble = () => ({ reply: { body } });
      expect(await effectErrorOf(bot().notify(slackNotice('unhealthy'), firstTry()))).toMatchObject({ kind: 'failed' });
    },
  );

  test('no error holds a secret, even if Slack echoes it', async () => {
    fake.trouble = () => ({
      reply: refused('invalid_blocks', { errors: [`Bearer ${fake.token}`, fake.token] }),
    });
    const error = await effectErrorOf(bot({ buttons: slackButtons }).notify(slackNotice('unhealthy'), firstTry()));
    expect(everythingIn(error)).not.toContain(fake.token);
    expect(everythingIn(bot({ buttons: slackButtons }))).not.toContain(slackButtons.signing_secret);
  });
});
