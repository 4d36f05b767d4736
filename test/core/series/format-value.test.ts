import { describe, expect, test } from 'vitest';
import { formatValue } from '../../../src/core/series/format-value.ts';

describe('a measured value', () => {
  test.for([
    ['share', 0.04217, '4.22 %'],
    ['share', 0.00001, '0.001 %'],
    ['share', 6.2e-7, 'under 0.001 %'],
    ['share', 0, '0 %'],
    ['share', 0.9997, '99.97 %'],
    ['share', 1, '100 %'],
    ['%', 12.345, '12.3 %'],
    ['seconds', 0.2304, '230 ms'],
    ['seconds', 1.234, '1.23 s'],
    ['seconds', 0.9996, '1 s'],
    ['seconds', 0.000_05, '50 µs'],
    ['seconds', 0, '0 s'],
    ['seconds', 90, '90 s'],
    ['seconds', 7_265, '2h1m10s'],
    ['milliseconds', 1_234, '1.23 s'],
    ['bytes', 148_900_000, '149 MB'],
    ['bytes', 999.7, '1 kB'],
    ['bytes', 0, '0 B'],
    ['bytes', -2_000, '-2 kB'],
    ['bytes/second', 3_210_000, '3.21 MB/s'],
    ['celsius', 81, '81 °C'],
    ['orders', 82, '82 orders'],
    ['orders', 1, '1 order'],
    ['queries', 1, '1 query'],
    ['events/second', 0.1312, '0.131 events/s'],
    ['', 121_751_670, '122 million'],
    ['', 12_345, '12,300'],
    ['', 3.4e9, '3.4 billion'],
    ['', Number.NaN, 'NaN'],
  ] as const)('%s of %d reads %s', ([unit, value, text]) => {
    expect(formatValue(unit, value)).toBe(text);
  });
});
