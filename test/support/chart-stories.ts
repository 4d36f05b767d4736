import type { TimelineEntry } from '../../src/core/bake/narrate.ts';
import type { ChartSource } from '../../src/core/chart/chart.ts';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import type { Evidence, Verdict } from '../../src/core/judge/verdict.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { Ticks } from '../../src/core/series/ticks.ts';
import { aBake, aCheck, aCondition, aDeploy, aPlan, aRuleSet, step, t0 } from './builders.ts';

/** The usual bake of these stories: 15 minutes in ticks of 15 s, with a past in longer ticks. */
const plan = aPlan({ warmupMs: 2 * step, forMs: 60 * step, extendMs: 60 * step });
const from = t0 + 2 * step;
const pastStep = 9 * step;

type Story = {
  readonly rule: Partial<CheckRule>;
  readonly outcome: Verdict['outcome'];
  readonly headline: string;
  readonly evidence: Evidence;
  /** How long the release was watched, in ticks; after it the recovery. */
  readonly ticks: number;
  readonly recovery?: number;
  readonly hasControl?: true;
  readonly stages?: readonly number[];
  /** The ticks of a phase: `length` of `ms` each. */
  readonly column: (phase: 'before' | 'control' | 'release' | 'recovery', length: number, ms: number) => Ticks;
};

/** Deploys as they are in life, each with what its verdict says. */
export const chartStories: Readonly<Record<string, ChartSource>> = {
  slower: told({
    rule: {
      name: 'latency',
      question: { kind: 'latency', buckets: { selector: 'http_seconds_bucket' } },
      failWhen: [aCondition('threshold', { slower_than: 500, for_more_than: 0.1 }), aCondition('regression', {})],
    },
    outcome: 'fail',
    headline: '77 % of requests slower than 50 ms, was 65 %',
    evidence: { measured: 0.766, expected: 0.65, limit: 0.705, samples: 5_919, bound: 0.05, strength: 1.3 },
    ticks: 20,
    recovery: 20,
    column: (phase, length, ms) => {
      const total = Math.round(ms / 50);
      const rows = noise(length, phase).map((chance) => {
        const slow = (phase === 'release' ? 0.766 : 0.65) + 0.04 * chance;
        return [0, Math.round(total * (1 - slow)), Math.round(total * 0.97), total, total];
      });
      return { kind: 'latency', le: [0.01, 0.05, 0.1, 0.5, Number.POSITIVE_INFINITY], buckets: rows };
    },
  }),
  'one-endpoint': told({
    rule: { failWhen: [aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }), aCondition('regression', {})] },
    outcome: 'fail',
    headline: '1.77 % of 2,771 requests are bad, was 0.65 %',
    evidence: { measured: 0.0177, expected: 0.0065, limit: 0.0087, samples: 2_771, strength: 1.1 },
    ticks: 20,
    recovery: 4,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 108, share: phase === 'release' ? 0.0177 : 0.0065 }),
  }),
  leak: told({
    rule: {
      name: 'memory',
      question: { kind: 'value', query: 'max(process_resident_memory_bytes)' },
      failWhen: [aCondition('trend', {})],
    },
    outcome: 'fail',
    headline: '181 MB, was 149 MB',
    evidence: { measured: 181e6, expected: 149e6, limit: 163e6, samples: 20 },
    ticks: 20,
    recovery: 20,
    column: (phase, length) => ({
      kind: 'value',
      value: noise(length, phase).map((chance, i) => 149e6 + 1e6 * chance + (phase === 'release' ? (i * 32e6) / length : 0)),
    }),
  }),
  orders: told({
    rule: {
      name: 'orders',
      question: { kind: 'rate', count: { selector: 'shop_orders_total' } },
      failWhen: [aCondition('regression', { direction: 'down' })],
      direction: 'down',
    },
    outcome: 'fail',
    headline: '280 orders in 7m, was 400',
    evidence: { measured: 280, expected: 400, limit: 330, samples: 28, windowMs: 28 * step },
    ticks: 28,
    recovery: 20,
    column: (phase, length, ms) => ({
      kind: 'rate',
      count: noise(length, phase).map((chance) =>
        Math.max(0, Math.round((ms / 1050) * (phase === 'release' ? 0.7 : 1) * (1 + 0.25 * chance))),
      ),
    }),
  }),
  healthy: told({
    rule: { failWhen: [aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }), aCondition('regression', {})] },
    outcome: 'pass',
    headline: '0.5 % of 300 requests are bad, limit 10 %',
    evidence: { measured: 0.005, limit: 0.1, samples: 300 },
    ticks: 60,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 50, share: 0.005 }),
  }),
  canary: told({
    rule: { failWhen: [aCondition('regression', {})] },
    outcome: 'fail',
    headline: '4.1 % of 1,204 requests are bad, control 0.9 %',
    evidence: { measured: 0.041, expected: 0.009, limit: 0.0118, samples: 1_204 },
    ticks: 16,
    recovery: 8,
    hasControl: true,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 100, share: phase === 'release' ? 0.041 : 0.009 }),
  }),
  stages: told({
    rule: { failWhen: [aCondition('threshold', { above: 0.05 }, { k: 2, n: 3 })] },
    outcome: 'inconclusive',
    headline: '5.3 % of 300 requests are bad, limit 5 %',
    evidence: { measured: 0.053, limit: 0.05, samples: 300 },
    ticks: 40,
    stages: [1, 5, 25, 50, 100],
    column: (phase, length, ms) => counts(phase, length, { total: ms / 50, share: phase === 'release' ? 0.03 : 0.005 }),
  }),
  'stages-free': told({
    rule: { failWhen: [aCondition('regression', {})] },
    outcome: 'inconclusive',
    headline: '0.91 % of requests failed, was 0.54 %',
    evidence: { measured: 0.0091, expected: 0.0054, limit: 0.0071, samples: 8_240 },
    ticks: 35,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 4, share: phase === 'release' ? 0.0091 : 0.0054 }),
  }),
  'one-endpoint-open': told({
    rule: { failWhen: [aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }), aCondition('regression', {})] },
    outcome: 'fail',
    headline: '1.77 % of 2,771 requests are bad, was 0.65 %',
    evidence: { measured: 0.0177, expected: 0.0065, limit: 0.0087, samples: 2_771, strength: 1.1 },
    ticks: 20,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 108, share: phase === 'release' ? 0.0177 : 0.0065 }),
  }),
  'outage-on': told({
    rule: { failWhen: [aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }), aCondition('regression', {})] },
    outcome: 'fail',
    headline: '31 % of requests failed, was 0.5 %',
    evidence: { measured: 0.31, expected: 0.005, limit: 0.1, samples: 6_000 },
    ticks: 20,
    recovery: 20,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 50, share: phase === 'before' ? 0.005 : 0.31 }),
  }),
  outage: told({
    rule: { failWhen: [aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }), aCondition('regression', {})] },
    outcome: 'fail',
    headline: '31 % of 300 requests are bad, limit 10 %',
    evidence: { measured: 0.31, limit: 0.1, samples: 300 },
    ticks: 3,
    recovery: 3,
    column: (phase, length, ms) => counts(phase, length, { total: ms / 50, share: phase === 'release' ? 0.31 : 0.005 }),
  }),
};

function told({ rule, outcome, headline, evidence, ticks, recovery = 0, hasControl, stages, column }: Story): ChartSource {
  const check = aCheck(rule);
  const end = from + ticks * step;
  const back = end + step;
  const result = { outcome, reason: headline, explanation: { headline, because: '', notes: [] }, evidence } as Verdict;
  const measured = (phase: 'baking' | 'verifying', startAt: number, length: number, rest: Partial<Measurement>): Measurement => ({
    check: check.name,
    phase,
    at: startAt + length * step + 5_000,
    window: { from: startAt, to: startAt + length * step, stepMs: step },
    query: 'q',
    result,
    ticks: null,
    control: null,
    ...rest,
  });
  const again = { outcome: 'pass', reason: 'fine', evidence: { ...evidence, measured: evidence.expected ?? 0.005 } } as const;
  const weights = stages?.map((weight) => ({ weight, forMs: 6 * step }));
  const entry = (kind: string, at: number): TimelineEntry => ({ kind, at, by: 'bakewatch', text: '' });
  return {
    record: {
      deploy: aDeploy({ release: { version: 'v2.18.0', metadata: {} } }),
      bake: aBake(recovery > 0 ? 'rolled_back' : 'baking'),
      ruleSet: aRuleSet({ checks: [check] }),
      plan: { ...plan, knownGood: 'v2.17.4', ...(weights && { traffic: { hook: 'splitter', stages: weights } }) },
    },
    measurements: [
      measured('baking', from, ticks, {
        ticks: column('release', ticks, step),
        control: hasControl ? column('control', ticks, step) : null,
      }),
      ...(recovery > 0 ? [measured('verifying', back, recovery, { ticks: column('recovery', recovery, step), result: again })] : []),
    ],
    histories: [{ check: check.name, stretch: { startAt: t0 - 14 * pastStep, stepMs: pastStep, ticks: column('before', 14, pastStep) } }],
    timeline: [
      entry('warming', t0),
      ...(stages ?? ['']).map((_, i) => entry('baking', from + 8 * i * step)),
      ...(recovery > 0
        ? [entry('rolling_back', end + 5_000), entry('verifying', end + 8_000), entry('rolled_back', back + recovery * step + 5_000)]
        : []),
    ],
  };
}

function counts(phase: string, length: number, { total, share }: { readonly total: number; readonly share: number }): Ticks {
  const events = noise(length, phase).map((chance) => Math.max(0, Math.round(total * share + 1.3 * chance * Math.sqrt(total * share))));
  return { kind: 'ratio', bad: events, total: events.map(() => Math.round(total)) };
}

/** Numbers between -1 and 1 that look like chance, and are the same in every run. */
function noise(length: number, phase: string): readonly number[] {
  let seed = phase.length * 7919;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647) * 2 - 1;
  });
}
