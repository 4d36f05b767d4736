import { describe, expect, test } from 'vitest';
import { answersOf, type CheckAnswer } from '../../../src/core/judge/check-answer.ts';
import { headlineOf } from '../../../src/core/judge/headline.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import { asidesOf, isHeadlineOf, reasonLayers } from '../../../src/core/judge/reason-layers.ts';

const window = { from: 0, to: 60_000, stepMs: 15_000 };
const explanation = {
  headline: `9 % of requests failed, ${'was 0.5 % in the last two hours '.repeat(3)}`,
  because: 'as good as certain',
  notes: ['a note'],
};
const fail = { outcome: 'fail', reason: 'all of it', explanation } as const;
const error = { outcome: 'error', kind: 'bad_query', reason: 'parse error' } as const;

function measured(check: string, result: Measurement['result']): Measurement {
  return { check, phase: 'baking', at: 60_000, window, query: 'q', result, ticks: null, control: null };
}

function answers(...measurements: readonly Measurement[]): readonly CheckAnswer[] {
  const names = [...new Set(measurements.map(({ check }) => check))];
  return answersOf(
    names.map((name) => ({ name, critical: !name.startsWith('advisory') })),
    measurements,
  );
}

describe('the layers below a reason', () => {
  test('are those of the check whose headline it is, also where the headline was cut', () => {
    const reason = headlineOf('errors', fail);
    expect(reason).toMatch(/…$/);
    expect(reasonLayers([reason], answers(measured('errors', fail)))).toEqual([
      { text: reason, check: 'errors', because: 'as good as certain', notes: ['a note'] },
    ]);
  });

  test('are found in rows that an older version wrote', () => {
    const old = { outcome: 'fail', reason: '9 % of 100 requests' } as const;
    expect(reasonLayers(['errors: 9 % of 100 requests'], answers(measured('errors', old)))).toMatchObject([{ check: 'errors' }]);
  });

  test('are empty for a reason that is no headline', () => {
    expect(reasonLayers(['not rolled back: frozen'], answers(measured('errors', fail)))).toEqual([
      { text: 'not rolled back: frozen', check: null, because: '', notes: [] },
    ]);
  });

  test.for([
    ['Errors: 9 %', 'errors', '9 %', true],
    ['errors: 9 %', 'errors', '9 %', true],
    ['Errors: 9 %', 'errors', '8 %', false],
    ['Errors of all: 9 %', 'errors', '9 %', false],
    ['Errors: 9…', 'errors', '9 %', true],
    ['Errors: 8…', 'errors', '9 %', false],
  ] as const)('%s is the headline of %s: %s: %s', ([reason, name, headline, expected]) => {
    expect(isHeadlineOf(reason, { name, headline })).toBe(expected);
  });
});

describe('what to know of the other checks', () => {
  test('an advisory failure, a check that could never be asked, and one that proves nothing', () => {
    const pass = { outcome: 'pass', reason: 'fine', unproven: 'no series matches' } as const;
    const all = answers(measured('advisory', fail), measured('broken', error), measured('broken', error), measured('errors', pass));
    expect(asidesOf([], all)).toEqual([
      `advisory fails (advisory): ${explanation.headline}`,
      'broken could not be asked even once (tried 2 times): parse error',
      'errors is unproven: no series matches',
    ]);
  });

  test('nothing that the reasons already say', () => {
    expect(asidesOf(['Broken: could not ask: parse error'], answers(measured('broken', error)))).toEqual([]);
  });

  test('nothing of a check that answered at least once, and nothing of a critical failure', () => {
    const all = answers(measured('errors', { outcome: 'pass', reason: 'fine' }), measured('errors', error), measured('latency', fail));
    expect(asidesOf([], all)).toEqual([]);
  });
});
