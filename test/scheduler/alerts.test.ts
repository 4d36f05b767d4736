import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { AlertAnswer, AlertRun } from '../../src/core/series/alerts.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { aCheck, aCondition, step } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { createWorld, type World } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

type AlertQuery = Extract<SeriesQuery, { form: 'alert' }>;
/** What the provider says of the alerts when it is asked: how the running version behaves, and since when it runs. */
type Says = (running: { readonly version: string; readonly since: number }, query: AlertQuery) => Partial<AlertAnswer> | 'away';

const aRun = (activeAt: number, more: Partial<AlertRun> = {}): AlertRun => ({
  name: 'HighErrorRate',
  summary: '7 % fail',
  labels: { alertname: 'HighErrorRate', service: 'shop' },
  activeAt,
  firingAt: activeAt,
  endedAt: null,
  muted: null,
  ...more,
});

/** A service with one alert check. `asked` has every question. */
async function aWorld(
  says: Says,
  rest: Partial<CheckRule> = {},
): Promise<{ readonly world: World; readonly asked: readonly AlertQuery[] }> {
  const asked: AlertQuery[] = [];
  let newest = { version: 'v0', since: 0 };
  const provider: MetricsProvider = {
    ping: async () => {},
    fetchSeries: async (query) => {
      if (query.form !== 'alert') throw new ProviderError('bad_query', 'alerts only');
      asked.push(query);
      const version = world.platform.running();
      if (version !== newest.version) newest = { version, since: world.clock.now() };
      const answer = says(newest, query);
      if (answer === 'away') throw new ProviderError('unavailable', 'the provider is away');
      return { shape: 'alerts', series: [], alerts: [], unknown: null, knownFrom: null, ...answer };
    },
  };
  const pages = aCheck({
    name: 'pages',
    provider: 'am',
    question: { kind: 'value', alert: { alertname: 'HighErrorRate', service: '$service' } },
    failWhen: [aCondition('alert', {})],
    minSamples: 1,
    direction: 'up',
    ...rest,
  });
  const world = createWorld(database.store, { ruleSet: { checks: [pages] }, more: { am: provider } });
  await world.release('v1', { adopted: true, registeredBy: 'ana' });
  world.clock.advance(step);
  return { world, asked };
}

describe('a release whose alerts are watched', () => {
  test('passes while no alert fires, and is asked for the labels of its service', async () => {
    const { world, asked } = await aWorld(() => ({}));
    const { id } = (await world.release('v1.1')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    expect(asked.every(({ match }) => match.alertname === 'HighErrorRate' && !match.service?.includes('$'))).toBe(true);
    // The lookback reaches ten minutes before the deploy, in every pass.
    const reaches = asked.map(({ window, lookbackMs }) => window.from - lookbackMs);
    expect(new Set(reaches.slice(1)).size).toBe(1);
  });

  test('is rolled back when an alert fires, with its name and summary, and passes the recovery once it is over', async () => {
    const { world } = await aWorld(({ version, since }) => ({ alerts: version === 'v2' ? [aRun(since + step)] : [] }));
    const { id } = (await world.release('v2')).record.deploy;
    const bake = await world.run(id);
    expect(bake).toMatchObject({ state: 'rolled_back', order: { target: { version: 'v1' } } });
    expect(bake).toHaveProperty('order.reasons', [expect.stringMatching(/^Pages: HighErrorRate fires since [\d:]{8} UTC: 7 % fail$/)]);
    const verifying = (await world.store.measurements(id)).filter(({ phase }) => phase === 'verifying');
    expect(verifying.map(({ result }) => result.outcome)).toContain('pass');
  });

  test('is judged the same by a replay of its recording', async () => {
    const { world } = await aWorld(({ version, since }) => ({ alerts: version === 'v2' ? [aRun(since + step)] : [] }));
    const { id } = (await world.release('v2')).record.deploy;
    await world.run(id);
    const read = readRecording(JSON.stringify(await exportRecording(world.store, id)));
    expect(read.ok && replay(read.recording, { analyzers, ruleSet: null })).toMatchObject({
      verdict: 'fail',
      checks: [{ reason: expect.stringContaining('an alert fires') }],
    });
  });

  test.for<{ name: string; says: Says; reason: RegExp }>([
    {
      name: 'fired before the deploy',
      says: () => ({ alerts: [aRun(1_000)] }),
      reason: /HighErrorRate was firing before the deploy: cannot say/,
    },
    {
      name: 'is pending',
      says: ({ version, since }) => ({ alerts: version === 'v2' ? [aRun(since + step, { firingAt: null })] : [] }),
      reason: /HighErrorRate is pending since/,
    },
    { name: 'has no rule', says: () => ({ unknown: 'no alerting rule makes them' }), reason: /no alerting rule makes them/ },
    { name: 'cannot be asked about', says: () => 'away', reason: /the provider is away/ },
  ])('ends inconclusive where the alert $name', async ({ says, reason }) => {
    const { world } = await aWorld(says);
    const bake = await world.run((await world.release('v2')).record.deploy.id);
    expect(bake).toMatchObject({ state: 'inconclusive', reasons: [expect.stringMatching(reason)] });
  });

  test('passes once the alert from before the deploy is over', async () => {
    let count = 0;
    const { world } = await aWorld((_, { window }) => ({ alerts: [aRun(1_000, { endedAt: ++count > 3 ? window.from : null })] }));
    expect(await world.run((await world.release('v2')).record.deploy.id)).toMatchObject({ state: 'passed' });
  });

  test('passes where the alert is silenced, and names it', async () => {
    const { world } = await aWorld(({ since }) => ({ alerts: [aRun(since + step, { muted: 'silenced' })] }));
    const { id } = (await world.release('v2')).record.deploy;
    expect(await world.run(id)).toMatchObject({ state: 'passed' });
    expect((await world.store.measurements(id)).at(-1)?.result.reason).toContain('HighErrorRate fires, but it is silenced');
  });

  test('passes with a provider that only knows the newest tick', async () => {
    const { world } = await aWorld((_, { window }) => ({ knownFrom: window.to - window.stepMs }));
    expect(await world.run((await world.release('v2')).record.deploy.id)).toMatchObject({ state: 'passed' });
  });
});
