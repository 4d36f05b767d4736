import { expect, test } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';

test('a provider is up or down as it was when it was asked last', async () => {
  const up = new Map([['prom', true]]);
  const { text } = createMetrics({
    bakes: async () => new Map(),
    outboxOldestSeconds: async () => 0,
    schedulerIdleSeconds: () => 0,
    providersUp: () => up,
  });
  const lines = async () => (await text()).split('\n').filter((line) => line.startsWith('bakewatch_provider_up{'));
  expect(await lines()).toEqual(['bakewatch_provider_up{provider="prom"} 1']);
  up.set('prom', false).set('other', true);
  expect(await lines()).toEqual(['bakewatch_provider_up{provider="prom"} 0', 'bakewatch_provider_up{provider="other"} 1']);
});
