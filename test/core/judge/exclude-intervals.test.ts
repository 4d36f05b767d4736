import { expect, test } from 'vitest';
import type { Bake } from '../../../src/core/bake/bake.ts';
import { unhealthyIntervals } from '../../../src/core/bake/unhealthy-intervals.ts';
import { excludeIntervals } from '../../../src/core/judge/exclude-intervals.ts';
import type { Stretch, Ticks } from '../../../src/core/series/ticks.ts';

const base = { id: 'd', cause: 'release', begunAt: 100, deployedAt: 110 } as const;
const reasons = ['errors'] as const;
const order = { id: 'd:1', target: { deployId: 'c', version: 'v1' }, reasons } as const;
const rolledBack: Bake = { ...base, state: 'rolled_back', at: 160, order };
const left: Bake = { ...base, state: 'failed', at: 150, rolledBack: 'no', reasons };
const next: Bake = { ...base, id: 'e', begunAt: 400, deployedAt: null, state: 'warming', nextAt: 500 };

test.each<[string, readonly Bake[], readonly { from: number; to: number }[]]>([
  ['a release that passed was healthy', [{ ...base, state: 'passed', at: 150, by: null, confidence: 'full', reasons }], []],
  ['one that was rolled back was not, from the deploy until the recovery', [rolledBack], [{ from: 110, to: 160 }]],
  ['one that failed and stayed was not until the next deploy', [next, left], [{ from: 110, to: 400 }]],
  ['or still is not', [left], [{ from: 110, to: 1000 }]],
  ['one that failed after its rollback was not until then', [{ ...left, rolledBack: 'yes' }, next], [{ from: 110, to: 150 }]],
  ['one that is being rolled back is not', [{ ...base, state: 'rolling_back', since: 150, order, nextAt: 200 }], [{ from: 110, to: 1000 }]],
  ['without the instant of the deploy, its registration counts', [{ ...rolledBack, deployedAt: null }], [{ from: 100, to: 160 }]],
])('%s', (_, bakes, intervals) => {
  expect(unhealthyIntervals(bakes, 1000)).toEqual(intervals);
});

const columns: readonly Ticks[] = [
  { kind: 'ratio', bad: [1, 2, 3, 4], total: [5, 6, 7, 8] },
  { kind: 'rate', count: [1, 2, 3, 4], exposure: [1, 1, 1, 1] },
  { kind: 'latency', le: [1, Infinity], buckets: [[1, 2], [1, 2], [1, 2], null] },
  { kind: 'value', value: [1, 2, 3, 4] },
];

test.each(columns)('every tick of a $kind that touches the interval is missing, and no other', (ticks) => {
  const stretch: Stretch = { startAt: 0, stepMs: 10, ticks };
  const out = excludeIntervals(stretch, [{ from: 10, to: 21 }]);
  const missing = { ...ticks } as Record<string, unknown>;
  for (const key of ['bad', 'total', 'count', 'exposure', 'buckets', 'value']) {
    const column = missing[key];
    if (Array.isArray(column)) missing[key] = column.map((value, i) => (i === 1 || i === 2 ? null : value));
  }
  expect(out).toEqual({ startAt: 0, stepMs: 10, ticks: missing });
  expect(excludeIntervals(stretch, [])).toBe(stretch);
});
