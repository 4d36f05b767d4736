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
