import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/api.ts';
import { createStreamSeats } from '../../src/api/events.ts';
import type { Log } from '../../src/core/base/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { slack } from '../../src/notifiers/slack.ts';
import type { Store } from '../../src/ports/store.ts';
import { createStoredTokens } from '../../src/usecases/stored-tokens.ts';
import { createChangeWatch } from '../../src/usecases/watch-changes.ts';
import { styleSource } from '../../src/web/assets.ts';
import { createPages } from '../../src/web/pages.ts';
import { renderReport } from '../../src/web/render-report.ts';
import { step } from '../support/builders.ts';
import { keepContract } from '../support/contract.ts';
import { aDatabase, silentLog, type TestDatabase } from '../support/database.ts';
import { type FakeSlack, startFakeSlack } from '../support/fake-slack.ts';
import { type Press, pressBody, slackHeaders } from '../support/slack-press.ts';
import { createWorld, type World } from '../support/world.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const people = [
  { slack: 'U0123ANA', name: 'ana' },
  { slack: 'U0123BEN', name: 'ben', verbs: ['extend', 'mute'] },
];

let database: TestDatabase;
let fake: FakeSlack;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  fake = await startFakeSlack();
});
afterEach(() => fake.close());

/** A service that runs `v1`, a bad `v2` that is baking, and the API with a notifier called `team`. */
async function baking(plan: Parameters<typeof createWorld>[1] = {}, wrap: (store: Store) => Store = (store) => store) {
  const world = createWorld(database.store, { bad: (version) => (version === 'v2' ? 50 : 1), ...plan });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  const { id } = (await world.release('v2')).record.deploy;
  await world.run(id, ({ state }) => state === 'baking');
  return { world, id, api: anApi(world, wrap(world.store)) };
}

function anApi(world: World, store: Store, log: Log = silentLog) {
  const options = { token: fake.token, channel: fake.channel, api: fake.api, buttons: { signing_secret: secret, people } };
  const { inbox } = slack.bind(options)({ http: createHttp() });
  if (inbox === undefined) throw new Error('there are buttons');
  const unasked = () => {
    throw new Error('only buttons are pressed here');
  };
  const api = createApi({
    store,
    clock: world.clock,
    log,
    tokens: [{ name: 'ci', sha256: '0'.repeat(64), verbs: ['register'], services: [], environments: [] }],
    storedTokens: createStoredTokens({ store, clock: world.clock, log: silentLog }),
    ruleSetFor: unasked,
    planFor: unasked,
    warningsFor: unasked,
    drill: unasked,
    whatRuns: unasked,
    testNotifier: unasked,
    checkRules: unasked,
    replay: unasked,
    baseUrl: 'http://127.0.0.1:8700',
    metrics: async () => '',
    notReady: async () => null,
    inboxes: new Map([['team', inbox]]),
    stopping: new AbortController().signal,
    changes: createChangeWatch({ store, clock: world.clock, log: silentLog, stopping: new AbortController().signal }),
    streams: createStreamSeats(),
    pages: createPages({ store, clock: world.clock, baseUrl: '' }),
    styleSource,
    renderReport,
  });
  return keepContract(api);
}

type Api = ReturnType<typeof anApi>;

async function post(api: Api, body: string, headers: Record<string, string>, path = '/v1/slack/team/actions') {
  const response = await api.request(path, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

/** Presses a button, and says what the person was told. The clock of these tests does not wait, so the call is answered before the work is done. */
async function press({ world, id, api }: Awaited<ReturnType<typeof baking>>, press: Press): Promise<string> {
  const before = fake.answers.length;
  const body = pressBody({ deploy: id, replyTo: `${fake.url}/hooks/1`, ...press });
  expect(await post(api, body, slackHeaders(secret, body, world.clock.now()))).toEqual({ status: 200, text: '' });
  await expect.poll(() => fake.answers.length).toBeGreaterThan(before);
  return String(fake.answers.at(-1)?.body.text);
}

const stateOf = async ({ world, id }: { world: World; id: string }) => (await world.recordOf(id)).bake.state;
const storyOf = async ({ world, id }: { world: World; id: string }) =>
  (await world.store.timeline(id)).map(({ kind, by, text }) => `${kind} by ${by}: ${text}`);

describe('a button', () => {
  test('rolls back, in the name of the one who pressed it', async () => {
    const setting = await baking();
    expect(await press(setting, { action: 'roll_back' })).toMatch(/^Ordered: rolling back to v1: rollback requested by ana \(slack\)/);
    expect(await stateOf(setting)).toBe('rolling_back');
    expect(await storyOf(setting)).toContainEqual(expect.stringMatching(/^rolling_back by ana \(slack\): /));
  });

  test('approves', async () => {
    const setting = await baking({ plan: { onFailure: 'approve' } });
    await setting.world.run(setting.id, ({ state }) => state === 'awaiting_approval');
    expect(await press(setting, { action: 'approve' })).toMatch(/^Approved: rolling back to v1/);
    expect(await storyOf(setting)).toContainEqual(expect.stringMatching(/^rolling_back by ana \(slack\): .*approved by ana \(slack\)/));
  });

  test('passes, and extends', async () => {
    const setting = await baking();
    const ends = async () => {
      const { bake } = await setting.world.recordOf(setting.id);
      return bake.state === 'baking' ? bake.endsAt : 0;
    };
    const before = await ends();
    expect(await press(setting, { action: 'extend', user: 'U0123BEN' })).toContain('15m longer');
    expect((await ends()) - before).toBe(900_000);
    expect(await press(setting, { action: 'pass' })).toMatch(/^Done: passed: passed by ana \(slack\)/);
    expect(await stateOf(setting)).toBe('passed');
  });

  test('mutes: only what is bad is told there from then on', async () => {
    const setting = await baking();
    const { world, id } = setting;
    expect(await press(setting, { action: 'mute', user: 'U0123BEN' })).toContain('only bad news of this deploy');
    expect(await storyOf(setting)).toContainEqual('muted by ben (slack): team gets only bad news of it from now on');
    await world.run(id);
    expect(world.queued.filter((effect) => effect.kind === 'notify' && effect.bakeId === id)).toHaveLength(4);
    expect(world.told()).toEqual(['started', 'unhealthy']);
  });

  test('that two press at once is pressed once, and the other is told', async () => {
    const setting = await baking();
    const { world, id, api } = setting;
    const bodies = [{}, { actionTs: '1795226500.000001' }].map((rest) =>
      pressBody({ deploy: id, replyTo: `${fake.url}/hooks/1`, ...rest }),
    );
    await Promise.all(bodies.map((body) => post(api, body, slackHeaders(secret, body, world.clock.now()))));
    await expect.poll(() => fake.answers.length).toBe(2);
    const texts = fake.answers.map(({ body }) => String(body.text)).toSorted();
    expect(texts).toEqual(['Nothing was done: a rollback is in progress.', expect.stringMatching(/^Ordered: /)]);
    expect(world.queued.filter((effect) => effect.kind === 'roll_back' && effect.bakeId === id)).toHaveLength(1);
  });

  test('whose call comes in again is pressed once', async () => {
    const setting = await baking();
    const { world, id, api } = setting;
    const body = pressBody({ deploy: id, action: 'extend', replyTo: `${fake.url}/hooks/1` });
    const before = (await world.recordOf(id)).bake;
    const headers = slackHeaders(secret, body, world.clock.now());
    const replies = await Promise.all([1, 2, 3].map(() => post(api, body, headers)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    await press(setting, { action: 'mute' });
    await expect.poll(() => fake.answers.length).toBeGreaterThan(1);
    const after = (await world.recordOf(id)).bake;
    if (before.state !== 'baking' || after.state !== 'baking') throw new Error('it bakes');
    expect(after.endsAt - before.endsAt).toBe(900_000);
    expect(fake.answers.filter(({ body: { text } }) => String(text).includes('15m longer'))).toHaveLength(1);
  });

  test.for<{ name: string; press: Press; says: string }>([
    { name: 'somebody unknown', press: { user: 'U0STRANGER' }, says: 'can add your member id U0STRANGER' },
    { name: 'one who may not', press: { user: 'U0123BEN' }, says: 'add `roll_back` to your `verbs`' },
    { name: 'ana for a deploy that is not there', press: { deploy: 'gone' }, says: 'there is no deploy gone' },
    { name: 'ana too early', press: { action: 'approve' }, says: 'nothing waits for approval' },
  ])('pressed by $name does nothing, and says so', async ({ press: pressed, says }) => {
    const setting = await baking();
    expect(await press(setting, pressed)).toMatch(/^Nothing was done: /);
    expect(fake.answers[0]?.body.text).toContain(says);
    expect(await stateOf(setting)).toBe('baking');
  });

  test('is answered in time although the work takes long, and the work is done', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const setting = await baking({}, (store) => ({ ...store, press: async (...args) => held.then(() => store.press(...args)) }));
    const body = pressBody({ deploy: setting.id, replyTo: `${fake.url}/hooks/1` });
    const answered = post(setting.api, body, slackHeaders(secret, body, setting.world.clock.now()));
    setting.world.clock.advance(2_000);
    expect((await answered).status).toBe(200);
    expect(await stateOf(setting)).toBe('baking');
    release();
    await expect.poll(() => fake.answers.length).toBe(1);
    expect(await stateOf(setting)).toBe('rolling_back');
  });

  test('is answered also where the person cannot be told', async () => {
    const setting = await baking();
    for (const replyTo of ['http://127.0.0.1:1/hooks', 'http://169.254.169.254/', 'no address', `${fake.url}/api/nothing`]) {
      const body = pressBody({ deploy: setting.id, action: 'mute', replyTo });
      expect((await post(setting.api, body, slackHeaders(secret, body, setting.world.clock.now()))).status).toBe(200);
    }
    await expect.poll(async () => (await storyOf(setting)).filter((line) => line.startsWith('muted by ana')).length).toBe(4);
  });
});

describe('a call that is not from Slack', () => {
  test.for<{
    name: string;
    status: number;
    change: (headers: Record<string, string>) => Record<string, string>;
    path?: string;
    body?: string;
  }>([
    { name: 'without a signature', status: 401, change: ({ 'content-type': type = '' }) => ({ 'content-type': type }) },
    {
      name: 'with a token of ours instead',
      status: 401,
      change: () => ({ 'content-type': 'application/x-www-form-urlencoded', authorization: 'Bearer x' }),
    },
    { name: 'for a notifier that is not there', status: 404, change: (headers) => headers, path: '/v1/slack/nobody/actions' },
    { name: 'as JSON', status: 415, change: (headers) => ({ ...headers, 'content-type': 'application/json' }) },
    { name: 'of 300 KB', status: 413, change: (headers) => headers, body: 'x'.repeat(300_000) },
    { name: 'of old', status: 401, change: (headers) => headers, body: 'old' },
    { name: 'of the future', status: 401, change: (headers) => headers, body: 'future' },
  ])('$name is refused', async ({ status, change, path, body: given }) => {
    const { world, id, api } = await baking();
    const off = { old: -301_000, future: 301_000 }[given ?? ''] ?? 0;
    const body = off === 0 ? (given ?? pressBody({ deploy: id })) : pressBody({ deploy: id });
    const answer = await post(api, body, change(slackHeaders(secret, body, world.clock.now() + off)), path);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain(secret);
    expect(await stateOf({ world, id })).toBe('baking');
  });
});
