import type { Analyzer } from '../src/core/judge/analyzer.ts';
import { alert } from './alert.ts';
import { anomaly } from './anomaly.ts';
import { burnRate } from './burn-rate.ts';
import { mannWhitney } from './mann-whitney.ts';
import { regression } from './regression.ts';
import { relative } from './relative.ts';
import { threshold } from './threshold.ts';
import { trend } from './trend.ts';

/** Every analyzer by its type. Adding one is a file and a line here. */
export const analyzers: ReadonlyMap<string, Analyzer> = new Map(
  [threshold, relative, regression, anomaly, mannWhitney, trend, alert, burnRate].map((analyzer) => [analyzer.type, analyzer]),
);
