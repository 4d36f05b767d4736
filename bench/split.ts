/**
 * What does `by:` find, and what does it cost? A shop of 40 endpoints is judged twice: as one error rate, and split by endpoint. Traffic and error rates of
 * the endpoints differ; a bake takes 15 minutes at ticks of 15 s, and its past is a day. Of the broken bakes, one endpoint has ten times its errors.
 * Reports false alarms and detection with exact 95 % intervals, the delay, the time of a look and the stored size of a tick.
 *
 *   node bench/split.ts [--bakes 400] [--rate 50] [--clustered]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { clopperPearson } from '../src/core/base/clopper-pearson.ts';
import { assess, assessByTick } from '../src/core/judge/assess.ts';
import { type BoundCheck, bindChecks, type CheckData, calibrateCheck } from '../src/core/judge/check.ts';
import type { Verdict } from '../src/core/judge/verdict.ts';
import type { RuleSet } from '../src/core/rules/rule-set.ts';
import { binarySearch } from '../src/core/series/binary-search.ts';
import { selectValues } from '../src/core/series/split.ts';
import type { Stretch, Ticks } from '../src/core/series/ticks.ts';
import { upTo } from '../src/core/series/ticks.ts';
import { packMeasurement } from '../src/store/pack-measurement.ts';
import { createRandom, type Random } from './accuracy/random.ts';
import { ruleSetOf } from './split/rule-set.ts';

const { values: options } = parseArgs({
  options: {
    bakes: { type: 'string', default: '400' },
    rate: { type: 'string', default: '50' },
    clustered: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const [bakes, rate, seed] = [Number(options.bakes), Number(options.rate), Number(options.seed)];
const endpoints = 40;
const [stepMs, ticks, pastStepMs, pastTicks] = [15_000, 60, 60_000, 1_440];
const deployedAt = 1_772_323_200_000;

/** Requests a second of each endpoint (a few get most of it), and its error rate. */
type Shop = readonly { readonly value: string; readonly perSecond: number; readonly share: number }[];

function shopOf(random: Random): Shop {
  const weights = Array.from({ length: endpoints }, (_, i) => 1 / (i + 1) ** 0.7);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, i) => ({ value: `/p${i}`, perSecond: (rate * weight) / all, share: 10 ** (-3 + random.uniform() * 1.3) }));
}

function stretchOf(
  shop: Shop,
  random: Random,
  times: (i: number) => number,
  [startAt, step, length]: readonly [number, number, number],
): Stretch {
  const own = shop.map(({ perSecond, share }, i) => {
    const total = Array.from({ length }, () => random.poisson((perSecond * step) / 1000));
    const bad = total.map((n) =>
      Math.min(n, options.clustered ? 3 * random.binomial(n, (share * times(i)) / 3) : random.binomial(n, Math.min(1, share * times(i)))),
    );
    return { bad, total };
  });
  const sum = (column: 'bad' | 'total') => Array.from({ length }, (_, t) => own.reduce((all, one) => all + (one[column][t] ?? 0), 0));
  const split = { label: 'endpoint', values: shop.map(({ value }) => value), ticks: own.map((one): Ticks => ({ kind: 'ratio', ...one })) };
  return { startAt, stepMs: step, ticks: { kind: 'ratio', bad: sum('bad'), total: sum('total'), split } };
}

type Judged = { readonly verdict: Verdict; readonly tick: number };

function judge(check: BoundCheck, data: CheckData, ruleSet: RuleSet): Judged {
  const verdictAt = assessByTick(check, data, ruleSet);
  const verdict = verdictAt(ticks);
  if (verdict.outcome !== 'fail') return { verdict, tick: ticks };
  const tick = binarySearch(ticks, (n) => verdictAt(n).outcome === 'fail');
  return { verdict: verdictAt(tick), tick };
}

/** One bake, judged without and with `by`. `broken`: the endpoint with ten times its errors. */
function bake(number: number, broken: number | null) {
  const random = createRandom(seed * 7_919 + number * 31 + (broken === null ? 0 : 15_485_863));
  const shop = shopOf(random);
  const past = stretchOf(shop, random, () => 1, [deployedAt - pastStepMs * pastTicks, pastStepMs, pastTicks]);
  const release = stretchOf(shop, random, (i) => (i === broken ? 10 : 1), [deployedAt, stepMs, ticks]);
  const { split: _, ...total } = release.ticks;
  return [undefined, 'endpoint'].map((by) => {
    const ruleSet = ruleSetOf(by);
    const [check] = bindChecks(ruleSet, analyzers);
    if (check === undefined) throw new Error('the rules have a check');
    const history = by === undefined ? past : selectValues(past, ruleSet.bake.forMs);
    const own = by === undefined ? { ...release, ticks: total } : release;
    const known = { control: null, history, deployedAt, alpha: 0.01 };
    const startedAt = performance.now();
    const calibrations = calibrateCheck(check, { ...known, stepMs }, ruleSet);
    const learnedMs = performance.now() - startedAt;
    return {
      ...judge(check, { ...known, history: null, calibrations, bake: own }, ruleSet),
      learnedMs,
      check,
      ruleSet,
      calibrations,
      release: own,
    };
  });
}

const at = (list: readonly number[], p: number) =>
  Number((list.toSorted((a, b) => a - b)[Math.floor(p * (list.length - 1))] ?? 0).toFixed(2));
const share = (hits: number, of: number) => ({
  hits,
  of,
  interval: clopperPearson(hits, of, 0.025).map((x) => Number((100 * x).toFixed(2))),
});

const healthy = Array.from({ length: bakes }, (_, i) => bake(i, null));
const broken = Array.from({ length: bakes }, (_, i) => bake(i, i % endpoints));
const results = ['total', 'by endpoint'].map((name, i) => {
  const [calm, bad] = [healthy.map((one) => one[i]), broken.map((one) => one[i])];
  const found = bad.filter((one) => one?.verdict.outcome === 'fail');
  const named = bad.filter((one, n) => one?.verdict.outcome === 'fail' && one.verdict.split?.rows[0]?.value === `/p${n % endpoints}`);
  const outcome = (kind: Verdict['outcome'], list: typeof calm) => list.filter((one) => one?.verdict.outcome === kind).length;
  return {
    name,
    falseAlarms: share(outcome('fail', calm), bakes),
    healthyPassed: outcome('pass', calm),
    healthyOpenButNotBlocking: calm.filter((one) => one?.verdict.outcome === 'inconclusive' && one.verdict.blocks === false).length,
    healthyBlocked: calm.filter((one) => one?.verdict.outcome === 'inconclusive' && one.verdict.blocks !== false).length,
    found: share(found.length, bakes),
    namedRight: named.length,
    foundByTraffic: [0, 10, 20, 30].map(
      (from) =>
        `${bad.filter((one, n) => n % endpoints >= from && n % endpoints < from + 10 && one?.verdict.outcome === 'fail').length}/${bad.filter((_, n) => n % endpoints >= from && n % endpoints < from + 10).length}`,
    ),
    minutesToFail: {
      median: at(
        found.map((one) => ((one?.tick ?? 0) * stepMs) / 60_000),
        0.5,
      ),
      p90: at(
        found.map((one) => ((one?.tick ?? 0) * stepMs) / 60_000),
        0.9,
      ),
    },
    learnMs: at(
      calm.map((one) => one?.learnedMs ?? 0),
      0.5,
    ),
    ...costOf(calm[0]),
  };
});

/** What one look costs while the bake runs, and how large the measurement of one tick is. */
function costOf(one: (typeof healthy)[number][number] | undefined) {
  if (one === undefined) return {};
  const { check, ruleSet, calibrations, release } = one;
  const known = { control: null, history: null, deployedAt, alpha: 0.01, calibrations };
  let progress: ReturnType<typeof assess>['progress'] | undefined;
  const looks: number[] = [];
  let last: Verdict | null = null;
  for (let tick = 1; tick <= ticks; tick++) {
    const from = performance.now();
    const seen = assess(check, { ...known, bake: upTo(release, tick) }, ruleSet, progress);
    looks.push(performance.now() - from);
    [progress, last] = [seen.progress, seen.verdict];
  }
  const window = { from: deployedAt, to: deployedAt + stepMs, stepMs };
  const measurement = {
    check: 'errors',
    phase: 'baking',
    at: deployedAt,
    window,
    query: '',
    result: last ?? { outcome: 'pass', reason: '' },
    ticks: upTo(release, 1).ticks,
    control: null,
  } as const;
  return {
    lookMs: { median: at(looks, 0.5), p99: at(looks, 0.99) },
    stateBytes: JSON.stringify(progress).length,
    tickBytes: JSON.stringify(packMeasurement(measurement, ruleSet)).length,
  };
}

process.stdout.write(`${JSON.stringify({ bench: 'split', bakes, endpoints, rate, clustered: options.clustered, results }, null, 2)}\n`);
