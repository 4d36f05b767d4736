import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { makeRate, rateEffects, rateFamilies } from '../../../bench/accuracy/rates.ts';
import { replay } from '../../../src/core/recording/replay.ts';

/** What a made-up shop gets: its bake of an hour after some days, with its sales changed by the deploy. */
function judged(family: string, effect: string, seed: number) {
  const [shop, change] = [rateFamilies.find(({ name }) => name === family), rateEffects.find(({ name }) => name === effect)];
  if (shop === undefined || change === undefined) throw new Error(`no ${family} with ${effect}`);
  const { verdict, checks } = replay(makeRate(shop, change, seed).recording, { analyzers, ruleSet: null });
  return { verdict, reason: checks[0]?.reason ?? '' };
}

const seeds = [1, 2, 3];

describe('a business rate', () => {
  test.for([
    { name: 'that is as it was passes', family: 'rate-usual', effect: 'none', verdicts: ['pass'] },
    { name: 'that falls by 30 % fails', family: 'rate-usual', effect: '-30 %', verdicts: ['fail'] },
    { name: 'of few orders that falls by 30 % is undecided', family: 'rate-few', effect: '-30 %', verdicts: ['inconclusive'] },
    { name: 'of few orders that is as it was is undecided too', family: 'rate-few', effect: 'none', verdicts: ['inconclusive'] },
    {
      name: 'after a sale yesterday at this hour does not fail',
      family: 'rate-sale-yesterday',
      effect: 'none',
      verdicts: ['pass', 'inconclusive'],
    },
    { name: 'that falls by 80 % after a sale yesterday fails', family: 'rate-sale-yesterday', effect: '-80 %', verdicts: ['fail'] },
    {
      name: 'whose level is three times that of yesterday fails where it falls',
      family: 'rate-sale-today',
      effect: '-30 %',
      verdicts: ['fail'],
    },
    { name: 'that nobody counts at night does not fail', family: 'rate-night', effect: 'none', verdicts: ['pass', 'inconclusive'] },
    { name: 'that grows by 2 % a day does not fail', family: 'rate-growing', effect: 'none', verdicts: ['pass', 'inconclusive'] },
  ])('$name', ({ family, effect, verdicts }) => {
    for (const seed of seeds) expect(verdicts).toContain(judged(family, effect, seed).verdict);
  });

  test('says which fall it would have seen, and is never as expected where that is more than a quarter', () => {
    for (const family of ['rate-few', 'rate-small', 'rate-two-days', 'rate-night'])
      for (const seed of seeds) {
        const { verdict, reason } = judged(family, 'none', seed);
        const fall = Number(/a fall of ([\d.]+) % would have been seen/.exec(reason)?.[1] ?? 100);
        if (fall > 25) expect(verdict).toBe('inconclusive');
        if (verdict === 'pass') expect(reason).toContain('as expected');
      }
  });

  test('of twenty orders an hour that fall by 80 % fails', () => {
    const shop = { name: 'twenty', perMinute: 1 / 3, days: 14 };
    for (const seed of seeds) {
      const { recording } = makeRate(shop, { name: '-80 %', times: 0.2, onset: 0 }, seed);
      const { verdict, checks } = replay(recording, { analyzers, ruleSet: null });
      expect(checks[0]?.reason).toMatch(/^[\d.,]+ orders? in 1h, expected [\d.,]+; .+ further off than all \d+ healthy bakes/);
      expect(verdict).toBe('fail');
    }
  });
});
