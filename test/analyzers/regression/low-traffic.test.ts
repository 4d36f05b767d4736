import { describe, expect, test } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { createRandom } from '../../../bench/accuracy/random.ts';
import { assessByTick } from '../../../src/core/judge/assess.ts';
import { bindChecks, calibrateCheck } from '../../../src/core/judge/check.ts';
import { lengthOf, type Ticks } from '../../../src/core/series/ticks.ts';
import { aCheck, aCondition, aRuleSet } from '../../support/builders.ts';
import { deployedAt } from './build.ts';

type Kind = 'ratio' | 'latency';

const step = 15_000;
const pastStep = 75_000;
const forMs = 900_000;
const query = { query: 'q' };
const seeds = Array.from({ length: 15 }, (_, i) => i + 1);

/** Requests, and how many of them are bad: they fail, or take more than half a second. */
function ticksOf(kind: Kind, total: readonly number[], bad: readonly number[]): Ticks {
  if (kind === 'ratio') return { kind, bad, total };
  const le = [0.1, 0.5, 1, Number.POSITIVE_INFINITY];
  const rows = total.map((n, i) => [Math.round((n - (bad[i] ?? 0)) * 0.8), n - (bad[i] ?? 0), n, n]);
  return { kind, le, buckets: rows };
}

/** A week with one request a minute, of which 0.5 % are bad. */
function weekOf(kind: Kind, seed: number): Ticks {
  const random = createRandom(seed * 7_919);
  const total = Array.from({ length: 8_064 }, () => random.poisson(1.25));
  return ticksOf(
    kind,
    total,
    total.map((n) => random.binomial(n, 0.005)),
  );
}

/** A bake of fifteen minutes with one request in every fourth tick; `isBad` says which of the requests are bad. */
function bakeOf(kind: Kind, isBad: (request: number) => boolean): Ticks {
  const total = Array.from({ length: 60 }, (_, i) => (i % 4 === 3 ? 1 : 0));
  return ticksOf(
    kind,
    total,
    total.map((n, i) => (n > 0 && isBad((i - 3) / 4) ? 1 : 0)),
  );
}

const limit = {
  ratio: aCondition('threshold', { above: 0.1 }, { k: 2, n: 3 }),
  latency: aCondition('threshold', { slower_than: 500, for_more_than: 0.1 }, { k: 2, n: 3 }),
};

function historyOf(kind: Kind, seed: number) {
  const past = weekOf(kind, seed);
  return { startAt: deployedAt - lengthOf(past) * pastStep, stepMs: pastStep, ticks: past };
}

/** What the past of each kind and seed teaches: it is the same for every bake. */
const calibrationsByName = new Map<string, ReturnType<typeof calibrateCheck>>();

/** After how many requests the check fails; `null`: it does not. */
function failsAt(kind: Kind, seed: number, isBad: (request: number) => boolean): number | null {
  const question = kind === 'ratio' ? { kind, bad: query, total: query } : { kind, buckets: query };
  const ruleSet = aRuleSet({
    bake: { forMs, everyMs: step, warmupMs: 0, extendMs: 0 },
    checks: [aCheck({ question, failWhen: [limit[kind], aCondition('regression', {})], minSamples: 20 })],
  });
  const [check] = bindChecks(ruleSet, analyzers);
  const known = { control: null, history: historyOf(kind, seed), deployedAt };
  const name = `${kind} ${seed}`;
  const calibrations = calibrationsByName.get(name) ?? calibrateCheck(check!, { ...known, stepMs: step }, ruleSet);
  calibrationsByName.set(name, calibrations);
  const bake = { startAt: deployedAt, stepMs: step, ticks: bakeOf(kind, isBad) };
  const at = assessByTick(check!, { ...known, bake, calibrations }, ruleSet);
  const tick = Array.from({ length: 60 }, (_, i) => i + 1).find((ticks) => at(ticks).outcome === 'fail');
  return tick === undefined ? null : tick / 4;
}

function medianOf(numbers: readonly (number | null)[]): number {
  return numbers.map((n) => n ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

describe.for<Kind>(['ratio', 'latency'])('a check on one request a minute (%s)', (kind) => {
  test('fails at about the third bad request where every second one is bad', () => {
    const bad = seeds.map((seed) => (failsAt(kind, seed, (request) => request % 2 === 0) ?? Number.POSITIVE_INFINITY) / 2);
    expect(Math.ceil(medianOf(bad))).toBeLessThanOrEqual(4);
  });

  test('fails earlier where all are bad', () => {
    const all = medianOf(seeds.map((seed) => failsAt(kind, seed, () => true)));
    expect(all).toBeLessThanOrEqual(4);
    expect(all).toBeLessThan(medianOf(seeds.map((seed) => failsAt(kind, seed, (request) => request % 2 === 0))));
  });

  test('does not fail because of two bad requests', () => {
    const fails = seeds.map((seed) => failsAt(kind, seed, (request) => request === 2 || request === 3));
    expect(fails).toEqual(seeds.map(() => null));
  });
});
