import { expect, test } from 'vitest';
import { aCheck, wrongWith } from './build.ts';

const rows = [
  {
    name: 'an empty regression',
    file: aCheck('value: a\nfail_when: { regression: }'),
    says: ['8:30 checks.c.fail_when.regression: is empty; it must be a map (known: tolerance, direction)'],
  },
  {
    name: 'a regression that is damped',
    file: aCheck('value: a\nfail_when: [{ regression: {}, for: 2 of 3 }]'),
    says: ['8:35 checks.c.fail_when[0].for: does not apply to regression, which weighs all readings together (leave `for` out)'],
  },
  {
    name: 'a drop that is damped',
    file: aCheck('rate: a\nfail_when: { drop: { tolerance: 10% }, for: 2 of 3 }'),
    says: ['8:44 checks.c.fail_when.for: does not apply to drop, which weighs all readings together (leave `for` out)'],
  },
  {
    name: 'a regression beside a bound in one entry',
    file: aCheck('value: a\nfail_when: { above: 1, regression: {} }'),
    says: ['8:16 checks.c.fail_when: mixes above, regression (make them entries of their own; any one is enough to fail)'],
  },
  {
    name: 'a mistyped tolerance',
    file: aCheck('value: a\nfail_when: { regression: { tolerence: 50% } }'),
    says: ['8:32 checks.c.fail_when.regression.tolerence: is not a known key (did you mean `tolerance`? known: tolerance, direction)'],
  },
  {
    name: 'a tolerance of 5000 %',
    file: aCheck('value: a\nfail_when: { regression: { tolerance: 50 } }'),
    says: ['8:43 checks.c.fail_when.regression.tolerance: 50 means 5000% (write 50% or 0.5)'],
  },
  {
    name: 'a negative tolerance',
    file: aCheck('value: a\nfail_when: { regression: { tolerance: -5% } }'),
    says: ['8:43 checks.c.fail_when.regression.tolerance: -5% is negative (write a share such as 20% or 0.2)'],
  },
  {
    name: 'a drop of everything',
    file: aCheck('rate: a\nfail_when: { drop: { tolerance: 100% } }'),
    says: ['8:37 checks.c.fail_when.drop.tolerance: 100% is everything, so this could never fail (write less than 100%)'],
  },
  {
    name: 'a direction of a drop',
    file: aCheck('rate: a\nfail_when: { drop: { direction: up } }'),
    says: ['8:26 checks.c.fail_when.drop.direction: is not a known key (known: tolerance)'],
  },
  {
    name: 'a Mann-Whitney test that is damped',
    file: aCheck('rate: a\nfail_when: { mann_whitney: {}, for: 2 of 3 }'),
    says: ['8:36 checks.c.fail_when.for: does not apply to mann_whitney, which weighs all readings together (leave `for` out)'],
  },
  {
    name: 'a trend that is damped',
    file: aCheck('value: a\nfail_when: { trend: {}, for: 2 of 3 }'),
    says: ['8:29 checks.c.fail_when.for: does not apply to trend, which weighs all readings together (leave `for` out)'],
  },
  {
    name: 'a sensitivity of nothing',
    file: aCheck('rate: a\nfail_when: { anomaly: { sensitivity: 0 } }'),
    says: ['8:42 checks.c.fail_when.anomaly.sensitivity: must be at least 1'],
  },
  {
    name: 'slowness of what is no latency',
    file: aCheck('rate: a\nfail_when: { anomaly: { slower_than: 1s } }'),
    says: ['8:29 checks.c.fail_when.anomaly.slower_than: is for a latency check, and this one asks for a rate'],
  },
  {
    name: 'a Mann-Whitney test against no control',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { to: control } }'),
    says: [
      '8:38 checks.c.fail_when.mann_whitney.to: there is no control to compare with (add a `control:` section with `canary` and `stable` matchers)',
    ],
  },
  {
    name: 'a confidence of one half and less',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { confidence: 2% } }'),
    says: ['8:46 checks.c.fail_when.mann_whitney.confidence: no test can be that sure, or that unsure (write 50% to 99.99%)'],
  },
  {
    name: 'a confidence without its percent sign',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { confidence: 98 } }'),
    says: ['8:46 checks.c.fail_when.mann_whitney.confidence: 98 means 9800% (write 98% or 0.98)'],
  },
  {
    name: 'an interval shorter than a tick',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { interval: 5s } }'),
    says: ['8:44 checks.c.fail_when.mann_whitney.interval: 5s is shorter than one tick of 15s'],
  },
  {
    name: 'an interval longer than the bake',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { interval: 1h } }'),
    says: ['8:44 checks.c.fail_when.mann_whitney.interval: 1h is longer than the bake of 15m'],
  },
  {
    name: 'a probability above one',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { effect_size: cles, allowed_increase: 1.2 } }'),
    says: ['8:71 checks.c.fail_when.mann_whitney.allowed_increase: 1.2 is no probability (write 0 to 1)'],
  },
  {
    name: 'zero in the place of a share of nothing',
    file: aCheck('latency: a\nfail_when: { mann_whitney: { nan_strategy: replace } }'),
    says: [
      '8:48 checks.c.fail_when.mann_whitney.nan_strategy: a share of no requests is not zero (leave it out: ticks without requests are left out)',
    ],
  },
  {
    name: 'a parameter that Kayenta writes otherwise',
    file: aCheck('rate: a\nfail_when: { mann_whitney: { allowedIncrease: 1.2 } }'),
    says: [
      '8:34 checks.c.fail_when.mann_whitney.allowedIncrease: is not a known key (did you mean `allowed_increase`? known: to, tolerance, confidence, interval, effect_size, allowed_increase, allowed_decrease, nan_strategy, direction, slower_than)',
    ],
  },
  {
    name: 'a direction against that of the check',
    file: aCheck('value: a\ndirection: up\nfail_when: { regression: { direction: down } }'),
    says: ['8:16 checks.c.direction: `fail_when` says that down is worse, not up (remove `direction`)'],
  },
] as const;

test.for(rows)('fail_when says what is wrong with $name', ({ file, says }) => {
  expect(wrongWith(file)).toEqual(says);
});
