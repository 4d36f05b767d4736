import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Topic } from '../../src/core/bake/effect.ts';
import type { Chart } from '../../src/core/chart/chart.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, firstTry } from '../contracts/notifier.ts';
import { codePoint } from '../support/code-point.ts';
import { type FakeSlack, type SlackMessage, startFakeSlack } from '../support/fake-slack.ts';
import { runs } from '../support/runs.ts';
import { shownIn, slackBot, slackButtons, slackNotice } from '../support/slack-bot.ts';

let fake: FakeSlack;
beforeEach(async () => {
  fake = await startFakeSlack();
});
afterEach(() => fake.close());
const bot = (rest: object = {}) => slackBot(fake, rest);

describe('the chart', () => {
  const chart: Chart = {
    check: 'errors',
    title: 'errors: bad events, % of all <& ş 版本',
    caption: null,
    outcome: 'fail',
    isSuspicious: false,
    strengths: [],
    unit: '%',
    from: 0,
    to: 600_000,
    series: [
      {
        kind: 'release',
        label: 'v2',
        tickMs: 300_000,
        means: [],
        measured: '4.2 %',
        points: [
          [0, 0.5],
          [300_000, 4.2],
          [600_000, null],
        ],
      },
    ],
    meansMs: null,
    lines: [{ kind: 'limit', value: 2, label: 'limit 2 %', badSide: 'above', decides: true }],
    marks: [{ kind: 'judged_bad', at: 300_000, label: 'judged bad' }],
  };
  const withChart = (drawn = chart, isRepeat = false) => firstTry({ chart: async () => drawn, isRepeat });

  test('is a picture in the thread, with a description', async () => {
    await bot().notify(slackNotice('unhealthy'), withChart());
    const [file] = [...fake.files.values()];
    expect(file).toMatchObject({ isShared: true, alt: expect.stringContaining('limit 2 %') });
    expect(file?.png.subarray(1, 4).toString()).toBe('PNG');
    expect([file?.png.readUInt32BE(16), file?.png.readUInt32BE(20)]).toEqual([1280, 680]);
    expect(fake.messages.at(-1)).toMatchObject({ thread_ts: fake.roots()[0]?.ts, files: [{ id: 'F1' }] });
  });

  test('holds its texts: the same chart without a title is another picture', async () => {
    const { notify } = bot();
    await notify(slackNotice('unhealthy'), withChart());
    await notify(slackNotice('failed', { deployId: 'deploy-3' }), withChart({ ...chart, title: ' ' }));
    const [one, other] = [...fake.files.values()].map(({ png }) => png.length);
    expect(one).toBeGreaterThan((other ?? 0) + 1_000);
  });

  test.for<{ name: string; arrange: () => void }>([
    { name: 'the scope is missing', arrange: () => fake.lacks.add('files:write') },
    {
      name: 'the upload address is not one of Slack',
      arrange: () => {
        // The same server with another name than the API.
        const otherName = fake.url.replace('127.0.0.1', 'localhost');
        fake.files.set('F1', { name: 'x', alt: '', png: Buffer.alloc(0), isShared: false });
        const reply = { body: { ok: true, file_id: 'F1', upload_url: `${otherName}/upload/F1` } };
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
  ])('is omitted if $name, and the notice is delivered', async ({ arrange }) => {
    arrange();
    expect(await bot().notify(slackNotice('unhealthy'), withChart())).toMatchObject({ ts: fake.roots()[0]?.ts });
    expect(fake.repliesTo(fake.roots()[0]?.ts ?? '')).toHaveLength(1);
    expect([...fake.files.values()].filter(({ isShared }) => isShared)).toEqual([]);
  });

  test('is shown once for a repeated notice', async () => {
    const notice = slackNotice('unhealthy');
    await bot().notify(notice, withChart());
    await bot().notify(notice, withChart(chart, true));
    expect(fake.files.size).toBe(1);
  });
});

describe('the buttons', () => {
  /** The verbs of the buttons in a message. */
  const verbsIn = (message: SlackMessage | undefined) => [...shownIn(message).matchAll(/"bakewatch\.(\w+)"/g)].map(([, verb]) => verb);

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
  ])('of a deploy in the state $state are $verbs', async ({ state, verbs }) => {
    await bot({ buttons: slackButtons }).notify(slackNotice('started', { state }), firstTry());
    expect(verbsIn(fake.roots()[0])).toEqual(verbs);
  });

  test('are missing if no people are configured', async () => {
    await bot().notify(slackNotice('started', { state: 'baking' }), firstTry());
    expect(verbsIn(fake.roots()[0])).toEqual([]);
  });

  test('ask for confirmation of a rollback, and are also in the notice that is shown in the channel', async () => {
    const { notify } = bot({ buttons: slackButtons });
    const memory = await notify(slackNotice('started', { state: 'baking' }), firstTry());
    await notify(slackNotice('approval', { state: 'awaiting_approval' }), firstTry({ memory }));
    const [root] = fake.roots();
    for (const message of [root, fake.repliesTo(root?.ts ?? '')[0]]) {
      expect(verbsIn(message)).toEqual(['approve', 'pass', 'mute']);
      expect(shownIn(message)).toMatch(/"bakewatch\.approve"[^{]*"value":"deploy-2"/);
      expect(shownIn(message)).toContain('shop v2 (production) is rolled back to v1.');
    }
  });
});

test('Slack accepts every notice in every state', async () => {
  const anyText = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 300, size: 'max' }),
    fc.constantFrom('<!channel>', '<@U1>', '&'.repeat(5_000), '👩‍👩‍👧'.repeat(900), '<'.repeat(149), '', ' ', '\n', '\u0000\ud800', '|>'),
  );
  const texts = fc.record({
    title: anyText,
    service: anyText,
    environment: anyText,
    version: anyText,
    target: fc.option(anyText),
    reasons: fc.tuple(anyText, anyText, anyText),
    url: fc.oneof(fc.constant(null), anyText, fc.webUrl()),
    links: fc.array(fc.record({ title: anyText, url: fc.oneof(anyText, fc.webUrl()) }), { maxLength: 8 }),
    state: fc.constantFrom<Notice['state']>('warming', 'baking', 'awaiting_approval', 'passed', 'failed'),
    topic: fc.constantFrom<Topic>('unhealthy', 'approval', 'passed'),
  });
  const { notify } = bot({ buttons: slackButtons });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(texts, async (rest) => {
      count += 1;
      const memory = await notify(aNotice({ ...rest, id: `n${count}` }), firstTry());
      await notify(aNotice({ ...rest, id: `m${count}` }), firstTry({ memory }));
      const plain = JSON.stringify(fake.messages.slice(-2).map(({ blocks, attachments, text }) => [blocks, attachments, text]));
      expect(plain).not.toMatch(/<[!@#](?!date\^)/);
    }),
    runs(60),
  );
});
