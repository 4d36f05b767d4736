import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { gaugeFamilies, madeGaugeEffects, makeGauge } from '../../../bench/accuracy/made-gauges.ts';
import { replay } from '../../../src/core/recording/replay.ts';
import { quick } from '../../support/runs.ts';

/** How many of the made-up bakes of a family fail. */
function failed(familyName: string, effectName: string): number {
  const family = gaugeFamilies.find(({ name }) => name === familyName);
  const effect = madeGaugeEffects.find(({ name }) => name === effectName);
  if (family === undefined || effect === undefined) throw new Error(`there is no ${familyName} with ${effectName}`);
  return seeds.filter((seed) => replay(makeGauge(family, effect, seed).recording, { analyzers, ruleSet: null }).verdict === 'fail').length;
}

const seeds = quick([1, 2, 3, 4, 5, 6, 7, 8], 4);

describe('a gauge that leaps up now and then', () => {
  test('fails where it falls to nothing, which it never does', () => {
    expect(failed('gauge-spikes', 'zero')).toBe(seeds.length);
  });
});

describe('a gauge that varies by factors', () => {
  test('fails where it falls to nothing, however far up it goes now and then', () => {
    expect(failed('gauge-skewed', 'zero')).toBe(seeds.length);
  });
});

describe('a gauge that grows and is emptied again and again', () => {
  test('fails where it falls to nothing, which it never does', () => {
    expect(failed('gauge-counter', 'zero')).toBe(seeds.length);
  });
});

describe('a gauge that climbs and falls with the hour', () => {
  test('fails where its level moves, although an incident lies in its past', () => {
    expect(failed('gauge-hourly', 'incident, shift')).toBe(seeds.length);
  });

  test('stays healthy where it does as every day', () => {
    expect(failed('gauge-hourly', 'none') + failed('gauge-hourly', 'incident')).toBe(0);
  });
});
