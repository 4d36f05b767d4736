import { hash, type Labelled, recordingOf } from './families.ts';
import { createRandom, type Random } from './random.ts';

/**
 * A gauge that someone made up. `walk` says how it moves, tick by tick; `tick` counts from the deploy on, and the hour of the day follows from it. What
 * cannot be negative is cut at 0.
 */
type Family = {
  readonly name: string;
  readonly stepS: number;
  readonly days: number;
  readonly bakeTicks: number;
  readonly walk: (random: Random, perDay: number) => (tick: number) => number;
};

const fine = { stepS: 300, days: 7, bakeTicks: 24 };
/** Twelve hours at a step of an hour. */
const hourly = { stepS: 3600, days: 14, bakeTicks: 12 };

export const gaugeFamilies: readonly Family[] = [
  {
    name: 'gauge-calm',
    ...fine,
    walk: (random, perDay) => around(100, [season(random, perDay, 10), wander(random, 12, 3), noise(random, 2)]),
  },
  {
    name: 'gauge-hourly',
    ...hourly,
    walk: (random, perDay) => around(100, [season(random, perDay, 20), wander(random, 6, 4), noise(random, 4)]),
  },
  { name: 'gauge-heavy', ...fine, walk: (random, perDay) => around(100, [season(random, perDay, 8), heavy(random, 4)]) },
  { name: 'gauge-heavy-hourly', ...hourly, walk: (random, perDay) => around(60, [season(random, perDay, 10), heavy(random, 5)]) },
  { name: 'gauge-spikes', ...fine, walk: (random) => around(20, [noise(random, 1), spikes(random, 0.03, 100)]) },
  { name: 'gauge-trains', ...fine, walk: (random) => around(20, [noise(random, 1), trains(random, 0.003, 80)]) },
  { name: 'gauge-skewed', ...fine, walk: (random, perDay) => skewed(random, perDay) },
  { name: 'gauge-busy-hours', ...fine, walk: (random, perDay) => around(80, [season(random, perDay, 8), byHour(random, perDay, 6)]) },
  {
    name: 'gauge-trend',
    ...fine,
    walk: (random, perDay) => around(100, [(i) => (8 * i) / perDay, wander(random, 12, 2), noise(random, 2)]),
  },
  { name: 'gauge-counter', ...hourly, walk: (random) => sawtooth(random) },
];

/** `ranges`: by how much of the metric's range in the last three days the bake is moved, up or down. `every`: only each so many ticks of it. */
type Effect = {
  readonly name: string;
  readonly times: number;
  readonly ranges: number;
  readonly every: number;
  readonly incident?: boolean;
};

export const madeGaugeEffects: readonly Effect[] = [
  { name: 'none', times: 1, ranges: 0, every: 1 },
  { name: 'incident', times: 1, ranges: 0, every: 1, incident: true },
  { name: 'shift', times: 1, ranges: 1, every: 1 },
  { name: 'incident, shift', times: 1, ranges: 1, every: 1, incident: true },
  { name: 'double', times: 2, ranges: 0, every: 1 },
  { name: 'zero', times: 0, ranges: 0, every: 1 },
  { name: 'train', times: 1, ranges: 2, every: 3 },
];

const deployedAt = 1_772_323_200;

/** One bake of a family with an effect, deployed at any hour of the day; the same seed always makes the same bake. */
export function makeGauge({ name, stepS, days, bakeTicks, walk }: Family, effect: Effect, seed: number): Labelled {
  const random = createRandom(seed * 7919 + hash(`${name}/${effect.name}`));
  const perDay = 86_400 / stepS;
  const at = walk(random, perDay);
  const length = days * perDay;
  const past = Array.from({ length }, (_, i) => at(i - length));
  const range = rangeOf(past.slice(-3 * perDay));
  if (effect.incident) addIncident(past, { perDay, range, random });
  const sign = effect.every > 1 || random.uniform() < 0.5 ? 1 : -1;
  const bake = Array.from({ length: bakeTicks }, (_, i) => {
    const isOn = i % effect.every === effect.every - 1;
    return at(i) * effect.times + (isOn ? sign * effect.ranges * range : 0);
  });
  const isBad = effect.times !== 1 || effect.ranges > 0;
  return {
    label: { label: isBad ? 'bad' : 'good', family: name, effect: effect.name, onset: 0 },
    recording: recordingOf(`${name}-${effect.name}-${seed}`, {
      name: 'gauge',
      kind: 'value',
      direction: 'both',
      step: stepS,
      history: { start: deployedAt - length * stepS, value: past.map(recorded) },
      bake: { value: bake.map(recorded) },
    }),
  };
}

function recorded(value: number): number {
  return Math.max(0, Number(value.toPrecision(6)));
}

function rangeOf(past: readonly number[]): number {
  const all = past.map(recorded).toSorted((a, b) => a - b);
  const at = (share: number) => all[Math.floor(share * (all.length - 1))] ?? 0;
  return Math.max(at(0.95) - at(0.05), 1e-6);
}

type Incident = { readonly perDay: number; readonly range: number; readonly random: Random };

/** At this hour of one of the last three days, for half an hour to three hours, two to eight ranges off. */
function addIncident(past: number[], { perDay, range, random }: Incident): void {
  const day = 1 + Math.floor(3 * random.uniform());
  const from = past.length - Math.round((day - 0.02 + 0.04 * random.uniform()) * perDay);
  const length = Math.max(2, Math.round((perDay / 48) * (1 + 5 * random.uniform())));
  const by = (2 + 6 * random.uniform()) * range * (random.uniform() < 0.8 ? 1 : -1);
  for (let i = from; i < Math.min(past.length, from + length); i++) past[i] = (past[i] ?? 0) + by;
}

type Part = (tick: number) => number;

function around(level: number, parts: readonly Part[]): Part {
  return (tick) => parts.reduce((sum, part) => sum + part(tick), level);
}

function season(random: Random, perDay: number, size: number): Part {
  const phase = random.uniform();
  return (tick) => size * Math.sin(2 * Math.PI * (tick / perDay + phase));
}

function noise(random: Random, deviation: number): Part {
  return () => deviation * random.normal();
}

/** A level that comes back, with a memory of so many ticks. */
function wander(random: Random, ticks: number, deviation: number): Part {
  const memory = Math.exp(-1 / ticks);
  let level = deviation * random.normal();
  return () => {
    level = memory * level + deviation * Math.sqrt(1 - memory ** 2) * random.normal();
    return level;
  };
}

/** Student's t with two and a half degrees of freedom. */
function heavy(random: Random, scale: number): Part {
  const freedom = 2.5;
  return () => (scale * random.normal()) / Math.sqrt((2 * random.gamma(freedom / 2)) / freedom);
}

/** Single ticks far off. */
function spikes(random: Random, share: number, mean: number): Part {
  return () => (random.uniform() < share ? random.exponential(mean) : 0);
}

/** Three to seven spikes, with a quiet tick or two between them. */
function trains(random: Random, share: number, size: number): Part {
  let left = 0;
  return (tick) => {
    if (left === 0 && random.uniform() < share) left = 3 + Math.floor(5 * random.uniform());
    if (left === 0 || tick % 2 !== 0) return 0;
    left--;
    return size * (0.5 + random.uniform());
  };
}

/** Lognormal around a season, with a burst of half an hour about twice a day: far up, and never below 0. */
function skewed(random: Random, perDay: number): Part {
  const [tide, level] = [season(random, perDay, 0.4), wander(random, 6, 0.3)];
  let left = 0;
  return (tick) => {
    left = left > 0 ? left - 1 : random.uniform() < 2 / perDay ? 6 : 0;
    return 30 * Math.exp(tide(tick) + level(tick) + 0.2 * random.normal()) * (left > 0 ? 5 : 1);
  };
}

/** Noise that is five times as large for nine hours of each day. */
function byHour(random: Random, perDay: number, deviation: number): Part {
  const phase = random.uniform();
  return (tick) => {
    const hour = (((tick / perDay + phase) % 1) + 1) % 1;
    return (hour < 9 / 24 ? deviation : deviation / 5) * random.normal();
  };
}

/** Grows for about a day and a quarter, at a rate of its own each time, and is emptied. */
function sawtooth(random: Random): Part {
  let [value, rate, left] = [20 * random.uniform(), 1, 0];
  return () => {
    if (left-- <= 0) [value, rate, left] = [5 + 5 * random.uniform(), 1.5 + random.uniform(), 20 + Math.floor(20 * random.uniform())];
    value += rate * (0.7 + 0.6 * random.uniform());
    return value;
  };
}
