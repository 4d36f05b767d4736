import { expect, test } from 'vitest';
import { withAlerts } from '../../../src/core/judge/alert-reason.ts';
import { explain } from '../../../src/core/judge/explanation.ts';
import type { Verdict } from '../../../src/core/judge/verdict.ts';
import type { AlertRun } from '../../../src/core/series/alerts.ts';

const deployedAt = Date.parse('2026-03-14T12:00:00Z');
const minute = 60_000;
const window = { from: deployedAt + 4 * minute, to: deployedAt + 5 * minute, stepMs: minute };
const pass: Verdict = { outcome: 'pass', ...explain('no alert fires') };
const fail: Verdict = { outcome: 'fail', ...explain('an alert fires', 'active since then') };
const open: Verdict = { outcome: 'inconclusive', ...explain('an alert is there', 'why') };
const aRun = (more: Partial<AlertRun> = {}): AlertRun => ({
  name: 'HighErrorRate',
  summary: '7 % of requests fail',
  labels: {},
  activeAt: deployedAt + 2 * minute,
  firingAt: deployedAt + 3 * minute,
  endedAt: null,
  muted: null,
  ...more,
});
const say = (verdict: Verdict, alerts: readonly AlertRun[], unknown: string | null = null) =>
  withAlerts(verdict, { answer: { shape: 'alerts', series: [], alerts, unknown, knownFrom: null }, window, deployedAt });

test.for<{ name: string; given: Verdict; says: string }>([
  {
    name: 'a failure names the alert, since when, and its summary',
    given: say(fail, [aRun()]),
    says: 'HighErrorRate fires since 12:03:00 UTC: 7 % of requests fail; active since then; HighErrorRate: 7 % of requests fail',
  },
  {
    name: 'a failure whose alert is over says so',
    given: say(fail, [aRun({ endedAt: deployedAt + 3.5 * minute })]),
    says: 'an alert fires; active since then; by now no new alert fires',
  },
  {
    name: 'a failure is not headlined by an alert that is older than the deploy',
    given: say(fail, [aRun({ endedAt: deployedAt + 3.5 * minute }), aRun({ name: 'Old', activeAt: deployedAt - minute, summary: '' })]),
    says: 'an alert fires; active since then; by now no new alert fires; also active: Old',
  },
  {
    name: 'a pending alert is named',
    given: say(open, [aRun({ firingAt: null, summary: '' })]),
    says: 'HighErrorRate is pending since 12:02:00 UTC; why',
  },
  {
    name: 'an alert from before the deploy is named',
    given: say(open, [aRun({ activeAt: deployedAt - minute, summary: '' })]),
    says: 'HighErrorRate was firing before the deploy: cannot say; why',
  },
  {
    name: 'what is not known has its reason',
    given: say(open, [], 'no alerting rule makes alerts with alertname="X"'),
    says: 'no alerting rule makes alerts with alertname="X"; why',
  },
  {
    name: 'a silenced alert is named, and passes',
    given: say(pass, [aRun({ muted: 'silenced' })]),
    says: 'no alert fires; HighErrorRate fires, but it is silenced: it does not count',
  },
  {
    name: 'further alerts are named',
    given: say(fail, [aRun({ summary: '' }), aRun({ name: 'Slow', activeAt: deployedAt + minute })]),
    says: 'HighErrorRate fires since 12:03:00 UTC; active since then; also active: Slow',
  },
  { name: 'no alert changes nothing', given: say(pass, []), says: 'no alert fires' },
])('$name', ({ given, says }) => {
  expect(given.reason).toBe(says);
});

test('the outcome never changes', () => {
  for (const verdict of [pass, fail, open])
    for (const alerts of [[], [aRun()], [aRun({ muted: 'inhibited' })]]) expect(say(verdict, alerts).outcome).toBe(verdict.outcome);
});
