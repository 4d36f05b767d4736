import { describe, expect, test } from 'vitest';
import { cleanPast } from '../../../analyzers/regression/gauge/clean-past.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { deployedAt, input, regression } from './build.ts';

const stepMs = 300_000;
const day = 288;

type Past = { readonly days?: number; readonly incident?: { readonly from: number; readonly ticks: number; readonly by: number } };

/** A metric that swings between 80 and 120 with the day. `incident`: how many ticks before the end it begins. */
function past({ days = 5, incident }: Past = {}): Float64Array {
  const random = createRandom(7);
  const length = days * day;
  return Float64Array.from({ length }, (_, i) => {
    const before = length - i;
    const isBad = incident !== undefined && before <= incident.from && before > incident.from - incident.ticks;
    return 100 + 20 * Math.sin((2 * Math.PI * i) / day) + random.normal() + (isBad ? incident.by : 0);
  });
}

const clean = (values: Float64Array) => cleanPast({ startAt: 0, stepMs, values }).values;
const largestChange = (values: Float64Array) => Math.max(...clean(values).map((value, i) => Math.abs(value - (values[i] ?? 0))));

/** The outcome of a bake of two hours that goes on as the past of the day before, plus `by`. */
function outcomeOf(values: Float64Array, by = 0): string {
  const bake = Array.from({ length: 24 }, (_, i) => 100 + 20 * Math.sin((2 * Math.PI * i) / day) + by);
  const history = { startAt: deployedAt - values.length * stepMs, stepMs, ticks: { kind: 'value', value: [...values] } } as const;
  const one = { ...input({ kind: 'value', value: bake }, null), history, direction: 'both' as const, forMs: 24 * stepMs };
  return regression().analyze({ ...one, bake: { ...one.bake, stepMs } }).outcome;
}

describe('a past without its incidents', () => {
  test('is the past itself where nothing happened', () => {
    expect(largestChange(past())).toBe(0);
  });

  test('has what is ordinary in place of an incident that is over', () => {
    const [ordinary, disturbed] = [past(), past({ incident: { from: 200, ticks: 30, by: 500 } })];
    const found = clean(disturbed);
    for (const [i, value] of ordinary.entries()) expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(15);
  });

  test('of fewer than three days stays as it is: there is no other day to compare with', () => {
    expect(largestChange(past({ days: 2, incident: { from: 200, ticks: 30, by: 500 } }))).toBe(0);
  });

  test('keeps what happens each day', () => {
    const values = past();
    for (let i = 100; i < values.length; i += day) for (let k = 0; k < 6; k++) values[i + k] = (values[i + k] ?? 0) + 500;
    expect(largestChange(values)).toBe(0);
  });

  test('keeps a change that still lasts', () => {
    expect(largestChange(past({ incident: { from: 36, ticks: 36, by: 500 } }))).toBe(0);
  });

  test('holds gaps, and a past of nothing but gaps', () => {
    const values = past({ incident: { from: 200, ticks: 30, by: 500 } }).map((value, i) => (i % 3 === 0 ? Number.NaN : value));
    expect(clean(values).filter(Number.isNaN)).toHaveLength(values.filter(Number.isNaN).length);
    expect(clean(new Float64Array(900).fill(Number.NaN)).every(Number.isNaN)).toBe(true);
    expect(clean(new Float64Array(0))).toHaveLength(0);
  });
});

test.for([-60, 300, 5_000])('an incident of yesterday at this hour, by %s, does not fail a healthy bake, and hides no bad one', (by) => {
  const values = past({ incident: { from: day, ticks: 24, by } });
  expect([outcomeOf(values), outcomeOf(values, 100)]).toEqual(['pass', 'fail']);
});
