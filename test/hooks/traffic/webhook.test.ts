import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/core/base/secret.ts';
import type { HookDeps } from '../../../src/hooks/deps.ts';
import { webhook } from '../../../src/hooks/traffic/webhook.ts';
import { createHttp } from '../../../src/net/http.ts';
import { createRunProcess } from '../../../src/net/process.ts';
import { isSigned } from '../../../src/net/sign.ts';
import type { Behavior } from '../../contracts/hook.ts';
import { aShiftOrder, describeShiftHookContract } from '../../contracts/shift-hook.ts';
import { describeShiftKilled } from '../../contracts/shift-killed.ts';
import { effectErrorOf } from '../../support/effect-error.ts';
import { type StubReply, type StubServer, startStubServer } from '../../support/stub-server.ts';

const secret = 'a-key-of-sufficient-length';
const deps = { http: createHttp(), run: createRunProcess({}) };
const never = new AbortController().signal;

const open = async () => {
  const server = await startStubServer();
  let behavior: Behavior = 'works';
  let weight = 0;
  const orders = () => server.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
  server.reply(({ method, body, url }): StubReply => {
    if (method === 'GET') {
      const isUnreadable = behavior === 'unreadable' || (behavior === 'unreadable after the action' && orders().length > 0);
      return isUnreadable ? { status: 500 } : { body: { weight } };
    }
    if (behavior === 'fails') return { status: 500, body: `cannot do ${url} with ${secret}` };
    if (behavior === 'hangs') return 'hang';
    if (behavior !== 'lies') weight = JSON.parse(body).weight;
    return {};
  });
  const common = { url: `${server.url}/weights`, secret, timeout: '500ms' };
  return {
    build: (given: HookDeps) => ({
      hook: webhook.bind({ ...common, weight_url: `${server.url}/weights/{service}/{environment}` })(given),
      unverifiable: webhook.bind(common)(given),
    }),
    unreachable: webhook.bind({ ...common, url: 'http://127.0.0.1:1/weights' })(deps),
    secret,
    behave: (next: Behavior) => {
      behavior = next;
    },
    weight: () => weight,
    split: (next: number) => {
      weight = next;
    },
    received: () => orders().map((order) => order.weight),
    close: () => server.close(),
  };
};
describeShiftHookContract('webhook', async () => {
  const world = await open();
  return { ...world, ...world.build(deps) };
});
describeShiftKilled('webhook', open);

describe('the requests and answers of the webhook', () => {
  let server: StubServer;
  beforeEach(async () => {
    server = await startStubServer();
  });
  afterEach(() => server.close());
  const bound = (rest = {}) => webhook.bind({ url: `${server.url}/weights`, secret, ...rest })(deps);

  test('the order as signed JSON', async () => {
    await bound().shift(aShiftOrder(), never);
    const { body, headers } = server.requests[0]!;
    const expected = { id: 'bake-1:shift:25', service: 'shop', environment: 'production', release: { version: 'v2' }, weight: 25 };
    expect(JSON.parse(body)).toEqual(expected);
    expect(headers['idempotency-key']).toBe('bake-1:shift:25');
    expect(isSigned(new Secret(secret), { header: String(headers['bakewatch-signature']), body }, { at: Date.now() })).toBe(true);
  });

  test.for<[string, StubReply, number | null]>([
    ['a number', { body: { weight: 25 } }, 25],
    ['a text', { body: { weight: '25 %' } }, 25],
    ['one line', { body: '25\n' }, 25],
    ['a page', { body: '<html>' }, null],
    ['nothing', {}, null],
    ['too much', { body: { weight: 250 } }, null],
  ])('%s', async ([, reply, weight]) => {
    server.reply(reply);
    const asking = bound({ weight_url: `${server.url}/weights` }).weight(aShiftOrder().place, never);
    if (weight === null) expect(await effectErrorOf(asking)).toMatchObject({ kind: 'failed' });
    else expect(await asking).toBe(weight);
  });

  test('an answer at one address does not reveal the other address', async () => {
    const hook = bound({ url: `${server.url}/orders-secret`, weight_url: `${server.url}/weights-secret` });
    server.reply({ status: 400, body: `orders go to ${server.url}/orders-secret` });
    expect((await effectErrorOf(hook.weight(aShiftOrder().place, never))).message).not.toContain('orders-secret');
    server.reply(({ method }) => (method === 'GET' ? { body: '5' } : { status: 400, body: `ask at ${server.url}/weights-secret` }));
    expect((await effectErrorOf(hook.shift(aShiftOrder(), never))).message).not.toContain('weights-secret');
  });

  test('after a 202, the order is retried until the share is reached', async () => {
    server.reply(({ method }) => (method === 'GET' ? { body: { weight: 5 } } : { status: 202 }));
    const shifting = bound({ weight_url: `${server.url}/weights` }).shift(aShiftOrder(), never);
    expect(await effectErrorOf(shifting)).toMatchObject({ kind: 'timeout', message: expect.stringContaining('answered 202') });
  });
});
