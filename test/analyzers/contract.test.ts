import { alert } from '../../analyzers/alert.ts';
import { anomaly } from '../../analyzers/anomaly.ts';
import { burnRate } from '../../analyzers/burn-rate.ts';
import { mannWhitney } from '../../analyzers/mann-whitney.ts';
import { regression } from '../../analyzers/regression.ts';
import { relative } from '../../analyzers/relative.ts';
import { threshold } from '../../analyzers/threshold.ts';
import { describeAnalyzerContract } from '../contracts/analyzer.ts';

const bounds = [{ above: 0.1 }, { below: -1 }, { above: 60, below: 0.5 }];
describeAnalyzerContract(threshold, {
  params: {
    ratio: bounds,
    rate: bounds,
    value: bounds,
    latency: [{ slower_than: 300, for_more_than: 0.05 }, { slower_than: 900, for_more_than: 0 }, { above: 1 }],
  },
});

const [before, yesterday, control] = [{ kind: 'before' }, { kind: 'days_ago', days: 1 }, { kind: 'control' }];
const comparisons = [before, yesterday, control].flatMap((to) => [
  { to, more_than: 0.5 },
  { to, less_than: 0.5 },
]);
describeAnalyzerContract(relative, {
  params: {
    ratio: comparisons,
    rate: comparisons,
    value: comparisons,
    latency: comparisons.map((params) => ({ ...params, slower_than: 500 })),
  },
});

const shifts = [
  {},
  { to: before, interval: 60_000, tolerance: 0, confidence: 0.9 },
  { to: yesterday, effect_size: 'cles', allowed_increase: 0.6, direction: 'up' },
  { to: control, interval: 30_000, nan_strategy: 'replace' },
];
describeAnalyzerContract(mannWhitney, {
  params: { ratio: shifts, rate: shifts, value: shifts, latency: [...shifts, { slower_than: 500 }] },
  isUnbounded: true,
});

const sensitivities = [{}, { sensitivity: 1.5, direction: 'both' }];
describeAnalyzerContract(anomaly, {
  params: { ratio: sensitivities, rate: sensitivities, value: sensitivities, latency: [...sensitivities, { slower_than: 500 }] },
});

const tolerances = [{}, { tolerance: 0 }, { tolerance: 3, direction: 'up' }, { direction: 'both' }];
describeAnalyzerContract(regression, { params: { ratio: tolerances, rate: tolerances, value: tolerances, latency: tolerances } });

describeAnalyzerContract(alert, { section: 'alert', params: { value: [{}] } });

describeAnalyzerContract(burnRate, {
  section: 'slo',
  params: {
    ratio: [
      { objective: 0.999, window: 2_592_000_000 },
      { objective: 0.5, window: 86_400_000 },
    ],
  },
});
