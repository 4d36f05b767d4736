import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { poll } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';
import { openShop, type Shop } from './shop.ts';

describe.runIf(hasPrometheus())('a provider in trouble never rolls anything back', () => {
  let shop: Shop;
  let between: StubServer;
  let mode: 'through' | 'garbage' | 'slow' | 'hang' | 'partial' = 'through';
  beforeAll(async () => {
    between = await startStubServer();
    let real = '';
    shop = await openShop({
      forSeconds: 6,
      extendSeconds: 40,
      providerUrl: (url) => {
        real = url;
        return between.url;
      },
    });
    between.reply(async ({ method, url, body, headers }) => {
      if (mode === 'hang') return 'hang';
      if (mode === 'garbage') return { status: 200, body: '<html>welcome to the proxy</html>' };
      const type = headers['content-type'];
      const answer = await fetch(`${real}${url}`, {
        method,
        ...(method === 'POST' && { body }),
        headers: type ? { 'content-type': type } : {},
      }).catch(() => null);
      if (answer === null) return { status: 502, body: 'bad gateway' };
      return {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
        body: mode === 'partial' ? (await answer.text()).replace('{', '{"warnings":["store b: no connection"],') : await answer.text(),
        ...(mode === 'slow' && { delayMs: 700 }),
      };
    });
  });
  afterAll(async () => {
    await shop?.close();
    await between?.close();
  });

  async function troubled(version: string, start: () => void, end: () => void) {
    const id = await shop.deploy(version);
    await poll('a tick passed', async () => (await shop.show(id)).checks[0]?.outcome === 'pass');
    start();
    await poll('the team hears that nothing can be seen', () => shop.topics(id).includes('blind'));
    expect((await shop.show(id)).state).toBe('baking');
    expect((await shop.show(id)).checks[0]?.outcome).toBe('error');
    end();
    const passed = await shop.until(id, 'passed');
    await poll('the team hears that it can be seen again', () => shop.topics(id).includes('sighted'));
    expect(shop.rollbacks()).toEqual([]);
    return passed;
  }

  test('answering garbage: the bake is extended, people are told, and it passes once it can be asked again', async () => {
    await troubled(
      'garbage',
      () => (mode = 'garbage'),
      () => (mode = 'through'),
    );
  });

  test('answering only in part: the same, though the part looks healthy', async () => {
    await troubled(
      'partial',
      () => (mode = 'partial'),
      () => (mode = 'through'),
    );
  });

  test('hanging: the same', async () => {
    await troubled(
      'hang',
      () => (mode = 'hang'),
      () => (mode = 'through'),
    );
  });

  test('paused for real (SIGSTOP): the same', async () => {
    await troubled('paused', shop.prometheus.pause, shop.prometheus.resume);
  });

  test('slow: the bake is judged all the same', async () => {
    mode = 'slow';
    const id = await shop.deploy('slow');
    await shop.until(id, 'passed');
    mode = 'through';
  });

  test('killed for good: inconclusive at the limit, never failed, and people are told', async () => {
    const id = await shop.deploy('killed');
    await poll('a tick passed', async () => (await shop.show(id)).checks[0]?.outcome === 'pass');
    shop.failing(0.5);
    await shop.prometheus.kill();
    const ended = await shop.until(id, 'inconclusive');
    expect(ended.summary).toContain('could not ask');
    await poll('the team was told', () => shop.topics(id).includes('inconclusive'));
    expect(shop.topics(id)).toEqual(['started', 'blind', 'inconclusive']);
    expect(shop.rollbacks()).toEqual([]);
  });
});
