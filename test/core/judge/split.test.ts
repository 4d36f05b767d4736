import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { assess, assessByTick, assessNow, type CheckProgress } from '../../../src/core/judge/assess.ts';
import { bindChecks, type CheckData, calibrateCheck, readCalibrations } from '../../../src/core/judge/check.ts';
import type { CheckRule, RuleSet } from '../../../src/core/rules/rule-set.ts';
import { selectValues } from '../../../src/core/series/split.ts';
import { lengthOf, sliceTicks, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { aCheck, aCondition, aRuleSet, aStretch, step, t0 } from '../../support/builders.ts';
import { runs } from '../../support/runs.ts';

const forMs = 60 * step;
const bakeTicks = 60;
const pastTicks = 1_440;

/** A tick of one endpoint: requests, and how many of them fail. */
type Traffic = (tick: number) => readonly [bad: number, total: number];

/** Ten requests a tick, of which one in `every` ticks fails; not in the same tick for all endpoints. */
const failing =
  (every: number, shift: number): Traffic =>
  (tick) => [(tick + 3 * shift) % every === 0 ? 1 : 0, 10];
const calm = failing(10, 0);
const broken: Traffic = (tick) => [tick % 2, 10];

function ratioOf(endpoints: Readonly<Record<string, Traffic>>, length: number, unsplit: Traffic = () => [0, 0]): Ticks {
  const columns = (traffic: Traffic) => {
    const ticks = Array.from({ length }, (_, tick) => traffic(tick));
    return { kind: 'ratio' as const, bad: ticks.map(([bad]) => bad), total: ticks.map(([, total]) => total) };
  };
  const ticks = Object.values(endpoints).map(columns);
  const rest = columns(unsplit);
  const sum = (column: 'bad' | 'total') => rest[column].map((one, i) => ticks.reduce((all, own) => all + (own[column][i] ?? 0), one));
  return { kind: 'ratio', bad: sum('bad'), total: sum('total'), split: { label: 'endpoint', values: Object.keys(endpoints), ticks } };
}

const shop = (count: number, other: Readonly<Record<string, Traffic>> = {}) => ({
  ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`/e${i}`, failing(10, i)])),
  ...other,
});

function judged(rule: Partial<CheckRule>, { bake, past }: { readonly bake: Ticks; readonly past: Ticks | null }) {
  const ruleSet = aRuleSet({
    bake: { forMs, everyMs: step, warmupMs: 0, extendMs: 0 },
    baseline: { historyMs: pastTicks * step, like: [{ kind: 'before' }], timezone: 'UTC' },
    checks: [aCheck({ name: 'errors', by: 'endpoint', failWhen: [aCondition('regression', {})], ...rule })],
  });
  const [check] = bindChecks(ruleSet, analyzers);
  if (check === undefined) throw new Error('one check was bound and none came back');
  const history = past && selectValues(aStretch(past, { startAt: t0 - lengthOf(past) * step }), forMs);
  const known = { control: null, history, deployedAt: t0, alpha: 0.01 };
  const stored = JSON.parse(JSON.stringify(calibrateCheck(check, { ...known, stepMs: step }, ruleSet)));
  const calibrations = readCalibrations(check, stored);
  const data: CheckData = { ...known, calibrations, bake: aStretch(bake) };
  return { check, data, ruleSet, verdict: assess(check, data, ruleSet).verdict };
}

const withoutSplit = ({ split: _, ...whole }: Ticks): Ticks => whole;

describe('a check with `by`', () => {
  const past = ratioOf(shop(40), pastTicks);

  test('finds the one endpoint of 40 that the total hides, and names it', () => {
    const bake = ratioOf(shop(40, { '/e7': broken }), bakeTicks);
    const { verdict } = judged({}, { bake, past });
    expect(verdict.outcome).toBe('fail');
    expect(verdict.explanation?.headline).toMatch(
      /^endpoint=\/e7: .* of requests failed.*, was 1 %$|^\/e7: .* of requests failed.*, was 1 %$/,
    );
    expect(verdict.explanation?.because).toMatch(/^endpoint=\/e7: compared with /);
    expect(verdict.explanation?.notes).toContain('39 others as expected');
    expect(verdict.split?.rows[0]).toMatchObject({ value: '/e7', outcome: 'fail', samples: expect.any(Number) });
    expect(verdict.split?.rows).toHaveLength(40);
    const whole = judged({ by: undefined }, { bake: withoutSplit(bake), past: withoutSplit(past) });
    expect(whole.verdict.outcome).not.toBe('fail');
  });

  test('passes a healthy release, and says of how many values', () => {
    const { verdict } = judged({}, { bake: ratioOf(shop(40), bakeTicks), past });
    expect(verdict).toMatchObject({ outcome: 'pass', settledAfterMs: expect.any(Number) });
    expect(verdict.explanation?.notes.join()).toMatch(/\d+ values of endpoint as expected/);
  });

  test('still finds what all values have in common', () => {
    const bake = ratioOf(Object.fromEntries(Object.keys(shop(40)).map((name, i) => [name, failing(5, i)])), bakeTicks);
    const { verdict } = judged({}, { bake, past });
    expect(verdict.outcome).toBe('fail');
    expect(verdict.explanation?.notes[0]).toBe('all values of endpoint together; none of them fails alone');
  });

  test('does not judge a value alone that is new with this release, and names it', () => {
    const bake = ratioOf(shop(40, { '/new': (tick) => [tick % 3 === 0 ? 1 : 0, 10] }), bakeTicks);
    const { verdict } = judged({}, { bake, past });
    expect(verdict.outcome).toBe('pass');
    expect(verdict.explanation?.notes).toContain('new, judged only together with all: /new');
    expect(verdict.split?.rows.at(-1)).toEqual({ value: '/new', outcome: 'unjudged' });
  });

  test('does not take a busy new value for one that replaces others in the first ticks', () => {
    const busy: Traffic = () => [10, 100];
    for (const length of [1, 2, 4, 8, bakeTicks]) {
      const { verdict } = judged({}, { bake: ratioOf(shop(40, { '/new': busy }), length), past });
      expect(verdict.split?.rows.find(({ value }) => value === '/new')?.outcome).toBe('unjudged');
    }
  });

  test('judges each new value by the past of all where the deploy has replaced them, as it does with pods', () => {
    const named = (prefix: string, worst: Traffic) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${prefix}${i}`, i === 3 ? worst : failing(10, i)]));
    const pods = ratioOf(named('old', failing(10, 3)), pastTicks);
    const { verdict } = judged({ by: 'endpoint' }, { bake: ratioOf(named('new', broken), bakeTicks), past: pods });
    expect(verdict.outcome).toBe('fail');
    expect(verdict.split?.rows[0]).toMatchObject({ value: 'new3', outcome: 'fail' });
    const healthy = judged({}, { bake: ratioOf(named('new', failing(10, 3)), bakeTicks), past: pods });
    expect(healthy.verdict.outcome).toBe('pass');
    expect(healthy.verdict.split?.rows.some(({ outcome }) => outcome === 'unjudged')).toBe(false);
  });

  test('judges a new value with a limit, which needs no past', () => {
    const failWhen = [aCondition('threshold', { above: 0.2 }, { k: 2, n: 2 })];
    const bake = ratioOf(shop(40, { '/new': (tick) => [tick < 30 ? 0 : 9, 10] }), bakeTicks);
    const { verdict } = judged({ failWhen, minSamples: 10 }, { bake, past: null });
    expect(verdict).toMatchObject({ outcome: 'fail' });
    expect(verdict.split?.rows[0]?.value).toBe('/new');
  });

  test('takes values with too little traffic together as the rest, and judges it', () => {
    const rare: Traffic = (tick) => [0, tick % 60 === 0 ? 1 : 0];
    const few = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`/few${i}`, rare]));
    const quiet = ratioOf({ ...shop(5), ...few }, pastTicks, calm);
    const bake = ratioOf(shop(5), bakeTicks, broken);
    const { verdict, data } = judged({}, { bake, past: quiet });
    expect(data.history?.ticks.split?.values).toEqual(['/e0', '/e1', '/e2', '/e3', '/e4']);
    expect(data.history?.ticks.split?.others).toHaveLength(60);
    expect(verdict.outcome).toBe('fail');
    expect(verdict.explanation?.headline).toMatch(/^the rest/);
  });

  test('is not held up by a value that has no traffic any more', () => {
    const { verdict } = judged({}, { bake: ratioOf(shop(40, { '/e3': () => [0, 0] }), bakeTicks), past });
    expect(verdict.outcome).toBe('pass');
    expect(verdict.explanation?.notes.join()).toContain('not enough to tell alone: /e3');
  });

  test('sees the value of a rate that falls to zero', () => {
    const orders = (zones: Readonly<Record<string, number>>, length: number): Ticks => {
      const ticks = Object.values(zones).map((perTick) => ({
        kind: 'rate' as const,
        count: Array.from({ length }, (_, i) => perTick + (i % 3)),
      }));
      const gone = ticks.map((one, i) => (Object.values(zones)[i] === -1 ? { ...one, count: one.count.map(() => 0) } : one));
      const count = Array.from({ length }, (_, i) => gone.reduce((sum, one) => sum + (one.count[i] ?? 0), 0));
      return { kind: 'rate', count, split: { label: 'zone', values: Object.keys(zones), ticks: gone } };
    };
    const zones = { a: 400, b: 300, c: 12 };
    const rule = { by: 'zone', question: { kind: 'rate', count: { query: 'orders' } }, direction: 'down', minSamples: 1 } as const;
    const failWhen = [aCondition('regression', { direction: 'down' })];
    const { verdict } = judged({ ...rule, failWhen }, { bake: orders({ ...zones, c: -1 }, bakeTicks), past: orders(zones, pastTicks) });
    expect(verdict.outcome).toBe('fail');
    expect(verdict.explanation?.headline).toMatch(/^(zone=)?c: /);
  });

  test('judges each number on its own, and none of them together', () => {
    const memory = (pods: Readonly<Record<string, number>>, length: number): Ticks => {
      const ticks = Object.values(pods).map((size) => ({
        kind: 'value' as const,
        value: Array.from({ length }, (_, i) => size + ((i * 7) % 5)),
      }));
      const value = Array.from({ length }, (_, i) => ticks.reduce((sum, one) => sum + (one.value[i] ?? 0), 0) / ticks.length);
      return { kind: 'value', value, split: { label: 'shard', values: Object.keys(pods), ticks } };
    };
    const rule = { by: 'shard', question: { kind: 'value', query: 'memory' }, direction: 'up', minSamples: 1 } as const;
    const before = memory({ a: 100, b: 110, c: 5_000 }, pastTicks);
    expect(judged(rule, { bake: memory({ a: 100, b: 110, c: 5_000 }, bakeTicks), past: before }).verdict.outcome).not.toBe('fail');
    const { verdict } = judged(rule, { bake: memory({ a: 100, b: 190, c: 5_000 }, bakeTicks), past: before });
    expect(verdict).toMatchObject({ outcome: 'fail' });
    expect(verdict.split?.rows[0]?.value).toBe('b');
    const fresh = judged(rule, { bake: memory({ d: 100 }, bakeTicks), past: before });
    expect(fresh.verdict.outcome).toBe('inconclusive');
  });

  test('sees after a rollback that the endpoint has recovered', () => {
    const { check, data, ruleSet } = judged({}, { bake: ratioOf(shop(40), 20), past });
    expect(assessNow(check, data, ruleSet).outcome).not.toBe('fail');
  });

  test('names no text of a label that cannot be seen, and cuts a long one', () => {
    const name = `/${'x'.repeat(100)}\u202e`;
    const own = ratioOf(shop(3, { [name]: calm }), pastTicks);
    const { verdict } = judged({}, { bake: ratioOf(shop(3, { [name]: broken }), bakeTicks), past: own });
    expect(verdict.reason).not.toContain('\u202e');
    expect([...(verdict.explanation?.headline ?? '')].length).toBeLessThanOrEqual(110);
    expect(verdict.split?.rows[0]?.value).toBe(name);
  });
});

describe('passes over a bake that is split', () => {
  const labels = fc.uniqueArray(fc.constantFrom('a', 'b', '__proto__', '7', ''), { minLength: 1, maxLength: 4 });
  const split = fc
    .tuple(anyTicks('ratio'), labels, fc.array(anyTicks('ratio'), { minLength: 4, maxLength: 4 }))
    .map(([whole, values, own]): Ticks => {
      const length = lengthOf(whole);
      const toLength = (ticks: Ticks): Ticks =>
        ticks.kind === 'ratio'
          ? {
              kind: 'ratio',
              bad: Array.from({ length }, (_, i) => ticks.bad[i] ?? null),
              total: Array.from({ length }, (_, i) => ticks.total[i] ?? null),
            }
          : ticks;
      return { ...whole, split: { label: 'endpoint', values, ticks: values.map((_, i) => toLength(own[i] ?? whole)) } };
    });
  const ends = fc
    .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 })
    .map((list) => list.toSorted((a, b) => a - b));

  test('come to the verdicts of one pass over everything, whatever the numbers are', () => {
    fc.assert(
      fc.property(split, fc.option(split), ends, (bake, history, cuts) => {
        const failWhen = [
          aCondition('regression', {}),
          aCondition('threshold', { above: 0.9 }),
          aCondition('anomaly', { sensitivity: 20 }),
        ];
        const { check, data, ruleSet } = judged({ failWhen }, { bake, past: history });
        const byTick = assessByTick(check, data, ruleSet);
        let progress: CheckProgress | undefined;
        for (const end of cuts) {
          const cut = { ...data, bake: { ...data.bake, ticks: sliceTicks(bake, 0, end) } };
          const found = assess(check, cut, ruleSet as RuleSet, progress);
          progress = JSON.parse(JSON.stringify(found.progress));
          expect(found.verdict).toEqual(byTick(Math.min(end, lengthOf(bake))));
          expect(found.verdict.reason).not.toBe('');
        }
      }),
      runs(40),
    );
  });
});
