import { describe, expect, test } from 'vitest';
import { mannWhitney } from '../../analyzers/mann-whitney.ts';
import { analyze } from '../support/analyze.ts';
import { times } from '../support/builders.ts';
import { figures, figuresOf } from '../support/kayenta-figures.ts';

/** Kayenta's labels and what they are called here. */
const verdicts = {
  High: { outcome: 'fail', reason: /: higher than is tolerated, / },
  Low: { outcome: 'fail', reason: /: lower than is tolerated, / },
  Pass: { outcome: 'pass', reason: /./ },
  Nodata: { outcome: 'inconclusive', reason: /too little data/ },
} as const;

type Row = { readonly name: string; readonly canary: readonly number[]; readonly baseline: readonly number[]; readonly params?: object };
type Labeled = Row & { readonly label: keyof typeof verdicts };

const usual = { to: { kind: 'before' }, tolerance: 0.1, confidence: 0.95, direction: 'both' };

function judge({ canary, baseline, params }: Row) {
  const asked = { bake: { kind: 'value', value: canary }, before: { kind: 'value', value: baseline }, minSamples: 1 } as const;
  return analyze(mannWhitney, { params: { ...usual, ...params }, ...asked });
}

/** The cases of Kayenta's own classifier suite, under its names. */
const rows: readonly Labeled[] = [
  { name: 'Test: Pass Metric', canary: figuresOf(figures.ten), baseline: figuresOf(figures.aboutTen), label: 'Pass' },
  { name: 'Test: High Metric', canary: figuresOf(figures.twentyOne), baseline: figuresOf(figures.aboutTen), label: 'High' },
  { name: 'Test: Low Metric', canary: figuresOf(figures.ten), baseline: figuresOf(figures.twenty), label: 'Low' },
  {
    name: 'Directional Test: Increase',
    canary: figuresOf(figures.ten),
    baseline: figuresOf(figures.twenty),
    params: { direction: 'up' },
    label: 'Pass',
  },
  {
    name: 'Directional Test: Decrease',
    canary: figuresOf(figures.twentyOne),
    baseline: figuresOf(figures.aboutTen),
    params: { direction: 'down' },
    label: 'Pass',
  },
  {
    name: 'Directional Test: High Metric',
    canary: figuresOf(figures.twentyOne),
    baseline: figuresOf(figures.aboutTen),
    params: { direction: 'up' },
    label: 'High',
  },
  {
    name: 'Directional Test: Low Metric',
    canary: figuresOf(figures.ten),
    baseline: figuresOf(figures.twenty),
    params: { direction: 'down' },
    label: 'Low',
  },
  {
    name: 'Test: High Metric (Large Input)',
    canary: figuresOf(figures.rareFailures),
    baseline: figuresOf(figures.rarerFailures),
    label: 'High',
  },
  {
    name: 'Test - Mean Ratio Effect Size: High',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    params: { allowed_increase: 1.2, allowed_decrease: 0.8 },
    label: 'High',
  },
  {
    name: 'Test - Mean Ratio Effect Size: Low',
    canary: figuresOf(figures.ten),
    baseline: figuresOf(figures.twenty),
    params: { allowed_increase: 1.2, allowed_decrease: 0.8, direction: 'down' },
    label: 'Low',
  },
  {
    name: 'Test - Mean Ratio Effect Size: Pass',
    canary: [10, 12.2, 10.1, 12.5, 23],
    baseline: [20, 22, 21, 25, 30],
    params: { allowed_decrease: 0.5 },
    label: 'Pass',
  },
  {
    name: 'Test - Mean Ratio Effect Size: Pass (Large Input)',
    canary: figuresOf(figures.rareFailures),
    baseline: figuresOf(figures.rarerFailures),
    params: { allowed_increase: 5 },
    label: 'Pass',
  },
  {
    name: 'Test - CLES Effect Size: Pass',
    canary: figuresOf(figures.fewMicros),
    baseline: figuresOf(figures.fewerMicros),
    params: { tolerance: 0.2, confidence: 0.98, effect_size: 'cles', allowed_increase: 0.8, allowed_decrease: 0.5 },
    label: 'Pass',
  },
  {
    name: 'Test - CLES Effect Size: High',
    canary: figuresOf(figures.fiveMillis),
    baseline: figuresOf(figures.halfMilli),
    params: { tolerance: 0.2, confidence: 0.98, effect_size: 'cles', allowed_increase: 0.8, allowed_decrease: 0.2 },
    label: 'High',
  },
  {
    name: 'Test - CLES Effect Size: Low',
    canary: figuresOf(figures.usualLoad),
    baseline: figuresOf(figures.moreLoad),
    params: { tolerance: 0.2, confidence: 0.98, effect_size: 'cles', allowed_increase: 0.8, allowed_decrease: 0.2 },
    label: 'Low',
  },
  { name: 'Test - Critical Effect Size: Critical High', canary: [20, 22, 21, 25, 30], baseline: [1, 2.2, 1.1, 2.5, 3], label: 'High' },
  { name: 'Test - Critical Effect Size: Critical Low', canary: [2, 2, 2, 2, 3], baseline: [10, 20.2, 10.1, 20.5, 30], label: 'Low' },
  {
    name: 'Test - Critical Effect Size: High',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    params: { allowed_increase: 5 },
    label: 'High',
  },
  {
    name: 'Test - Critical Effect Size: Pass',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    params: { allowed_increase: 13 },
    label: 'Pass',
  },
  {
    name: 'Test - Critical Effect Size: Critical High (Default Thresholds)',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    label: 'High',
  },
  { name: 'Tied Observations', canary: times(3, 1), baseline: times(2, 1), params: { direction: 'down' }, label: 'Pass' },
  { name: 'Identical Populations', canary: [1, 2, 3, 4, 5], baseline: [5, 4, 3, 2, 1], params: { direction: 'down' }, label: 'Pass' },
  {
    name: 'Leading Zero Identical Population',
    canary: [0, 1, 1, 1, 1],
    baseline: times(5, 1),
    params: { direction: 'down' },
    label: 'Pass',
  },
  { name: 'Missing Experiment Data', canary: [], baseline: [1, 2, 3, 4, 5], params: { direction: 'down' }, label: 'Nodata' },
  {
    name: 'Missing Experiment Data: Critical Metric',
    canary: [],
    baseline: [1, 2, 3, 4, 5],
    params: { direction: 'down' },
    label: 'Nodata',
  },
  {
    name: 'Missing Experiment Data with NaN Replacement',
    canary: [],
    baseline: [1, 2, 3, 4, 5],
    params: { direction: 'down', nan_strategy: 'replace' },
    label: 'Pass',
  },
  { name: 'Missing Data: Reason String', canary: [], baseline: [], params: { direction: 'down' }, label: 'Nodata' },
  { name: 'Majority Tied Observations', canary: [1, 1, 1, 1, 10], baseline: times(5, 1), label: 'Pass' },
  { name: 'Tied Ranks', canary: times(5, 10), baseline: times(5, 1), label: 'High' },
  { name: 'Tied Ranks With Zeros', canary: times(5, 10), baseline: times(5, 0), label: 'High' },
  {
    name: 'Zero Mean: High Metric with Effect Size',
    canary: [54.9, 54.5, 55.1, 55.6, 57.4],
    baseline: times(5, 0),
    params: { allowed_increase: 1.2, allowed_decrease: 0.8 },
    label: 'High',
  },
  {
    name: 'Zero Mean: Low Metric with Effect Size',
    canary: times(5, 0),
    baseline: [54.9, 54.5, 55.1, 55.6, 57.4],
    params: { allowed_increase: 1.2, allowed_decrease: 0.8 },
    label: 'Low',
  },
  {
    name: 'Zero Mean: Critical Metric',
    canary: [0.05, 0.05, 0.01667, 0.01667, 0.01667, 0.05, 0.03333, 0.05, 0.05, 0.1333],
    baseline: times(10, 0),
    params: { nan_strategy: 'replace' },
    label: 'High',
  },
  {
    name: 'Zero Mean: Pass Metric',
    canary: times(5, 0),
    baseline: times(5, 0),
    params: { allowed_increase: 1.2, allowed_decrease: 0.8 },
    label: 'Pass',
  },
];

describe("Kayenta's cases", () => {
  test.for(rows)('$name: $label', ({ label, ...row }) => {
    const verdict = judge(row);
    expect(verdict.outcome).toBe(verdicts[label].outcome);
    expect(verdict.reason).toMatch(verdicts[label].reason);
  });
});

/** Of a critical metric Kayenta asks twice, the second time with the critical effect sizes: here that is a check of its own. */
const critical: readonly (Row & { readonly isCritical: boolean })[] = [
  {
    name: 'Test - Critical Effect Size: Critical High',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    params: { allowed_increase: 1.2 },
    isCritical: true,
  },
  {
    name: 'Test - Critical Effect Size: Critical Low',
    canary: [2, 2, 2, 2, 3],
    baseline: [10, 20.2, 10.1, 20.5, 30],
    params: { allowed_decrease: 1.2 },
    isCritical: true,
  },
  {
    name: 'Test - Critical Effect Size: High',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    params: { allowed_increase: 13 },
    isCritical: false,
  },
  {
    name: 'Test - Critical Effect Size: Pass',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    params: { allowed_increase: 15 },
    isCritical: false,
  },
  {
    name: 'Test - Critical Effect Size: Critical High (Default Thresholds)',
    canary: [20, 22, 21, 25, 30],
    baseline: [1, 2.2, 1.1, 2.5, 3],
    isCritical: true,
  },
  {
    name: 'Zero Mean: Critical Metric',
    canary: [0.05, 0.05, 0.01667, 0.01667, 0.01667, 0.05, 0.03333, 0.05, 0.05, 0.1333],
    baseline: times(10, 0),
    params: { nan_strategy: 'replace', allowed_increase: 1.2, allowed_decrease: 0.8 },
    isCritical: true,
  },
];

describe('with the critical effect sizes', () => {
  test.for(critical)('$name: $isCritical', ({ isCritical, ...row }) => {
    expect(judge(row).outcome === 'fail').toBe(isCritical);
  });
});
