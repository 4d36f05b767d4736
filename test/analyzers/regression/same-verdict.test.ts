import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { advance, startOf, verdictOf } from '../../../src/core/judge/fold.ts';
import { defaultRules } from '../../../src/core/recording/default-rules.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { replay } from '../../../src/core/recording/replay.ts';
import { outlineOf, ticksBetween } from '../../../src/core/series/tick.ts';
import { quick } from '../../support/runs.ts';

const [step, day] = [300, 288];
const deployedAt = 1_772_323_200;

/** Three gauges over five days with a daily swing, spikes and a wandering level; the bake of two hours changes by `times`. */
function recordingOf({ seed = 1, times = 1, unit = 1, from = deployedAt } = {}): Recording {
  const checks = ['cpu', 'queue', 'open files'].map((name, k) => {
    const random = createRandom(10 * seed + k);
    let level = 0;
    const all = Array.from({ length: 5 * day + 24 }, (_, i) => {
      level = 0.98 * level + 0.03 * random.normal();
      const spike = random.uniform() < 0.01 ? 60 * random.uniform() : 0;
      const value = (100 + 30 * Math.sin((2 * Math.PI * i) / day)) * (1 + level) + random.normal() + spike;
      return unit * (i < 5 * day ? 1 : times) * value;
    });
    const history = { start: from - 5 * day * step, value: all.slice(0, 5 * day) };
    return { name, kind: 'value' as const, direction: 'both' as const, step, history, bake: { value: all.slice(5 * day) } };
  });
  return { format: 'bakewatch.recording/1', id: 'r', service: 's', environment: 'e', version: 'v', deployedAt: from, warmup: 0, checks };
}

const settings = { analyzers, ruleSet: null };
const verdictsOf = (recording: Recording, options: Parameters<typeof replay>[1] = settings) => {
  const { verdict, checks, decidedAfter } = replay(recording, options);
  return { verdict, decidedAfter, checks: Object.fromEntries(checks.map((check) => [check.name, check.verdict])) };
};
const all = [
  { seed: 0, times: 1 },
  { seed: 3, times: 0.5 },
  { seed: 1, times: 1.15 },
  { seed: 2, times: 1.5 },
];
const cases = quick(all, 2).map((one) => ({ ...one, recording: recordingOf(one), expected: verdictsOf(recordingOf(one)) }));

describe('the same numbers get the same verdict', () => {
  test.for(cases)('in another unit, order, time and time zone: seed $seed, $times times', ({ recording, expected, ...one }) => {
    for (const unit of [1 / 3600, 1024]) expect(verdictsOf(recordingOf({ ...one, unit }))).toEqual(expected);
    expect(verdictsOf({ ...recording, checks: recording.checks.toReversed() })).toEqual(expected);
    expect(verdictsOf(recordingOf({ ...one, from: deployedAt + 19_800 }))).toEqual(expected);
    const rules = defaultRules(recording);
    const elsewhere = { ...rules, baseline: { ...rules.baseline, timezone: 'Asia/Kolkata' } };
    expect(verdictsOf(recording, { analyzers, ruleSet: elsewhere })).toEqual(verdictsOf(recording, { analyzers, ruleSet: rules }));
  });

  test('the cases hold passes and failures', () => {
    expect(cases.map(({ expected }) => expected.verdict)).toEqual(expect.arrayContaining(['pass', 'fail']));
  });

  test('however the ticks are split into passes', () => {
    const [check] = recordingOf({ times: 1.15 }).checks;
    const [past, bake] = [check?.history?.value as number[], check?.bake.value as number[]];
    const stretch = (startAt: number, value: readonly number[]) => ({
      startAt,
      stepMs: 1000 * step,
      ticks: { kind: 'value' as const, value },
    });
    const own = stretch(1000 * deployedAt, bake);
    const bound = analyzers
      .get('regression')
      ?.bind({}, { forMs: 7_200_000, historyMs: 1e10, like: [{ kind: 'before' }], damping: { k: 1, n: 1 } });
    const fold = bound?.start({
      bake: outlineOf(own),
      control: null,
      history: stretch(1000 * (deployedAt - past.length * step), past),
      deployedAt: 1000 * deployedAt,
      direction: 'both',
      minSamples: 1,
      like: [{ kind: 'before' }],
      forMs: 7_200_000,
      timezone: 'UTC',
    });
    if (fold === undefined) throw new Error('regression is not in the index');
    const inPassesOf = (size: number) => {
      let progress = startOf(fold);
      for (let at = 0; at < bake.length; at += size) {
        progress = JSON.parse(JSON.stringify(advance(fold, progress, ticksBetween(own, null, at, Math.min(bake.length, at + size)))));
      }
      return verdictOf(fold, progress);
    };
    for (const size of [1, 5, 24]) expect(inPassesOf(size)).toEqual(inPassesOf(7));
  });
});
