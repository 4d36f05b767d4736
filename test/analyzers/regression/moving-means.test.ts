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

describe('a step that the forecast expects', () => {
  const climb = (...values: readonly number[]) =>
    MovingMeans.of({
      values: Float64Array.from(values),
      forecast: Float64Array.of(10, 20, 30, 40, 50),
      before: Float64Array.of(10, 10, 10),
    }).around('step', values.length - 1, 2);

  test('is none', () => {
    expect(climb(10, 20, 30, 40, 50)).toBeNull();
    expect(climb(12, 22, 32, 42, 52)).toBeNull();
  });

  test('counts as far as it goes beyond', () => {
    expect(climb(10, 20, 30, 70, 80)).toMatchObject({ mean: 75, against: 45, expected: 45 });
  });

  test('is no larger than it is, where the forecast expects the contrary', () => {
    expect(climb(10, 20, 30, 10, 10)).toMatchObject({ mean: 10, against: 20 });
  });
});

describe('a forecast with a rival', () => {
  const against = (rival: number) => {
    const both = (value: number) => Float64Array.of(value, value);
    return MovingMeans.of({ values: both(110), forecast: both(100), rivals: [both(rival)], before: new Float64Array() }).around(
      'forecast',
      1,
      2,
    );
  };

  test('that explains a departure at half of its strength', () => {
    expect(against(108)).toMatchObject({ mean: 110, against: 106, expected: 100 });
  });

  test('counts in full where the rival expects something else as well', () => {
    expect(against(105)).toMatchObject({ against: 100 });
    expect(against(90)).toMatchObject({ against: 100 });
  });

  test('counts for nothing where the rival lies on the other side', () => {
    expect(against(115)).toMatchObject({ against: 110 });
  });
});
