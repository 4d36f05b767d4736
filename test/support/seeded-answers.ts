import { explain } from '../../src/core/judge/explanation.ts';
import type { Verdict } from '../../src/core/judge/verdict.ts';

// What the checks of the pictures say.

export const pass = (headline: string, strength = 0.01): Verdict => ({ outcome: 'pass', ...explain(headline), evidence: { strength } });
export const healthy = {
  errors: pass('0.42 % of requests failed, was 0.51 %', 0.02),
  latency: {
    outcome: 'pass',
    ...explain('64 % of requests slower than 50 ms, was 65 %'),
    evidence: { strength: 0.09, measured: 0.64, expected: 0.65, limit: 0.7, bound: 0.05, samples: 12_000 },
  } satisfies Verdict,
  memory: pass('1.2 GB, was 1.2 GB'),
  orders: pass('402 orders a minute, was 398', 0.03),
};
export const leaning: Verdict = {
  outcome: 'inconclusive',
  leans: true,
  ...explain(
    '0.91 % of requests failed, was 0.54 %',
    'compared with the last 30 min on v2.40.3; not yet sure: one healthy bake in 200 looks like this',
  ),
  evidence: { strength: 0.58, measured: 0.0091, expected: 0.0054, limit: 0.0071, samples: 45_000 },
};
export const slower: Verdict = {
  outcome: 'fail',
  ...explain(
    '77 % of requests slower than 50 ms, was 65 %',
    'compared with the last 30 min on v2.17.4; very sure: one healthy bake in 10,000 looks like this',
  ),
  evidence: { strength: 1.1, measured: 0.766, expected: 0.65, limit: 0.705, samples: 5_919, bound: 0.05 },
};
export const early: Verdict = { outcome: 'inconclusive', ...explain('2 of 12 requests failed so far, usual is 0 to 3') };
export const unproven: Verdict = {
  outcome: 'pass',
  ...explain('0 of 31,250 requests failed'),
  unproven: 'unproven: no series has ever matched status="500"; the label status_class has 2xx, 4xx and 5xx',
};
/** What the slow check says once the old release is back. */
export const asBefore: Verdict = {
  outcome: 'pass',
  ...explain('65 % of requests slower than 50 ms, was 65 %'),
  evidence: { measured: 0.65, expected: 0.65, limit: 0.705, bound: 0.05, samples: 5_400 },
};
