import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../support/fake-slack.ts';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { pressBody, slackHeaders } from '../support/slack-press.ts';
import type { Shown } from './shop.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const rules = `rules: 1
service: shop
environment: production
bake: { for: 10m, every: 1s, warmup: 0s, extend: 10m }
checks:
  running: { probe: { command: [test, -e, running], within: 2s, attempts: 2, apart: 50ms } }
rollback: { hook: shop, verify: 20s }
notify: [team]
`;
const config = (slack: FakeSlack) => (folder: string) =>
  `providers: { probe: { type: probe, commands: true } }
hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" > running', hook, "{version}"], current: [cat, running] }
notifiers:
  team:
    type: slack
    token: ${slack.token}
    channel: ${slack.channel}
    api: ${slack.api}
    pace: 10ms
    buttons: { signing_secret: ${secret}, people: [{ slack: U0123ANA, name: ana }] }
`;

describe('a team in Slack', () => {
  let slack: FakeSlack;
  let server: Server;
  beforeAll(async () => {
    slack = await startFakeSlack({ at: Math.floor(Date.now() / 1_000) });
    server = await startServer(config(slack), { 'shop.yaml': rules });
  });
  afterAll(async () => {
    await server.stop();
    await slack.close();
  });
  beforeEach(() => {
    slack.messages.length = 0;
  });
  afterEach(() => {
    slack.trouble = () => null;
  });

  async function deploy(version: string): Promise<string> {
    writeFileSync(join(server.folder, 'running'), `${version}\n`);
    const { body } = await call<Shown & { id: string }>(server, 'POST', '/v1/deploys', {
      service: 'shop',
      environment: 'production',
      version,
    });
    return body.id;
  }
  const stateOf = async (id: string) => (await call<Shown>(server, 'GET', `/v1/deploys/${id}`)).body.state;
  const until = (id: string, state: string) =>
    poll(`${id} is ${state} (${server.log().slice(-300)})`, async () => (await stateOf(id)) === state);
  async function press(id: string, action: string): Promise<string> {
    const before = slack.answers.length;
    const body = pressBody({ deploy: id, action, replyTo: `${slack.url}/hooks/1` });
    const response = await fetch(`${server.url}/v1/slack/team/actions`, {
      method: 'POST',
      body,
      headers: slackHeaders(secret, body, Date.now()),
    });
    expect(response.status).toBe(200);
    await poll('the person is told', () => slack.answers.length > before);
    return String(slack.answers.at(-1)?.body.text);
  }

  test('sees one message of a deploy, and rolls it back from there', async () => {
    const good = await deploy('v1');
    await until(good, 'baking');
    expect(await press(good, 'pass')).toContain('passed by ana (slack)');
    const bad = await deploy('v2');
    await until(bad, 'baking');
    expect(await press(bad, 'roll_back')).toContain('rolling back to v1');
    await until(bad, 'rolled_back');
    await poll('the message tells the end', () => slack.roots().at(-1)?.text.includes('has recovered') ?? false);
    expect(slack.roots().map(({ text }) => text)).toEqual([
      expect.stringContaining('shop v1 (production) passed'),
      expect.stringContaining('shop v2 (production) was rolled back to v1'),
    ]);
    await poll('the thread is complete', () => slack.repliesTo(slack.roots()[1]?.ts ?? '').length === 3);
    await poll('a picture lies there', () => [...slack.files.values()].some(({ isShared }) => isShared));
    expect(await press(bad, 'roll_back')).toContain('Nothing was done: this deploy was already rolled back');
    const { timeline } = (await call<Shown>(server, 'GET', `/v1/deploys/${bad}`)).body;
    expect(timeline).toContainEqual(expect.objectContaining({ kind: 'rolling_back', by: 'ana (slack)' }));
    expect(server.log()).not.toContain(slack.token);
    expect(server.log()).not.toContain(secret);
  });

  test('sees one message also where the server was killed after it was posted and before that was written down', async () => {
    slack.trouble = ({ method }) => (method === 'chat.postMessage' ? { reply: 'hang', performed: true } : null);
    const id = await deploy('v3');
    await poll('the message is posted', () => slack.messages.length === 1);
    await server.kill();
    slack.trouble = () => null;
    await server.restart();
    await press(id, 'pass');
    await poll('the message is edited', () => slack.roots()[0]?.text.includes('passed') ?? false);
    expect(slack.roots()).toHaveLength(1);
  });
});
