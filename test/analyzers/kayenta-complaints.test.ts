import { expect, test } from 'vitest';
import { mannWhitney } from '../../analyzers/mann-whitney.ts';
import { analyze } from '../support/analyze.ts';
import { times } from '../support/builders.ts';

type Readings = readonly (number | null)[];
type Row = {
  readonly name: string;
  readonly canary: Readings;
  readonly control: Readings;
  readonly params?: object;
  readonly outcome: string;
};

const ones = times(10, 1);
const rollUp: Readings = [1, 2, 1, 2, 1].flatMap((errors) => [errors, ...times(4, null)]);
const silent = times(25, null);
const up = { direction: 'up' };
const swinging: Readings = [1, 100, 4, 101, 5, 102, 6, 103, 7, 104, 8, 105, 9, 106, 17];
const calm: Readings = [10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17, 17.1, 17.2, 17.3, 17.4, 17.5, 17.6, 17.7];
const sparse: Readings = [null, 0.048, null, 0.18, 0.089, null, 0.098, 0.035, null, null];

/** Figures that users of Kayenta complained of, with what Kayenta answers: whoever comes from there gets the same, and no better. */
const rows: readonly Row[] = [
  { name: 'other variability at much the same level', canary: calm, control: swinging, outcome: 'pass' },
  { name: '70 % of readings a hundred times higher', canary: [...times(7, 100), 1, 1, 1], control: ones, outcome: 'pass' },
  { name: '80 % of readings a hundred times higher', canary: [...times(8, 100), 1, 1], control: ones, outcome: 'fail' },
  { name: 'few scores over a baseline of zero', canary: [0, 1, 2, 1, 0, 0], control: times(6, 0), outcome: 'pass' },
  {
    name: 'errors in the canary alone',
    canary: sparse,
    control: times(10, null),
    params: { ...up, nan_strategy: 'replace' },
    outcome: 'pass',
  },
  { name: 'errors rolled up, gaps replaced', canary: rollUp, control: silent, params: { ...up, nan_strategy: 'replace' }, outcome: 'pass' },
  { name: 'errors rolled up, gaps removed', canary: rollUp, control: silent, params: up, outcome: 'inconclusive' },
  { name: 'errors all the time over a baseline of zero', canary: [1, 4, 2, 3, 1], control: times(5, 0), params: up, outcome: 'fail' },
  { name: 'a control whose mean is zero', canary: [54.9, 54.5, 55.1, 55.6, 57.4], control: times(5, 0), outcome: 'fail' },
];

test.for(rows)('mann_whitney answers as Kayenta does: $name, $outcome', ({ canary, control, params, outcome }) => {
  const bake = { kind: 'value', value: canary } as const;
  const before = { kind: 'value', value: control } as const;
  expect(analyze(mannWhitney, { params: { to: { kind: 'before' }, ...params }, bake, before, minSamples: 1 }).outcome).toBe(outcome);
});
