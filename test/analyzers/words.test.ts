import { describe, expect, test } from 'vitest';
import { headlineFor, type MetricForm, rankWords, shortPast, sureness, toleratedWords } from '../../analyzers/words.ts';
import { defaultUnit } from '../../src/core/series/check-unit.ts';

const form = (rest: Partial<MetricForm> = {}): MetricForm => ({
  kind: 'ratio',
  unit: defaultUnit(rest.kind ?? 'ratio'),
  hasExposure: false,
  direction: 'up',
  ...rest,
});

describe('a headline', () => {
  const orders = { value: 'orders', samples: 'readings', bound: '' };
  test.for<[text: string, form: MetricForm, measured: { value: number; samples: number; events?: number }]>([
    ['11.2 % of requests failed (12 of 107), was it', form(), { value: 12 / 107, samples: 107 }],
    ['3 of 6 requests failed, was it', form(), { value: 0.5, samples: 6 }],
    ['none of 951 requests failed, was it', form(), { value: 0, samples: 951 }],
    ['1 request failed, was it', form(), { value: 1, samples: 1 }],
    ['no request failed (of 1), was it', form(), { value: 0, samples: 1 }],
    ['62 % of requests (620 of 1,000), was it', form({ direction: 'down' }), { value: 0.62, samples: 1_000 }],
    ['77 % of requests slower than 50 ms (77 of 100), was it', form({ kind: 'latency', bound: 0.05 }), { value: 0.77, samples: 100 }],
    [
      '5 % of requests above 2 MB (5 of 100), was it',
      form({ kind: 'latency', bound: 2e6, unit: { ...defaultUnit('latency'), bound: 'bytes' } }),
      { value: 0.05, samples: 100 },
    ],
    ['122 MB, was it', form({ kind: 'value', unit: { ...defaultUnit('value'), value: 'bytes' } }), { value: 121_751_670, samples: 1 }],
    ['0.133 orders/s, was it', form({ kind: 'rate', unit: orders }), { value: 2 / 15, samples: 1 }],
    [
      '82 orders, 0.04 per unit of exposure, was it',
      form({ kind: 'rate', unit: orders, hasExposure: true }),
      { value: 0.04, samples: 2_050, events: 82 },
    ],
  ])('%s', ([text, how, measured]) => {
    expect(headlineFor(how, measured, ', was it')).toBe(text);
  });

  test('leaves the counts out where it would be too long, and then takes the shorter ending', () => {
    const measured = { value: 0.217, samples: 106 };
    const long = ', allowed 10 %: fails if it lasts';
    expect(headlineFor(form(), measured, long, ', allowed 10 %')).toBe(`21.7 % of requests failed${long}`);
    const longer = `${long}, and so on`;
    expect(headlineFor(form(), measured, longer, ', allowed 10 %')).toBe('21.7 % of requests failed (23 of 106), allowed 10 %');
  });
});

test.for([
  [100, 'sure: at most one healthy bake in 100 looks like this'],
  [199, 'sure: at most one healthy bake in 200 looks like this'],
  [190, 'sure: at most one healthy bake in 100 looks like this'],
  [499, 'very sure: at most one healthy bake in 500 looks like this'],
  [999.9, 'very sure: at most one healthy bake in 1,000 looks like this'],
  [12_345, 'very sure: at most one healthy bake in 10,000 looks like this'],
  [Number.POSITIVE_INFINITY, 'very sure: at most one healthy bake in 1 million looks like this'],
] as const)('odds of %d read: %s', ([odds, text]) => {
  expect(sureness(odds)).toBe(text);
});

test('a limit that three digits do not tell from the measured value is no number', () => {
  const words = (measured: number, limit: number, side: 'up' | 'down') => toleratedWords(String, { measured, limit, side });
  expect([words(3, 2, 'up'), words(1, 2, 'down')]).toEqual(['tolerated up to 2', 'tolerated down to 2']);
  const rounded = toleratedWords((value) => value.toFixed(0), { measured: 1_715, limit: 1_715.4, side: 'down' });
  expect(rounded).toBe('tolerated down to a little more than that');
});

test('few healthy bakes of the past are a note, and no rank', () => {
  expect([shortPast(0), shortPast(4), shortPast(160)]).toEqual([
    'the past is too short to hold a healthy bake',
    'the past holds only 4 healthy bakes',
    '',
  ]);
  expect([rankWords('more than', 4, 4), rankWords('more than', 160, 160), rankWords('more than', 158, 160)]).toEqual([
    '',
    '; sure: more than all 160 healthy bakes of the same length',
    '; sure: more than 158 of 160 healthy bakes of the same length',
  ]);
});
