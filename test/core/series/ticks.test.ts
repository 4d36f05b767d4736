import { describe, expect, test } from 'vitest';
import { appendTicks } from '../../../src/core/series/ticks.ts';

describe('appendTicks', () => {
  test('keeps the bucket bounds that both stretches have: counts at a bound are right whatever lies beside it', () => {
    const before = { kind: 'latency', le: [0.1, 0.5, Infinity], buckets: [[5, 8, 10]] } as const;
    const after = { kind: 'latency', le: [0.2, 0.5, 1, Infinity], buckets: [[1, 2, 3, 4], null] } as const;
    expect(appendTicks(before, after)).toEqual({ kind: 'latency', le: [0.5, Infinity], buckets: [[8, 10], [2, 4], null] });
  });

  test('takes the grid of the one that has one', () => {
    const empty = { kind: 'latency', le: [], buckets: [null] } as const;
    const after = { kind: 'latency', le: [0.5, Infinity], buckets: [[2, 4]] } as const;
    expect(appendTicks(empty, after)).toEqual({ kind: 'latency', le: [0.5, Infinity], buckets: [null, [2, 4]] });
    expect(appendTicks(after, empty)).toEqual({ kind: 'latency', le: [0.5, Infinity], buckets: [[2, 4], null] });
  });

  test('never joins different kinds', () => {
    expect(appendTicks({ kind: 'value', value: [1] }, { kind: 'rate', count: [1] })).toBeNull();
  });
});
