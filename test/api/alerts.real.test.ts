import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inbound } from '../../providers/inbound.ts';
import { type HttpListener, listen } from '../../src/app/listen.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import { createHttp } from '../../src/net/http.ts';
import { createRunProcess } from '../../src/net/process.ts';
import { type Alertmanager, hasAlertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aReadingApi } from '../support/reading-api.ts';

describe.skipIf(!hasAlertmanager())('a real Alertmanager that sends its alerts', () => {
  let database: TestDatabase;
  let listener: HttpListener;
  let sender: Alertmanager;
  const http = createHttp();
  beforeAll(async () => {
    database = await aDatabase();
    listener = await listen({ host: '127.0.0.1', port: 0 });
    listener.answer(aReadingApi(database.store, [], { ruleSetFor: () => ({}) as RuleSet }).fetch); // Only whether there are rules is asked.
    sender = await startAlertmanager(`${listener.url}/v1/alerts`);
  });
  afterAll(async () => {
    await sender?.stop();
    await listener?.close();
    await http.close();
    await database.close();
  });

  const tell = async (labels: Record<string, string>, times: object) => {
    const body = JSON.stringify([{ labels, annotations: { summary: 'more than 5 % fail' }, ...times }]);
    const answer = await fetch(`${sender.url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(answer.status).toBe(200);
  };
  const ask = async (service: string) => {
    const provider = inbound.bind({})({ http, run: createRunProcess({}), alerts: database.store });
    const to = Math.ceil(Date.now() / 1_000) * 1_000;
    const window = { from: to - 60_000, to, stepMs: 1_000 };
    const answer = await provider.fetchSeries(
      { form: 'alert', query: 'alerts', match: { service }, window, lookbackMs: 600_000 },
      new AbortController().signal,
    );
    if (answer.shape !== 'alerts') throw new Error(`the answer has the shape ${answer.shape}`);
    return { names: answer.alerts.map(({ name, endedAt }) => `${name} ${endedAt === null ? 'fires' : 'ended'}`), unknown: answer.unknown };
  };

  test('an alert is unknown before anything came, then it fires, and then it has ended', async () => {
    const labels = { alertname: 'HighErrorRate', service: 'shop', environment: 'production' };
    const startsAt = new Date(Date.now() - 5_000).toISOString();
    expect(await ask('shop')).toEqual({ names: [], unknown: expect.stringContaining('no alert of shop') });
    await tell(labels, { startsAt });
    await expect.poll(() => ask('shop'), { timeout: 60_000 }).toEqual({ names: ['HighErrorRate fires'], unknown: null });
    await tell(labels, { startsAt, endsAt: new Date().toISOString() });
    await expect.poll(() => ask('shop'), { timeout: 60_000 }).toEqual({ names: ['HighErrorRate ended'], unknown: null });
  });
});
