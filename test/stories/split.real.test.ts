import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { playStory, type StoryPast, writeStoryPast } from './open-story.ts';
import { calm } from './parcel.ts';
import { parcelRules } from './parcel-rules.ts';
import { fairWeather, type Weather } from './town.ts';

/** Of the new release, one endpoint of 40 has ten times the errors that it had. */
const oneBroken = ({ version }: { readonly version: string }): Weather =>
  version === 'v2' ? { ...fairWeather, parcel: { ...calm, failing: (endpoint) => (endpoint === '/e17' ? 0.05 : 0) } } : fairWeather;

const rules = (by: string) => parcelRules({ isShort: true, errors: by });
const split = '    by: endpoint\n';

describe.runIf(hasPrometheus())('a shop of 40 endpoints', () => {
  let past: StoryPast;
  beforeAll(() => {
    past = writeStoryPast({ days: 1, size: { instances: 2, perSecond: 60, endpoints: 40 }, seed: 11 });
  });
  afterAll(() => rmSync(past.blocks, { recursive: true, force: true }));

  test('of which one breaks: split by endpoint, it is rolled back, and the endpoint is named', async () => {
    const end = await playStory({ past, seed: 12, weather: oneBroken, rules: rules(split) });
    expect([end.deploy.state, end.running]).toEqual(['rolled_back', 'v1']);
    expect(end.headline).toMatch(/^Errors: .*\/e17: \d.* responses failed.*, was 0\.\d+ %/);
    const [errors] = end.deploy.checks;
    expect(errors).toMatchObject({ by: { label: 'endpoint' } });
    expect(end.report).toContain('errors by endpoint');
    expect(end.report).toContain('| /e17 |');
    expect(end.page).toContain('errors by endpoint');
  });

  test('of which one breaks: the total does not show it', async () => {
    const end = await playStory({ past, seed: 12, weather: oneBroken, rules: rules('') });
    expect(end.deploy.state).toBe('passed');
  });

  test('in which nothing is wrong passes, split by endpoint', async () => {
    const end = await playStory({ past, seed: 13, weather: () => fairWeather, rules: rules(split) });
    expect([end.deploy.state, end.deploy.confidence]).toEqual(['passed', 'full']);
  });
});
