import { describe, expect, test } from 'vitest';
import { MovingMeans } from '../../../analyzers/regression/gauge/moving-means.ts';

describe('a step', () => {
  const step = (before: number, forecast: number) =>
    MovingMeans.of({
      values: Float64Array.of(100, 100),
      forecast: Float64Array.of(forecast, forecast),
      before: Float64Array.of(before, before, before),
    });

  test('away from the forecast is one', () => {
    expect(step(50, 50).around('step', 1, 2)).toMatchObject({ mean: 100, against: 50 });
    expect(step(150, 160).around('step', 1, 2)).toMatchObject({ mean: 100, against: 150 });
  });

  test('that returns to the forecast is none', () => {
    expect(step(50, 100).around('step', 1, 2)).toBeNull();
    expect(step(150, 110).around('step', 1, 2)).toBeNull();
    expect(step(150, 50).around('step', 1, 2)).toBeNull();
  });
});
