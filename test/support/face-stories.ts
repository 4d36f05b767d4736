import type { Bake } from '../../src/core/bake/bake.ts';
import type { Topic } from '../../src/core/bake/effect.ts';
import type { TimelineEntry } from '../../src/core/bake/narrate.ts';
import { type NonEmpty, nonEmpty } from '../../src/core/base/non-empty.ts';
import { type Explanation, joinExplanation } from '../../src/core/judge/explanation.ts';
import { headlineOf } from '../../src/core/judge/headline.ts';
import type { Measurement, MeasurementPhase } from '../../src/core/judge/measurement.ts';
import type { Evidence, Verdict } from '../../src/core/judge/verdict.ts';
import type { CheckRule } from '../../src/core/rules/rule-set.ts';
import type { DeployDetails } from '../../src/usecases/view-deploy.ts';
import { aBake, aCheck, aDeploy, aPlan, aRuleSet, ratio, step, t0, times, v1 } from './builders.ts';

/** A stored deploy in a situation that people read about, the notice of it, and when it is looked at. */
export type FaceStory = {
  readonly name: string;
  readonly details: DeployDetails;
  readonly notice: { readonly topic: Topic; readonly reasons: NonEmpty<string> };
  readonly now: number;
  /** What every face shows first of the verdict. */
  readonly headline: string;
};

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
const from = t0 + 2 * step;

const latencyRule = aCheck({
  name: 'latency',
  question: { kind: 'latency', buckets: { query: 'buckets' }, slowerThan: 0.05 } as unknown as CheckRule['question'],
});

const words = {
  slow: {
    headline: '77 % of requests slower than 50 ms, was 65 %',
    because: 'compared with the last 2 h; very sure: one healthy bake in 10,000 looks like this',
    notes: ['50 ms is the bucket next to the usual latency', 'the past has only 4 healthy bakes'],
  },
  quick: {
    headline: '64 % of requests slower than 50 ms, was 65 %',
    because: 'as before the deploy; a rise to 70 % would show by now',
    notes: [],
  },
  few: {
    headline: 'too few requests to tell (14, one of them failed)',
    because: 'compared with 0.5 % before; 31 more requests are needed',
    notes: [],
  },
  fine: { headline: '0.4 % of requests failed, was 0.5 %', because: 'as before the deploy', notes: [] },
  none: { headline: '0 of 1,250 requests failed', because: 'allowed are at most 10 %', notes: [] },
  bad: {
    headline: '11.2 % of requests failed (12 of 107), was 0.5 %',
    because: 'compared with the last 2 h; as good as certain',
    notes: ['the checks fail at 2.1 %'],
  },
  orders: { headline: '3 orders a minute, was 5', because: 'compared with the same time yesterday', notes: [] },
} as const satisfies Record<string, Explanation>;

type MeasurementOptions = { readonly at?: number; readonly phase?: MeasurementPhase; readonly result?: Measurement['result'] };

function measured(check: string, result: Measurement['result'], { at = from + 4 * step, phase = 'baking' }: MeasurementOptions = {}) {
  const window = { from, to: at, stepMs: step };
  const count = Math.max(1, Math.round((at - from) / step));
  const ticks = result.outcome === 'error' ? null : ratio(times(count, 20));
  return { check, phase, at, window, query: `query of ${check}`, result, ticks, control: null } satisfies Measurement;
}

function verdict(outcome: Verdict['outcome'], explanation: Explanation, more: { evidence?: Evidence; unproven?: string } = {}): Verdict {
  return { outcome, reason: joinExplanation(explanation), explanation, ...more } as Verdict;
}

const badQuery = { outcome: 'error', kind: 'bad_query', reason: 'refused the query: 1:55: parse error: unclosed parenthesis' } as const;

type StoryInput = {
  readonly name: string;
  readonly bake: Bake;
  readonly rules: readonly CheckRule[];
  readonly measurements: readonly Measurement[];
  readonly timeline: readonly TimelineEntry[];
  readonly topic: Topic;
  readonly reasons: readonly string[];
  readonly now: number;
};

function story({ name, bake, rules, measurements, timeline, topic, reasons, now }: StoryInput): FaceStory {
  const checks = rules.map((rule) => {
    const own = measurements.filter(({ check }) => check === rule.name);
    return {
      name: rule.name,
      provider: rule.provider,
      critical: rule.critical,
      latest: own.at(-1) ?? null,
      baking: own.findLast(({ phase }) => phase === 'baking') ?? null,
      verifying: own.findLast(({ phase }) => phase === 'verifying') ?? null,
      asked: own.length,
      couldNotAsk: own.filter(({ result }) => result.outcome === 'error').length,
    };
  });
  const registered = { at: t0, kind: 'registered', by: 'ci', text: 'registered' };
  const record = { deploy: aDeploy({ id }), bake: { ...bake, id }, version: 7, ruleSet: aRuleSet({ checks: rules }), plan: aPlan() };
  return {
    name,
    details: {
      record,
      checks,
      measurements,
      timeline: [registered, { at: from, kind: 'baking', by: 'bakewatch', text: 'watching the checks' }, ...timeline],
      attempts: [],
      prunedAt: null,
      pastPrunedAt: null,
      histories: [],
    },
    notice: { topic, reasons: nonEmpty(reasons, 'no reason given') },
    now,
    headline: reasons[0] ?? '',
  };
}

function rolledBack(): FaceStory {
  const slow = verdict('fail', words.slow, { evidence: { measured: 0.766, expected: 0.65, limit: 0.705, samples: 1310 } });
  const reason = headlineOf('latency', slow);
  const seen = verdict('pass', words.quick);
  const order = { id: `${id}:d1`, target: v1, reasons: [reason] as const };
  return story({
    name: 'a slow release that was rolled back and recovered',
    bake: aBake('rolled_back', { at: from + 12 * step, order }),
    rules: [aCheck(), latencyRule],
    measurements: [
      measured('errors', verdict('pass', words.fine)),
      measured('latency', slow),
      measured('errors', verdict('pass', { ...words.fine, headline: '0.45 % of requests failed, was 0.5 %' }), {
        at: from + 12 * step,
        phase: 'verifying',
      }),
      measured('latency', seen, { at: from + 12 * step, phase: 'verifying' }),
    ],
    timeline: [
      { at: from + 4 * step, kind: 'rolling_back', by: 'bakewatch', text: `rolling back to v1: ${reason}` },
      { at: from + 6 * step, kind: 'verifying', by: 'bakewatch', text: 'v1 runs again; watching whether the service recovers' },
      {
        at: from + 12 * step,
        kind: 'rolled_back',
        by: 'bakewatch',
        text: `rolled back to v1 because of ${reason}; the service has recovered`,
      },
    ],
    topic: 'unhealthy',
    reasons: [reason],
    now: from + 20 * step,
  });
}

function extended(): FaceStory {
  const few = verdict('inconclusive', words.few);
  const reason = headlineOf('errors', few);
  return story({
    name: 'an undecided bake that was extended',
    bake: aBake('baking', { reasons: [reason], extendedSince: from + 8 * step }),
    rules: [aCheck(), latencyRule],
    measurements: [measured('errors', few, { at: from + 9 * step }), measured('latency', verdict('pass', words.quick))],
    timeline: [],
    topic: 'inconclusive',
    reasons: [reason],
    now: from + 10 * step,
  });
}

function unproven(): FaceStory {
  const none = verdict('pass', words.none, {
    evidence: { measured: 0, limit: 0.1, samples: 1250 },
    unproven: 'unproven: no series has ever matched status="500"; the label status_class has 2xx, 4xx and 5xx',
  });
  const quick = verdict('pass', words.quick);
  const reasons = [headlineOf('errors', none), headlineOf('latency', quick)] as const;
  return story({
    name: 'a pass with an unproven check',
    bake: aBake('passed', { at: from + 8 * step, confidence: 'low', reasons }),
    rules: [aCheck(), latencyRule],
    measurements: [measured('errors', none), measured('latency', quick)],
    timeline: [{ at: from + 8 * step, kind: 'passed', by: 'bakewatch', text: `passed: ${reasons.join('; ')}` }],
    topic: 'passed',
    reasons,
    now: from + 20 * step,
  });
}

function notRolledBack(): FaceStory {
  const bad = verdict('fail', words.bad, { evidence: { measured: 0.112, expected: 0.005, limit: 0.021, samples: 107 } });
  const reasons = [headlineOf('errors', bad), 'not rolled back: the rules say on_failure: notify, so a person must act'] as const;
  return story({
    name: 'a failure that was not rolled back',
    bake: aBake('failed', { at: from + 4 * step, rolledBack: 'no', reasons }),
    rules: [
      aCheck(),
      aCheck({ name: 'broken' }),
      aCheck({ name: 'orders', question: { kind: 'rate', count: { query: 'orders' } }, critical: false }),
    ],
    measurements: [...times(3, measured('broken', badQuery)), measured('errors', bad), measured('orders', verdict('fail', words.orders))],
    timeline: [{ at: from + 4 * step, kind: 'failed', by: 'bakewatch', text: `failed: ${reasons.join('; ')}` }],
    topic: 'failed',
    reasons,
    now: from + 20 * step,
  });
}

/** The stories that every face must tell well. */
export const faceStories: readonly FaceStory[] = [rolledBack(), extended(), unproven(), notRolledBack()];
