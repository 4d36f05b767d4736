import { expect, test } from 'vitest';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { AlertAnswer, AlertRun } from '../../src/core/series/alerts.ts';
import type { MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';
import { inspectRules } from '../../src/usecases/inspect-rules.ts';
import { aCheck, aCondition, aRuleSet, t0 } from '../support/builders.ts';

const aRun = (more: Partial<AlertRun> = {}): AlertRun => ({
  name: 'HighErrorRate',
  summary: '',
  labels: {},
  activeAt: t0,
  firingAt: t0,
  endedAt: null,
  muted: null,
  ...more,
});

async function inspect(
  answer: Partial<AlertAnswer> | ProviderError,
  alert: Readonly<Record<string, string>> = { alertname: 'HighErrorRate', service: '$service' },
  more: { readonly pattern?: string; readonly whyUnaskable?: string } = {},
) {
  const asked: SeriesQuery[] = [];
  const provider: MetricsProvider = {
    ping: async () => {},
    ...(more.whyUnaskable && { whyUnaskable: more.whyUnaskable }),
    fetchSeries: async (query) => {
      asked.push(query);
      if (answer instanceof ProviderError) throw answer;
      return { shape: 'alerts', series: [], alerts: [], unknown: null, knownFrom: null, ...answer };
    },
  };
  const check = aCheck({ name: 'pages', provider: 'am', question: { kind: 'value', alert }, failWhen: [aCondition('alert', {})] });
  const providers = new Map([['am', { provider, settleMs: 0 }]]);
  const ruleSet = aRuleSet({ service: more.pattern ?? 'shop', ...(more.pattern && { pattern: more.pattern }), checks: [check] });
  return { asked, ...(await inspectRules({ providers, now: () => t0 }, ruleSet, new AbortController().signal)) };
}

test('asks for the alerts of the service as they are now', async () => {
  const { asked, lines, findings, failures } = await inspect({});
  expect(asked).toMatchObject([{ form: 'alert', match: { alertname: 'HighErrorRate', service: 'shop' } }]);
  expect(lines).toEqual(['pages: alerts with alertname="HighErrorRate", service="shop": 0 firing, 0 pending']);
  expect([findings, failures]).toEqual([[], []]);
});

test('a rule that does not exist is an error', async () => {
  const { findings } = await inspect({ unknown: 'no alerting rule makes them' });
  expect(findings).toEqual([{ check: 'pages', source: 'alert', severity: 'error', message: 'no alerting rule makes them' }]);
});

test('an alert that is active now is a warning, a silenced one is not', async () => {
  const { lines, findings } = await inspect({
    alerts: [aRun(), aRun({ name: 'Slow', firingAt: null }), aRun({ name: 'Quiet', muted: 'silenced' })],
  });
  expect(lines[0]).toContain('2 firing, 1 pending');
  expect(findings.map(({ severity, message }) => [severity, message.split(' ')[0]])).toEqual([
    ['warning', 'HighErrorRate'],
    ['warning', 'Slow'],
  ]);
});

test('a question that is refused is an error, one that is not answered says nothing about the rules', async () => {
  expect((await inspect(new ProviderError('bad_query', 'no such label'))).findings).toMatchObject([
    { severity: 'error', message: expect.stringContaining('no such label') },
  ]);
  const away = await inspect(new ProviderError('unavailable', 'away'));
  expect([away.findings, away.failures]).toEqual([[], ['pages: away']]);
});

test('a label of the release is left open, and an alert of nothing but such labels is not asked for', async () => {
  expect((await inspect({}, { alertname: 'X', version: '$version' })).asked).toMatchObject([{ match: { alertname: 'X' } }]);
  const { asked, lines } = await inspect({}, { version: '$version' });
  expect(asked).toEqual([]);
  expect(lines[0]).toContain('every label depends on the release');
});

test('an alert of a service that only a pattern knows is not asked for, and neither is one that only a server can answer', async () => {
  const like = await inspect({}, { service: '$service' }, { pattern: 'team-.*' });
  expect([like.asked, like.lines]).toEqual([[], ['pages: not asked, because it depends on the service']]);
  const pushed = await inspect({}, { service: '$service' }, { whyUnaskable: 'only a running server has them' });
  expect([pushed.asked, pushed.lines, pushed.failures]).toEqual([[], ['pages: not asked: only a running server has them'], []]);
});
