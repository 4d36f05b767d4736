import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { playStory, type StoryEnd, type StoryPast, writeStoryPast } from './open-story.ts';
import type { Forecast } from './open-town.ts';
import { calm } from './parcel.ts';
import { parcelRules } from './parcel-rules.ts';
import { startPartialServer } from './partial-answers.ts';
import { busy, deployedAt, fairWeather, sleepy } from './town.ts';

const minute = 60_000;

/** The share of the new release's requests that fail. */
const failing =
  (share: number): Forecast =>
  ({ version }) => ({ ...fairWeather, parcel: { ...calm, failing: () => (version === 'v2' ? share : 0) } });

/** The dependency is out from a minute after the deploy to another: whatever runs, three in ten requests fail, also those of the neighbour. */
const outage =
  (fromMinute: number, toMinute: number): Forecast =>
  ({ at }) => {
    const isOut = at > deployedAt + fromMinute * minute && at <= deployedAt + toMinute * minute;
    return isOut ? { parcel: { ...calm, failing: () => 0.3 }, stamps: 0.3, postal: 0.6 } : fairWeather;
  };

describe.runIf(hasPrometheus())('what a busy shop does not show', () => {
  let past: StoryPast;
  beforeAll(() => {
    past = writeStoryPast({ days: 3, size: busy, seed: 1 });
  });
  afterAll(() => rmSync(past.blocks, { recursive: true, force: true }));

  test('a selector with a wrong label is unproven: the pass has low confidence, and everybody is told why', async () => {
    const rules = parcelRules({ bad: 'parcel_http_responses_total{job="parcel",status="500"}' });
    const end = await playStory({ past, seed: 4, rules, weather: failing(0.12) });
    expect([end.deploy.state, end.code, end.deploy.confidence]).toEqual(['passed', 0, 'low']);
    const unproven = /unproven: `bad` has matched no series .*status_class/;
    expect(end.log[0]).toMatch(unproven);
    const plainReport = end.report.replaceAll('\\', '');
    for (const text of [end.deploy.reasons.join('\n'), end.printed.join('\n'), reasonsOf(end, 'passed'), plainReport, end.page])
      expect(text).toMatch(unproven);
  });

  test('its owner may confirm that there never was a failure', async () => {
    const rules = parcelRules({ bad: 'parcel_http_responses_total{job="parcel",status_class="6xx"}', errors: '    never_seen: ok\n' });
    const end = await playStory({ past, seed: 4, rules, weather: () => fairWeather });
    expect([end.deploy.state, end.code, end.deploy.confidence]).toEqual(['passed', 0, 'full']);
  });

  test('a metric that does not exist: inconclusive, and it says so', async () => {
    const metric = 'parcel_http_replies_total';
    const rules = parcelRules({ bad: `${metric}{job="parcel",status_class="5xx"}`, total: `${metric}{job="parcel"}`, isShort: true });
    const end = await playStory({ past, seed: 4, rules, weather: failing(0.12) });
    expect([end.deploy.state, end.code, end.running]).toEqual(['inconclusive', 5, 'v2']);
    expect(end.log[0]).toMatch(new RegExp(`^warning: errors: .*no series.*${metric}`));
    expect(end.headline).toMatch(/^Errors: no data /);
  });

  test('metrics that stop after 90 s do not pass', async () => {
    const weather: Forecast = ({ version, sinceMs }) =>
      version === 'v2' ? { ...fairWeather, parcel: { ...calm, isSilent: sinceMs > 1.5 * minute } } : fairWeather;
    const end = await playStory({ past, seed: 4, weather });
    expect([end.deploy.state, end.code, end.running]).toEqual(['inconclusive', 5, 'v2']);
    expect(end.headline).toMatch(/^(?:Errors|Latency|Memory|Orders): (?:no|too little) data for the last \d+m/);
  });

  test('a server that answers in part is an error, never a count', async () => {
    // Every question is asked three times, with pauses: fewer passes keep the test short.
    const rules = parcelRules({ bake: '{ for: 4m, every: 1m, warmup: 30s, extend: 2m }', isShort: true });
    const end = await playStory({ past, seed: 4, rules, weather: failing(0.5), between: startPartialServer });
    expect([end.deploy.state, end.code, end.running]).toEqual(['inconclusive', 5, 'v2']);
    expect(end.headline).toMatch(/could not ask.*(?:partial|in part|incomplete)/);
  });

  test('an outage of a dependency: people hear that the cause may lie elsewhere, and it is no change failure', async () => {
    const end = await playStory({ past, seed: 4, weather: outage(5, 14) });
    expect(end.code).not.toBe(0);
    expect(reasonsOf(end, 'unhealthy')).toMatch(/^Errors: [23]\d(?:\.\d)? % of responses failed\b/);
    expect(end.notices.flatMap(({ title, reasons }) => [title, ...reasons]).join('\n')).toMatch(/stamps/);
    expect(end.report).toMatch(/stamps/);
    expect(end.report).toMatch(/elsewhere|no change failure|not a change failure/i);
  });

  test('`unless` excuses the deploy while the dependency is out, and it passes afterwards', async () => {
    const postal = `  postal:
    provider: prom
    ratio:
      bad: postal_http_responses_total{job="postal",status_class="5xx"}
      total: postal_http_responses_total{job="postal"}
    fail_when: { above: 10%, for: 2 of 3 }
    critical: false
`;
    const end = await playStory({
      past,
      seed: 4,
      rules: parcelRules({ errors: '    unless: postal\n', more: postal }),
      weather: outage(5, 9),
    });
    expect(end.running).toBe('v2');
    expect([end.deploy.state, end.code]).toEqual(['passed', 0]);
    expect(end.notices.flatMap(({ reasons }) => reasons).join('\n')).toMatch(/postal/i);
  });
});

describe.runIf(hasPrometheus())('a shop with a request a minute', () => {
  let past: StoryPast;
  beforeAll(() => {
    past = writeStoryPast({ days: 3, size: sleepy, seed: 5 });
  });
  afterAll(() => rmSync(past.blocks, { recursive: true, force: true }));
  const rules = parcelRules({ isShort: true });

  test('a release that fails every second request is rolled back', async () => {
    const end = await playStory({ past, seed: 6, rules, weather: failing(0.5) });
    expect([end.deploy.state === 'rolled_back' || end.deploy.state === 'failed', end.running]).toEqual([true, 'v1']);
    expect(reasonsOf(end, 'unhealthy')).toMatch(/^Errors: (?:\d+ of \d+ responses failed|.* % of responses failed \(\d+ of \d+\))/);
  });

  test.for([
    { ends: 'inconclusive', code: 5, confidence: null, more: '', headline: /^Errors: .*\d+ of the 20\b/ },
    {
      ends: 'passed',
      code: 0,
      confidence: 'low',
      more: 'when_undecided: pass\n',
      headline: /^undecided after 30m; .*when_undecided: pass/,
    },
  ])('half of it is too little to judge a healthy one by a limit: it ends $ends', async ({ more, headline, ...ends }) => {
    const weather: Forecast = () => ({ ...fairWeather, parcel: { ...calm, traffic: 0.5 } });
    const end = await playStory({ past, seed: 7, rules: rules + more, weather });
    const { state, confidence } = end.deploy;
    expect({ ends: state, code: end.code, confidence, running: end.running }).toEqual({ ...ends, running: 'v2' });
    expect(end.headline).toMatch(headline);
  });
});

/** What a notice says, a reason a line. */
function reasonsOf({ notices }: StoryEnd, topic: string): string {
  return notices.find((notice) => notice.topic === topic)?.reasons.join('\n') ?? '';
}
