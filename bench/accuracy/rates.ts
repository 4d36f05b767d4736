import { hash, type Labelled, recordingOf } from './families.ts';
import { createRandom, type Random } from './random.ts';

/**
 * Events a minute that follow the hour and the weekday. `upTo`: where it is set, each bake has a level of its own between the two. `cluster`: how much more
 * they vary than independent ones; `spread`: the hourly ups and downs; `bursts`: the share of minutes in which a burst begins; `closed`: hours of the night
 * without any; `weekend`: its share of a weekday; `growth`: by how much each day is higher than the one before.
 */
type Family = {
  readonly name: string;
  readonly perMinute: number;
  readonly upTo?: number;
  readonly days: number;
  readonly cluster?: number;
  readonly spread?: number;
  readonly bursts?: number;
  readonly closed?: number;
  readonly weekend?: number;
  readonly growth?: number;
  readonly sale?: Sale;
};

/** Three times the events, from so many hours before the deploy to so many (a bake ends at -1). */
type Sale = { readonly from: number; readonly to: number };

const usual = { perMinute: 60, days: 9, cluster: 1.5, spread: 0.05 };

export const rateFamilies: readonly Family[] = [
  { name: 'rate-busy', perMinute: 400, days: 9 },
  { ...usual, name: 'rate-usual' },
  { name: 'rate-small', perMinute: 8, days: 9 },
  { name: 'rate-two-days', perMinute: 100, days: 2, spread: 0.05 },
  { name: 'rate-few', perMinute: 2 / 60, upTo: 20 / 60, days: 14 },
  { ...usual, name: 'rate-heavy-tails', bursts: 0.004 },
  { ...usual, name: 'rate-night', closed: 6 },
  { ...usual, name: 'rate-weekend', weekend: 0.35 },
  { ...usual, name: 'rate-growing', growth: 0.02 },
  { ...usual, name: 'rate-sale-yesterday', sale: { from: 28, to: 20 } },
  { ...usual, name: 'rate-sale-today', sale: { from: 4, to: -4 } },
];

export const rateEffects = [
  { name: 'none', times: 1, onset: 0 },
  { name: '-10 %', times: 0.9, onset: 0 },
  { name: '-30 %', times: 0.7, onset: 0 },
  { name: '-80 %', times: 0.2, onset: 0 },
  { name: '-80 % late', times: 0.2, onset: 600 },
] satisfies readonly Effect[];

const step = 60;
const bakeTicks = 60;
const deployedAt = 1_772_323_200;

type Effect = { readonly name: string; readonly times: number; readonly onset: number };

/** One bake of a family with an effect, deployed at any hour of the week; the same seed always makes the same bake. */
export function makeRate(family: Family, effect: Effect, seed: number): Labelled {
  const random = createRandom(seed * 7919 + hash(`${family.name}/${effect.name}`));
  const at = walk(family, random);
  const length = family.days * 1440;
  const history = Array.from({ length }, (_, i) => countOf(family, at(i - length), random));
  const count = Array.from({ length: bakeTicks }, (_, i) => countOf(family, at(i) * (i * step >= effect.onset ? effect.times : 1), random));
  const check = {
    name: 'orders',
    kind: 'rate' as const,
    direction: 'down' as const,
    step,
    history: { start: deployedAt - length * step, count: history },
    bake: { count },
  };
  return {
    label: { label: effect.times < 1 ? 'bad' : 'good', family: family.name, effect: effect.name, onset: effect.onset },
    recording: recordingOf(`${family.name}-${effect.name}-${seed}`, check),
  };
}

function walk(family: Family, random: Random): (i: number) => number {
  const { perMinute, upTo = perMinute, spread = 0, closed = 0, weekend = 0.8, growth = 0 } = family;
  const offset = random.uniform() * 10_080;
  const depth = 0.4 + 0.3 * random.uniform();
  const average = upTo === perMinute ? perMinute : perMinute * (upTo / perMinute) ** random.uniform();
  const memory = Math.exp(-1 / 60);
  const burst = burstsOf(family, random);
  let level = spread * random.normal();
  return (i) => {
    level = memory * level + spread * Math.sqrt(1 - memory ** 2) * random.normal();
    const minute = i + offset;
    const week = Math.floor((((minute / 1440) % 7) + 7) % 7) >= 5 ? weekend : 1;
    const hour = (2 * Math.PI * minute) / 1440;
    const season = 1 + depth * Math.sin(hour) + 0.15 * Math.sin(2 * hour + 1);
    const trend = (1 + growth) ** (i / 1440) * saleAt(family, i) * (isClosed(minute, closed) ? 0 : 1);
    return average * week * season * trend * burst() * Math.exp(level);
  };
}

function saleAt({ sale }: Family, minute: number): number {
  return sale && minute >= -60 * sale.from && minute < -60 * sale.to ? 3 : 1;
}

/** The night is where the season is lowest. */
function isClosed(minute: number, hours: number): boolean {
  const middle = 18 * 60;
  const time = ((minute % 1440) + 1440) % 1440;
  return Math.abs(time - middle) < 30 * hours;
}

/** Bursts of three minutes, whose size has a long tail. */
function burstsOf({ bursts = 0 }: Family, random: Random): () => number {
  let [left, size] = [0, 1];
  return () => {
    if (bursts === 0) return 1;
    if (left === 0 && random.uniform() < bursts) [left, size] = [3, Math.min(30, 2 * random.uniform() ** -0.5)];
    if (left === 0) return 1;
    left--;
    return size;
  };
}

function countOf({ cluster = 1 }: Family, mean: number, random: Random): number {
  if (cluster <= 1 || mean === 0) return random.poisson(mean);
  const shape = mean / (cluster - 1);
  return random.poisson((random.gamma(shape) * mean) / shape);
}
