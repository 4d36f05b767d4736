import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Topic } from '../../src/core/bake/effect.ts';
import type { Chart } from '../../src/core/chart/chart.ts';
import { createHttp } from '../../src/net/http.ts';
import { slack } from '../../src/notifiers/slack.ts';
import type { Notice, Notifier } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { type FakeSlack, refused, type SlackMessage, startFakeSlack } from '../support/fake-slack.ts';

const token = 'xoxb-not-a-real-token-1234567890';
const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const buttons = { signing_secret: signingSecret, people: [{ slack: 'U0123ANA', name: 'ana' }] };

describeNotifierContract('slack (bot)', {
  plugin: slack,
  options: (url) => ({ token, channel: 'C0123TEAM', api: `${url}/api`, pace: '1ms', timeout: '500ms', buttons }),
  secrets: [token],
  success: { body: { ok: true, ts: '1795226400.000100', channel: 'C0123TEAM' } },
  read: (body) => {
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

const bot = (rest: object = {}): Notifier =>
  slack.bind({ token: fake.token, channel: fake.channel, api: fake.api, pace: '1ms', timeout: '500ms', ...rest })({ http: createHttp() });

/** A notice of the same deploy; each has an id of its own. */
const notice = (topic: Topic, rest: Partial<Notice> = {}): Notice =>
  aNotice({ id: `deploy-2:${topic}:team`, topic, title: `shop v2 (production) ${topic}`, reasons: [`because of ${topic}`], ...rest });

/** What a message shows. */
const shown = (message: SlackMessage | undefined) => JSON.stringify([message?.blocks, message?.attachments]);
const methods = () => fake.calls.map(({ method }) => method);

describe('the message of a deploy', () => {
  test('is posted once and edited in place; each notice goes into its thread, what wants eyes also into the channel', async () => {
    const { notify } = bot();
    let memory = await notify(notice('started'), firstTry());
    for (const topic of ['unhealthy', 'rolled_back', 'recovered'] as const) memory = await notify(notice(topic), firstTry({ memory }));
    const [root, ...others] = fake.roots();
    expect(others).toEqual([]);
    expect(root).toMatchObject({ text: '💚 shop v2 (production) recovered', edits: 3 });
    expect(shown(root)).toContain('because of recovered');
    const replies = fake.repliesTo(root?.ts ?? '');
    expect(replies.map(({ text, isBroadcast }) => [text, isBroadcast])).toEqual([
      ['🚨 shop v2 (production) unhealthy', true],
      ['⏪ shop v2 (production) rolled_back', true],
      ['💚 shop v2 (production) recovered', false],
    ]);
    expect(shown(replies[0])).toContain('because of unhealthy');
  });

  test('that began with bad news is seen once in the channel, and keeps them in the thread', async () => {
    await bot().notify(notice('unhealthy'), firstTry());
    const [root] = fake.roots();
    expect(fake.repliesTo(root?.ts ?? '').map(({ isBroadcast }) => isBroadcast)).toEqual([false]);
  });

  test.for(['message_not_found', 'edit_window_closed', 'cant_update_message', 'msg_too_long'])(
    'is posted anew where Slack says %s, once',
    async (code) => {
      fake.trouble = ({ method }) => (method === 'chat.update' ? { reply: refused(code) } : null);
      const { notify } = bot();
      const first = await notify(notice('started'), firstTry());
      const second = await notify(notice('unhealthy'), firstTry({ memory: first }));
      expect(second).not.toEqual(first);
      expect(methods()).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage', 'chat.postMessage']);
      expect(fake.messages.at(-1)).toMatchObject({ thread_ts: fake.roots()[1]?.ts });
    },
  );

  test.for(['channel_not_found', 'invalid_blocks', 'internal_error'])('is not posted anew where Slack says %s', async (code) => {
    fake.trouble = ({ method }) => (method === 'chat.update' ? { reply: refused(code) } : null);
    const { notify } = bot();
    const memory = await notify(notice('started'), firstTry());
    expect((await effectErrorOf(notify(notice('unhealthy'), firstTry({ memory })))).message).toContain(code);
    expect(fake.messages).toHaveLength(1);
  });

  test('is posted anew where the operator has chosen another channel', async () => {
    const memory = { channel: 'C0OTHER', ts: '1.000100' };
    await bot().notify(notice('passed'), firstTry({ memory }));
    expect(methods()).toEqual(['chat.postMessage', 'chat.postMessage']);
  });

  test.for([null, 5, 'x', [], { ts: 5 }, { channel: 'C0123TEAM' }])('whatever is remembered (%j), it is told', async (memory) => {
    expect(await bot().notify(notice('passed'), firstTry({ memory }))).toEqual({ channel: fake.channel, ts: fake.roots()[0]?.ts });
  });

  test('blocks and attachments are never lost in an edit', async () => {
    const { notify } = bot();
    const memory = await notify(notice('started'), firstTry());
    await notify(notice('passed'), firstTry({ memory }));
    expect(shown(fake.roots()[0])).toContain('"type":"header"');
    expect(shown(fake.roots()[0])).toContain('because of passed');
  });
});

describe('a digest', () => {
  test('is a message of its own without buttons, which is neither edited nor posted twice', async () => {
    const told = notice('unhealthy', { id: 'digest:1', deployId: 'digest:1', isDigest: true, state: 'baking' });
    await bot({ buttons }).notify(told, firstTry());
    expect(await bot({ buttons }).notify(told, firstTry({ isRepeat: true }))).toBeNull();
    expect(methods()).toEqual(['chat.postMessage', 'conversations.history']);
    expect(shown(fake.roots()[0])).not.toContain('bakewatch.roll_back');
  });
});

describe('what Slack refuses', () => {
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
  ])('$code is $kind, in words', async ({ code, more, kind, says }) => {
    fake.trouble = () => ({ reply: refused(code, more) });
    const error = await effectErrorOf(bot().notify(notice('unhealthy'), firstTry()));
    expect(error).toMatchObject({ kind, message: expect.stringContaining(says) });
    expect(methods()).toEqual(['chat.postMessage']);
  });

  test.for(['', 'no json', '[]', '{}', '{"ok":true}', '{"ok":"yes","ts":"1.1"}', '{"ok":false}', '{"ok":true,"ts":5}'])(
    'the answer %j is trouble, not success',
    async (body) => {
      fake.trouble = () => ({ reply: { body } });
      expect(await effectErrorOf(bot().notify(notice('unhealthy'), firstTry()))).toMatchObject({ kind: 'failed' });
    },
  );

  test('no error holds a secret, even where Slack repeats it', async () => {
    fake.trouble = () => ({
      reply: refused('invalid_blocks', { errors: [`Bearer ${fake.token}`, fake.token] }),
    });
    const error = await effectErrorOf(bot({ buttons }).notify(notice('unhealthy'), firstTry()));
    expect(everythingIn(error)).not.toContain(fake.token);
    expect(everythingIn(bot({ buttons }))).not.toContain(signingSecret);
  });
});

/** Tries until it is told, as the queue does; every try after the first is a repeat, maybe of a new process. */
async function tellAll(make: () => Notifier, told: Notice, memory: Awaited<ReturnType<Notifier['notify']>> = null) {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      return await make().notify(told, firstTry({ memory, isRepeat: tries > 0 }));
    } catch {
      // Tried again.
    }
  }
  throw new Error('it was never told');
}

describe('a notice that is handed over again', () => {
  const calls = ['chat.postMessage', 'chat.update', 'conversations.history', 'conversations.replies'];

  test.for([1, 2, 3, 4, 5, 6])('is one message, wherever the process was killed (call %i)', async (at) => {
    let seen = 0;
    fake.trouble = ({ method }) => {
      if (calls.includes(method)) seen += 1;
      return seen === at ? { reply: 'drop', performed: true } : null;
    };
    await tellAll(bot, notice('unhealthy'));
    expect(fake.roots()).toHaveLength(1);
    expect(fake.repliesTo(fake.roots()[0]?.ts ?? '')).toHaveLength(1);
  });

  test('is one message in a busy channel', async () => {
    fake.trouble = ({ method }) =>
      method === 'chat.postMessage' && fake.messages.length === 0 ? { reply: 'drop', performed: true } : null;
    await effectErrorOf(bot().notify(notice('unhealthy'), firstTry()));
    const other = fake.messages[0]!;
    for (let i = 0; i < 450; i += 1) fake.messages.push({ ...other, ts: `${1_795_230_000 + i}.000100`, metadata: null });
    await bot().notify(notice('unhealthy'), firstTry({ isRepeat: true }));
    expect(fake.messages.filter(({ metadata, thread_ts }) => metadata !== null && thread_ts === undefined)).toHaveLength(1);
    expect(methods().filter((method) => method === 'conversations.history')).toHaveLength(3);
  });

  test('is told twice where the bot may not read, but never lost', async () => {
    fake.lacks.add('channels:history');
    fake.trouble = () => (fake.messages.length === 0 ? { reply: 'drop', performed: true } : null);
    await tellAll(bot, notice('unhealthy'));
    expect(fake.roots()).toHaveLength(2);
  });

  test('keeps the message that this process posted, also where the bot may not read', async () => {
    fake.lacks.add('channels:history');
    fake.trouble = ({ args }) => (args.thread_ts !== undefined && fake.calls.length < 3 ? { reply: { status: 500 } } : null);
    const { notify } = bot();
    await effectErrorOf(notify(notice('unhealthy'), firstTry()));
    await notify(notice('unhealthy'), firstTry({ isRepeat: true }));
    expect(fake.roots()).toHaveLength(1);
    expect(fake.messages.filter(({ isBroadcast }) => isBroadcast)).toHaveLength(0);
  });

  test('is still shown in the channel where only the thread was out of reach at first', async () => {
    const { notify } = bot();
    const memory = await notify(notice('started'), firstTry());
    fake.trouble = ({ args }) => (args.thread_ts === undefined ? null : { reply: { status: 500 } });
    await effectErrorOf(notify(notice('unhealthy'), firstTry({ memory })));
    fake.trouble = () => null;
    await notify(notice('unhealthy'), firstTry({ memory, isRepeat: true }));
    expect(fake.repliesTo(fake.roots()[0]?.ts ?? '').map(({ isBroadcast }) => isBroadcast)).toEqual([true]);
  });

  test('waits where Slack cannot be asked what it has', async () => {
    fake.trouble = ({ method }) =>
      method === 'conversations.history' ? { reply: { status: 429, headers: { 'retry-after': '3' } } } : null;
    expect(await effectErrorOf(bot().notify(notice('unhealthy'), firstTry({ isRepeat: true })))).toMatchObject({
      kind: 'failed',
      retryAfterMs: 3_000,
    });
    expect(fake.messages).toEqual([]);
  });

  test('two hundred at once are all told once, though Slack refuses, hangs up and fails again and again', async () => {
    let count = 0;
    fake.trouble = () => {
      count += 1;
      if (count % 13 === 0) return { reply: { status: 429, headers: { 'retry-after': '0' } } };
      if (count % 29 === 0) return { reply: { status: 500 } };
      if (count % 31 === 0) return { reply: 'drop', performed: true };
      return count % 37 === 0 ? { reply: refused('internal_error'), performed: true } : null;
    };
    const one = bot({ timeout: '10s' });
    const deploys = Array.from({ length: 200 }, (_, i) => notice('unhealthy', { id: `deploy-${i}:3:0:team`, deployId: `deploy-${i}` }));
    await Promise.all(deploys.map((told) => tellAll(() => one, told)));
    expect(fake.roots()).toHaveLength(200);
    for (const { ts } of fake.roots()) expect(fake.repliesTo(ts)).toHaveLength(1);
  });
});

describe('the chart', () => {
  const chart: Chart = {
    check: 'errors',
    title: 'errors: bad events, % of all <& ş 版本',
    unit: '%',
    from: 0,
    to: 600_000,
    series: [
      {
        kind: 'release',
        label: 'v2',
        points: [
          [0, 0.5],
          [300_000, 4.2],
          [600_000, null],
        ],
      },
    ],
    lines: [{ kind: 'limit', value: 2, label: 'limit 2 %' }],
    marks: [{ kind: 'judged_bad', at: 300_000, label: 'judged bad' }],
  };
  const withChart = (drawn = chart, isRepeat = false) => firstTry({ chart: async () => drawn, isRepeat });

  test('lies in the thread as a picture that is told in words, too', async () => {
    await bot().notify(notice('unhealthy'), withChart());
    const [file] = [...fake.files.values()];
    expect(file).toMatchObject({ isShared: true, alt: expect.stringContaining('limit 2 %') });
    expect(file?.png.subarray(1, 4).toString()).toBe('PNG');
    expect([file?.png.readUInt32BE(16), file?.png.readUInt32BE(20)]).toEqual([1280, 560]);
    expect(fake.messages.at(-1)).toMatchObject({ thread_ts: fake.roots()[0]?.ts, files: [{ id: 'F1' }] });
  });

  test('holds letters: the same chart without words is another picture', async () => {
    const { notify } = bot();
    await notify(notice('unhealthy'), withChart());
    await notify(notice('failed', { deployId: 'deploy-3' }), withChart({ ...chart, title: ' ' }));
    const [one, other] = [...fake.files.values()].map(({ png }) => png.length);
    expect(one).toBeGreaterThan((other ?? 0) + 1_000);
  });

  test.for<{ name: string; arrange: () => void }>([
    { name: 'the scope is missing', arrange: () => fake.lacks.add('files:write') },
    {
      name: 'the place is not one of Slack',
      arrange: () => {
        // The same server under a name that is not that of the API.
        const elsewhere = fake.url.replace('127.0.0.1', 'localhost');
        fake.files.set('F1', { name: 'x', alt: '', png: Buffer.alloc(0), isShared: false });
        const reply = { body: { ok: true, file_id: 'F1', upload_url: `${elsewhere}/upload/F1` } };
        fake.trouble = ({ method }) => (method === 'files.getUploadURLExternal' ? { reply } : null);
      },
    },
    {
      name: 'Slack fails',
      arrange: () => {
        fake.trouble = ({ method }) => (method.startsWith('files.') ? { reply: { status: 500 } } : null);
      },
    },
    {
      name: 'Slack hangs',
      arrange: () => {
        fake.trouble = ({ method }) => (method === 'files.completeUploadExternal' ? { reply: 'hang' } : null);
      },
    },
  ])('is left out where $name, and the notice is told all the same', async ({ arrange }) => {
    arrange();
    expect(await bot().notify(notice('unhealthy'), withChart())).toMatchObject({ ts: fake.roots()[0]?.ts });
    expect(fake.repliesTo(fake.roots()[0]?.ts ?? '')).toHaveLength(1);
    expect([...fake.files.values()].filter(({ isShared }) => isShared)).toEqual([]);
  });

  test('is not shown twice', async () => {
    const told = notice('unhealthy');
    await bot().notify(told, withChart());
    await bot().notify(told, withChart(chart, true));
    expect(fake.files.size).toBe(1);
  });
});

describe('the buttons', () => {
  /** The verbs that a message offers. */
  const offered = (message: SlackMessage | undefined) => [...shown(message).matchAll(/"bakewatch\.(\w+)"/g)].map(([, verb]) => verb);

  test.for<{ state: Notice['state']; verbs: readonly string[] }>([
    { state: 'warming', verbs: ['roll_back', 'pass', 'mute'] },
    { state: 'shifting', verbs: ['roll_back', 'pass', 'mute'] },
    { state: 'baking', verbs: ['roll_back', 'pass', 'extend', 'mute'] },
    { state: 'awaiting_approval', verbs: ['approve', 'pass', 'mute'] },
    { state: 'rolling_back', verbs: ['mute'] },
    { state: 'verifying', verbs: ['mute'] },
    { state: 'passed', verbs: ['roll_back'] },
    { state: 'failed', verbs: ['roll_back'] },
    { state: 'inconclusive', verbs: ['roll_back'] },
    { state: 'rolled_back', verbs: [] },
    { state: 'canceled', verbs: [] },
    { state: 'superseded', verbs: [] },
  ])('of a deploy that is $state are $verbs', async ({ state, verbs }) => {
    await bot({ buttons }).notify(notice('started', { state }), firstTry());
    expect(offered(fake.roots()[0])).toEqual(verbs);
  });

  test('are not there where nobody may press them', async () => {
    await bot().notify(notice('started', { state: 'baking' }), firstTry());
    expect(offered(fake.roots()[0])).toEqual([]);
  });

  test('ask again before a rollback, and stand beside what is seen in the channel', async () => {
    const { notify } = bot({ buttons });
    const memory = await notify(notice('started', { state: 'baking' }), firstTry());
    await notify(notice('approval', { state: 'awaiting_approval' }), firstTry({ memory }));
    const [root] = fake.roots();
    for (const message of [root, fake.repliesTo(root?.ts ?? '')[0]]) {
      expect(offered(message)).toEqual(['approve', 'pass', 'mute']);
      expect(shown(message)).toMatch(/"bakewatch\.approve"[^{]*"value":"deploy-2"/);
      expect(shown(message)).toContain('shop v2 (production) is rolled back to v1.');
    }
  });
});

test('whatever is told in whatever state, Slack takes it', async () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('<!channel>', '<@U1>', '&'.repeat(5_000), '👩‍👩‍👧'.repeat(900), '<'.repeat(149), '', ' ', '\n', '\u0000\ud800', '|>'),
  );
  const texts = fc.record({
    title: wild,
    service: wild,
    environment: wild,
    version: wild,
    target: fc.option(wild),
    reasons: fc.tuple(wild, wild, wild),
    url: fc.oneof(fc.constant(null), wild, fc.webUrl()),
    links: fc.array(fc.record({ title: wild, url: fc.oneof(wild, fc.webUrl()) }), { maxLength: 8 }),
    state: fc.constantFrom<Notice['state']>('warming', 'baking', 'awaiting_approval', 'passed', 'failed'),
    topic: fc.constantFrom<Topic>('unhealthy', 'approval', 'passed'),
  });
  const { notify } = bot({ buttons });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(texts, async (rest) => {
      count += 1;
      const memory = await notify(aNotice({ ...rest, id: `n${count}` }), firstTry());
      await notify(aNotice({ ...rest, id: `m${count}` }), firstTry({ memory }));
      const plain = JSON.stringify(fake.messages.slice(-2).map(({ blocks, attachments, text }) => [blocks, attachments, text]));
      expect(plain).not.toMatch(/<[!@#](?!date\^)/);
    }),
    { numRuns: 60 },
  );
});
