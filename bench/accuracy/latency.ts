import { normalCdf } from '../../analyzers/regression/math/poisson-limits.ts';
import { hash, type Labelled, recordingOf } from './families.ts';
import { createRandom, type Random } from './random.ts';

/** Requests whose durations are log-normal, perhaps with slow ones among them, counted in the usual buckets. */
type Family = {
  readonly name: string;
  readonly perTick: number;
  /** Seconds. */
  readonly median: number;
  readonly sigma: number;
  /** Share of requests that miss the cache and take eight times as long. */
  readonly misses?: number;
  readonly drift?: number;
  /** How much all requests of one tick are slowed down or sped up together. */
  readonly jitter?: number;
  readonly season?: number;
  readonly control?: number;
};

export const latencyFamilies: readonly Family[] = [
  { name: 'latency-calm', perTick: 150, median: 0.08, sigma: 0.5 },
  { name: 'latency-busy', perTick: 3000, median: 0.03, sigma: 0.6 },
  { name: 'latency-quiet', perTick: 12, median: 0.12, sigma: 0.5 },
  { name: 'latency-wide', perTick: 200, median: 0.06, sigma: 1 },
  { name: 'latency-misses', perTick: 200, median: 0.02, sigma: 0.4, misses: 0.1 },
  { name: 'latency-drift', perTick: 200, median: 0.08, sigma: 0.5, drift: 0.05 },
  { name: 'latency-jitter', perTick: 200, median: 0.08, sigma: 0.5, jitter: 0.08 },
  { name: 'latency-season', perTick: 200, median: 0.08, sigma: 0.5, season: 0.1 },
  { name: 'latency-noisy', perTick: 200, median: 0.08, sigma: 0.6, misses: 0.03, drift: 0.12, jitter: 0.2 },
  { name: 'latency-control', perTick: 400, median: 0.08, sigma: 0.5, drift: 0.1, control: 0.2 },
];

/** `slower`: everything takes so many times as long; `tail`: this share takes ten times as long. */
export const latencyEffects = [
  { name: 'none', slower: 1, tail: 0, onset: 0, ticks: 0 },
  { name: 'cold start', slower: 4, tail: 0, onset: 0, ticks: 2 },
  { name: 'x1.5', slower: 1.5, tail: 0, onset: 0, ticks: 120 },
  { name: 'x3', slower: 3, tail: 0, onset: 0, ticks: 120 },
  { name: 'tail 2 %', slower: 1, tail: 0.02, onset: 0, ticks: 120 },
  { name: 'x1.5 late', slower: 1.5, tail: 0, onset: 600, ticks: 120 },
] as const;

type Effect = (typeof latencyEffects)[number];

const le = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const step = 15;
const bakeTicks = 120;
const historyTicks = 720;
const day = 5760;

/** One bake of a family with an effect; the same seed always makes the same bake. */
export function makeLatency(family: Family, effect: Effect, seed: number): Labelled {
  const random = createRandom(seed * 7919 + hash(`${family.name}/${effect.name}`));
  const scale = walk(family, random);
  const none = { slower: 1, tail: 0 };
  const history: number[][] = [];
  for (let i = -historyTicks; i < 0; i++) history.push(bucketsOf(family, { ...none, scale: scale(i), perTick: family.perTick }, random));
  const [bake, control]: [number[][], number[][]] = [[], []];
  const share = family.control ?? 1;
  for (let i = 0; i < bakeTicks; i++) {
    const common = scale(i);
    const isOn = i * step >= effect.onset && i < effect.onset / step + effect.ticks;
    bake.push(bucketsOf(family, { ...(isOn ? effect : none), scale: common, perTick: family.perTick * share }, random));
    if (family.control) control.push(bucketsOf(family, { ...none, scale: common, perTick: family.perTick * (1 - share) }, random));
  }
  const check = {
    name: 'latency',
    kind: 'latency' as const,
    direction: 'up' as const,
    step,
    le: [...le, '+Inf'],
    history: { start: 1_772_323_200 - historyTicks * step, buckets: history },
    ...(family.control && { control: { buckets: control } }),
    bake: { buckets: bake },
  };
  return {
    label: { label: effect.ticks >= bakeTicks ? 'bad' : 'good', family: family.name, effect: effect.name, onset: effect.onset },
    recording: recordingOf(`${family.name}-${effect.name}-${seed}`, check),
  };
}

/** How much slower or faster than usual, tick by tick: a drift with an hour's memory, a daily season, and what a single tick has to itself. */
function walk({ drift = 0, jitter = 0, season = 0 }: Family, random: Random): (i: number) => number {
  const memory = Math.exp(-step / 3600);
  const phase = random.uniform();
  let level = drift * random.normal();
  return (i) => {
    level = memory * level + drift * Math.sqrt(1 - memory ** 2) * random.normal();
    return Math.exp(level + jitter * random.normal() + season * Math.sin(2 * Math.PI * (i / day + phase)));
  };
}

type Load = { readonly slower: number; readonly tail: number; readonly scale: number; readonly perTick: number };

/** Cumulative counts by bound: each bucket takes its binomial share of the requests that are left. */
function bucketsOf(family: Family, load: Load, random: Random): number[] {
  const total = random.poisson(load.perTick);
  const counts: number[] = [];
  let [within, passed] = [0, 0];
  for (const bound of le) {
    const share = shareWithin(family, load, bound);
    within += random.binomial(total - within, passed < 1 ? Math.max(0, (share - passed) / (1 - passed)) : 0);
    passed = share;
    counts.push(within);
  }
  return [...counts, total];
}

function shareWithin({ median, sigma, misses = 0 }: Family, { slower, tail, scale }: Load, bound: number): number {
  const within = (times: number) => normalCdf(Math.log(bound / (median * slower * scale * times)) / sigma);
  const usual = (times: number) => (1 - misses) * within(times) + misses * within(8 * times);
  return (1 - tail) * usual(1) + tail * usual(10);
}
