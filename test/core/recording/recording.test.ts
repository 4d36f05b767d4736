import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { assess } from '../../../src/core/judge/assess.ts';
import { type BoundCheck, bindChecks } from '../../../src/core/judge/check.ts';
import { joinMeasurements } from '../../../src/core/judge/join-measurements.ts';
import { type CheckResult, judge } from '../../../src/core/judge/judge.ts';
import type { Measurement } from '../../../src/core/judge/measurement.ts';
import type { AskError } from '../../../src/core/judge/verdict.ts';
import { readRecording } from '../../../src/core/recording/read-recording.ts';
import { type Recording, toRecording } from '../../../src/core/recording/recording.ts';
import { type ReplayResult, replay } from '../../../src/core/recording/replay.ts';
import type { RuleSet } from '../../../src/core/rules/rule-set.ts';
import { appendTicks, lengthOf, type Stretch, sliceTicks, type Ticks, type TicksKind } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { aBake, aCheck, aCondition, aDeploy, aPlan, aRuleSet, aStretch, ratio, step, t0, times } from '../../support/builders.ts';

const plan = aPlan();
const from = t0 + plan.warmupMs;
const [endTick, limitTick] = [8, 12];

/** What the world would answer about one check, and in which passes nobody could be asked. */
type Script = { readonly ticks: Ticks; readonly history: Ticks | null; readonly errors: readonly boolean[]; readonly isCritical: boolean };
type Lived = { readonly verdict: ReplayResult['verdict']; readonly measurements: readonly Measurement[] };

/** Bakes live: a pass a tick, until the bake is decided. A pass asks for all that was not answered before. */
function live(ruleSet: RuleSet, scripts: readonly Script[]): Lived {
  const checks = bindChecks(ruleSet, analyzers);
  const measurements: Measurement[] = [];
  for (let end = 1; end <= limitTick; end++) {
    const results = checks.map((check, i) => {
      const measurement = pass(check, scripts[i], { end, measurements, ruleSet });
      measurements.push(measurement);
      return { name: measurement.check, critical: check.rule.critical, result: measurement.result } satisfies CheckResult;
    });
    const { kind } = judge(results);
    if (kind === 'unhealthy') return { verdict: 'fail', measurements };
    if (kind === 'healthy' && end >= endTick) return { verdict: 'pass', measurements };
  }
  return { verdict: 'inconclusive', measurements };
}

type Pass = { readonly end: number; readonly measurements: readonly Measurement[]; readonly ruleSet: RuleSet };

function pass({ rule, ...check }: BoundCheck, script: Script | undefined, { end, measurements, ruleSet }: Pass): Measurement {
  if (!script) throw new Error(`no script for ${rule.name}`);
  const stored = joinMeasurements(measurements, { check: rule.name, phase: 'baking', from, stepMs: step });
  const to = from + end * step;
  const base = {
    check: rule.name,
    phase: 'baking',
    at: to + 5_000,
    window: { from: stored.askedUntil, to, stepMs: step },
    query: '',
    control: null,
  } as const;
  const error: AskError = { outcome: 'error', kind: 'timeout', reason: 'down' };
  if (script.errors[end] === true) return { ...base, result: error, ticks: null };
  const ticks = sliceTicks(script.ticks, (stored.askedUntil - from) / step, end);
  const all = stored.bake ? appendTicks(stored.bake.ticks, ticks) : ticks;
  if (!all) throw new Error('the ticks cannot be joined');
  const { verdict: result } = assess(
    { rule, ...check },
    { bake: aStretch(all), control: null, history: historyOf(script), deployedAt: t0 },
    ruleSet,
  );
  return { ...base, result, ticks };
}

function historyOf({ history }: Script): Stretch | null {
  return history && aStretch(history, { startAt: t0 - lengthOf(history) * step });
}

function recordingOf(ruleSet: RuleSet, scripts: readonly Script[], measurements: readonly Measurement[]): Recording {
  const histories = scripts.map((script, i) => ({ check: ruleSet.checks[i]?.name ?? '', stretch: historyOf(script), calibrations: [] }));
  return toRecording({ record: { deploy: aDeploy(), bake: aBake('passed'), ruleSet, plan }, measurements, histories });
}

/** Through a file and back. */
function written(recording: Recording): Recording {
  const read = readRecording(JSON.stringify(recording));
  if (!read.ok) throw new Error(`${read.field}: ${read.message}`);
  return read.recording;
}

const conditions = {
  ratio: [aCondition('threshold', { above: 0.2 }, { k: 2, n: 3 }), aCondition('relative', { to: { kind: 'before' }, more_than: 1 })],
  rate: [aCondition('threshold', { below: 0.1 }, { k: 2, n: 2 })],
  latency: [aCondition('threshold', { slower_than: 300, for_more_than: 0.5 })],
  value: [aCondition('relative', { to: { kind: 'before' }, less_than: 0.9 }, { k: 2, n: 3 })],
};
const questions = {
  ratio: aCheck().question,
  rate: { kind: 'rate', count: { query: 'n' } },
  latency: { kind: 'latency', buckets: { query: 'b' } },
  value: { kind: 'value', query: 'v' },
} as const;
const kinds: readonly TicksKind[] = ['ratio', 'rate', 'latency', 'value'];

const calm: Readonly<Record<TicksKind, Ticks>> = {
  ratio: ratio(times(limitTick, 1)),
  rate: { kind: 'rate', count: times(limitTick, 50) },
  latency: { kind: 'latency', le: [0.1, 0.5, Infinity], buckets: times(limitTick, [90, 95, 100]) },
  value: { kind: 'value', value: times(limitTick, 7) },
};

function scripts(kind: TicksKind): fc.Arbitrary<Script> {
  // A script must be as long as a bake can be; what is too short goes on calmly.
  const ticks = fc
    .tuple(anyTicks(kind), fc.nat({ max: limitTick }))
    .map(([strange, calmTicks]) =>
      sliceTicks(
        appendTicks(sliceTicks(calm[kind], 0, calmTicks), appendTicks(strange, calm[kind]) ?? calm[kind]) ?? calm[kind],
        0,
        limitTick,
      ),
    );
  const errors = fc.array(fc.boolean(), { minLength: limitTick + 1, maxLength: limitTick + 1 });
  return fc.record({
    ticks,
    history: fc.option(fc.constant(calm[kind])),
    errors: fc.oneof(errors, fc.constant([])),
    isCritical: fc.constantFrom(true, true, false),
  });
}

const bakes = fc
  .uniqueArray(fc.constantFrom(...kinds), { minLength: 1 })
  .chain((some) => fc.tuple(fc.constant(some), fc.tuple(...some.map(scripts))))
  .map(([some, list]) => {
    const checks = some.map((kind, i) =>
      aCheck({
        name: kind,
        question: questions[kind],
        failWhen: conditions[kind],
        minSamples: kind === 'ratio' ? 50 : 1,
        critical: list[i]?.isCritical ?? true,
      }),
    );
    return { ruleSet: aRuleSet({ checks }), scripts: list };
  });

test('a bake that is written down, read and judged again comes to the verdict that was given', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(bakes, ({ ruleSet, scripts }) => {
      const { verdict, measurements } = live(ruleSet, scripts);
      seen.add(verdict);
      const replayed = replay(written(recordingOf(ruleSet, scripts, measurements)), { analyzers, ruleSet: null });
      expect(replayed.verdict).toBe(verdict);
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual(['fail', 'inconclusive', 'pass']);
});

test('a recording survives being written and read', () => {
  fc.assert(
    fc.property(bakes, ({ ruleSet, scripts }) => {
      const recording = recordingOf(ruleSet, scripts, live(ruleSet, scripts).measurements);
      expect(JSON.parse(JSON.stringify(written(recording)))).toEqual(JSON.parse(JSON.stringify(recording)));
    }),
  );
});

describe('a recording', () => {
  const ruleSet = aRuleSet();
  const script: Script = { ticks: calm.ratio, history: null, errors: [], isCritical: true };
  const healthy = recordingOf(ruleSet, [script], live(ruleSet, [script]).measurements);

  test('says where its ticks lie, and when the bake was to end', () => {
    expect(healthy).toMatchObject({
      deployedAt: t0 / 1000,
      warmup: 30,
      checks: [{ name: 'errors', step: 15, bake: { start: from / 1000, bad: times(8, 1) } }],
      rules: { endsAt: from + 8 * step, limitAt: from + 12 * step },
    });
  });

  test('marks every tick that a failed pass had looked for', () => {
    const measurement = { check: 'errors', phase: 'baking', at: 0, query: '', control: null } as const;
    const late: Measurement = {
      ...measurement,
      window: { from, to: from + 3 * step, stepMs: step },
      ticks: null,
      result: { outcome: 'error', kind: 'timeout', reason: '' },
    };
    const [check] = recordingOf(ruleSet, [script], [late]).checks;
    expect(check?.errors).toEqual([0, 1, 2].map((tick) => ({ tick, kind: 'timeout' })));
  });

  test('keeps the bounds of a past that had other buckets', () => {
    const latency: Script = { ...script, ticks: calm.latency, history: { kind: 'latency', le: [1, Infinity], buckets: [[5, 9]] } };
    const rules = aRuleSet({ checks: [aCheck({ question: questions.latency, failWhen: conditions.latency })] });
    const [check] = written(recordingOf(rules, [latency], live(rules, [latency]).measurements)).checks;
    expect([check?.le, check?.history?.le]).toEqual([
      [0.1, 0.5, '+Inf'],
      [1, '+Inf'],
    ]);
  });

  test('keeps numbers that JSON does not have', () => {
    const value: Script = { ...script, ticks: { kind: 'value', value: times(limitTick, Number.NaN) } };
    const rules = aRuleSet({ checks: [aCheck({ question: questions.value, failWhen: conditions.value, minSamples: 1 })] });
    expect(written(recordingOf(rules, [value], live(rules, [value]).measurements)).checks[0]?.bake.value).toEqual(times(limitTick, 'NaN'));
  });

  test('of a bake that never asked anything has no ticks, and is inconclusive', () => {
    const empty = written(recordingOf(ruleSet, [script], []));
    expect(replay(empty, { analyzers, ruleSet: null })).toMatchObject({ verdict: 'inconclusive', decidedAfter: 30 });
  });

  test('may be judged with other rules', () => {
    const strict = aRuleSet({ checks: [aCheck({ failWhen: [aCondition('threshold', { above: 0 })] })] });
    expect(replay(healthy, { analyzers, ruleSet: strict })).toMatchObject({ verdict: 'fail', decidedAfter: 45 });
  });
});

describe('a line that is no recording names the field', () => {
  const good = JSON.parse(
    JSON.stringify(recordingOf(aRuleSet(), [{ ticks: calm.ratio, history: calm.ratio, errors: [], isCritical: true }], [])),
  );
  const wrong = (change: object) => JSON.stringify({ ...good, ...change });
  const check = (change: object) => wrong({ checks: [{ ...good.checks[0], ...change }] });
  const latency = { kind: 'latency', history: undefined, bake: { buckets: [[1, 2]] } };
  test.for([
    { field: '', line: '{', because: 'no JSON' },
    { field: '', line: '[]', because: 'no object' },
    { field: 'format', line: wrong({ format: 'bakewatch.recording/2' }), because: 'another format' },
    { field: 'deployedAt', line: wrong({ deployedAt: 'yesterday' }), because: 'no instant' },
    { field: 'checks', line: wrong({ checks: {} }), because: 'no list' },
    { field: 'checks.0.kind', line: check({ kind: 'ratios' }), because: 'unknown kind' },
    { field: 'checks.0.step', line: check({ step: 0 }), because: 'no step' },
    { field: 'checks.0.bake', line: check({ bake: { bad: [1] } }), because: 'a missing column' },
    { field: 'checks.0.bake', line: check({ bake: { bad: [1], total: [1, 2] } }), because: 'uneven columns' },
    { field: 'checks.0.bake.bad.1', line: check({ bake: { bad: [1, 'x'], total: [1, 2] } }), because: 'no number' },
    {
      field: 'checks.0.bake',
      line: check({ kind: 'rate', history: undefined, bake: { count: [1], exposure: [] } }),
      because: 'uneven exposure',
    },
    { field: 'checks.0.le', line: check(latency), because: 'no bounds' },
    { field: 'checks.0.le', line: check({ ...latency, le: [0.1, 0.5] }), because: 'bounds without the count of all' },
    { field: 'checks.0.le', line: check({ ...latency, le: [0.5, 0.1, '+Inf'] }), because: 'bounds in disorder' },
    { field: 'rules', line: wrong({ rules: { ruleSet: null, endsAt: 1 } }), because: 'no rules' },
    { field: 'rules', line: wrong({ rules: { ruleSet: { checks: [{}] }, endsAt: 1 } }), because: 'half a rule set' },
  ])('"$field": $because', ({ field, line }) => {
    expect(readRecording(line)).toMatchObject({ ok: false, field });
  });

  test('whatever the line, reading and judging it throw nothing but a word to people', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ size: 'medium' }), fc.json()), (line) => {
        expect(readRecording(line)).toHaveProperty('ok', false);
      }),
    );
  });
});
