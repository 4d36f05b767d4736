import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { playStory, type StoryPast, writeStoryPast } from './open-story.ts';
import { type Conditions, calm } from './parcel.ts';
import { busy, fairWeather, type Weather } from './town.ts';

const minute = 60_000;

/** Only the new release behaves like this. */
const ifNew =
  (change: Partial<Conditions>, untilMs = Number.POSITIVE_INFINITY) =>
  ({ sinceMs, version }: { readonly sinceMs: number; readonly version: string }): Weather =>
    version === 'v2' && sinceMs <= untilMs ? { ...fairWeather, parcel: { ...calm, ...change } } : fairWeather;

describe.runIf(hasPrometheus())('releases of a busy shop with metric names of its own', () => {
  let past: StoryPast;
  beforeAll(() => {
    past = writeStoryPast({ days: 3, size: busy, seed: 1 });
  });
  afterAll(() => rmSync(past.blocks, { recursive: true, force: true }));

  test.for([
    {
      name: '12 % of requests fail',
      weather: ifNew({ failing: () => 0.12 }),
      headline: /^Errors: 1\d(?:\.\d)? % of responses failed\b/,
      withinMs: 1.25 * minute,
    },
    {
      name: 'one endpoint, with 5 % of the traffic, fails three times in ten',
      weather: ifNew({ failing: (endpoint) => (endpoint === '/labels' ? 0.3 : 0) }),
      headline: /^Errors: [12](?:\.\d+)? % of responses failed\b.* was 0\.\d+ %/,
      withinMs: 10 * minute,
    },
    {
      name: 'everything takes 20 % longer',
      weather: ifNew({ slowness: 1.2 }),
      headline: /^Latency: \d+(?:\.\d+)? % of requests slower than \d+ ms\b.* was \d+(?:\.\d+)? %/,
      withinMs: 10 * minute,
    },
    {
      name: 'each instance leaks 150 kB a second',
      weather: ifNew({ leakedBytesPerSecond: 150_000 }),
      headline: /^Memory: .*\b\d+ MB\b.*\b\d+ MB\b/,
      withinMs: 12 * minute,
    },
    {
      name: 'customers place 30 % fewer orders',
      weather: ifNew({ orders: 0.7 }),
      headline: /^Orders: \d+ orders in .*\bexpected \d+/,
      withinMs: 12 * minute,
    },
  ])('rolled back: $name', async ({ weather, headline, withinMs }) => {
    const end = await playStory({ past, seed: 2, weather });
    expect([end.deploy.state, end.code, end.running]).toEqual(['rolled_back', 3, 'v1']);
    expect(end.judgedBadMs).toBeLessThan(withinMs);
    expect(end.headline).toMatch(headline);
    expect([...end.headline].length).toBeLessThanOrEqual(80);
    expect(end.printed[0]).toMatch(/^parcel v2 \(production\): rolled back to v1/);
    expect(end.printed.join('\n')).toContain(end.headline);
    expect(end.notices.map(({ topic }) => topic)).toEqual(['started', 'unhealthy', 'rolled_back', 'recovered']);
    expect(end.notices[1]?.reasons[0]).toBe(end.headline);
    expect(end.report).toContain(end.headline);
    expect(end.page).toContain(end.headline);
  });

  test.for([
    { name: 'nothing has changed', weather: ifNew({}) },
    { name: 'a cold start: the first minute takes four times as long', weather: ifNew({ slowness: 4 }, minute) },
    { name: 'the traffic doubles', weather: ifNew({ traffic: 2 }) },
  ])('passed: $name', async ({ weather }) => {
    const end = await playStory({ past, seed: 3, weather });
    expect([end.deploy.state, end.code, end.running]).toEqual(['passed', 0, 'v2']);
    expect(end.deploy.confidence).toBe('full');
    expect(end.notices.map(({ topic }) => topic)).toEqual(['started', 'passed']);
    expect(end.printed[0]).toMatch(/^parcel v2 \(production\): passed/);
  });
});
