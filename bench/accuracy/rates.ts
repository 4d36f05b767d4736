import { hash, type Labelled, recordingOf } from './families.ts';
import { createRandom, type Random } from './random.ts';

/** Events a minute that follow the hour and the weekday. `cluster`: how much more they vary than independent ones; `spread`: the hourly ups and downs. */
type Family = {
  readonly name: string;
  readonly perMinute: number;
  readonly days: number;
  readonly cluster?: number;
  readonly spread?: number;
};

export const rateFamilies: readonly Family[] = [
  { name: 'rate-busy', perMinute: 400, days: 9 },
  { name: 'rate-usual', perMinute: 60, days: 9, cluster: 1.5, spread: 0.05 },
  { name: 'rate-small', perMinute: 8, days: 9 },
  { name: 'rate-two-days', perMinute: 100, days: 2, spread: 0.05 },
];

export const rateEffects = [
  { name: 'none', times: 1, onset: 0 },
  { name: '-10 %', times: 0.9, onset: 0 },
  { name: '-30 %', times: 0.7, onset: 0 },
  { name: '-80 %', times: 0.2, onset: 0 },
  { name: '-80 % late', times: 0.2, onset: 600 },
] as const;

const step = 60;
const bakeTicks = 60;
const deployedAt = 1_772_323_200;

/** One bake of a family with an effect, deployed at any hour of the week; the same seed always makes the same bake. */
export function makeRate(family: Family, effect: (typeof rateEffects)[number], seed: number): Labelled {
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

function walk({ perMinute, spread = 0 }: Family, random: Random): (i: number) => number {
  const offset = random.uniform() * 10_080;
  const depth = 0.4 + 0.3 * random.uniform();
  const memory = Math.exp(-1 / 60);
  let level = spread * random.normal();
  return (i) => {
    level = memory * level + spread * Math.sqrt(1 - memory ** 2) * random.normal();
    const minute = i + offset;
    const weekend = Math.floor((((minute / 1440) % 7) + 7) % 7) >= 5 ? 0.8 : 1;
    const hour = (2 * Math.PI * minute) / 1440;
    return perMinute * weekend * (1 + depth * Math.sin(hour) + 0.15 * Math.sin(2 * hour + 1)) * Math.exp(level);
  };
}

function countOf({ cluster = 1 }: Family, mean: number, random: Random): number {
  if (cluster <= 1) return random.poisson(mean);
  const shape = mean / (cluster - 1);
  return random.poisson((random.gamma(shape) * mean) / shape);
}
