import type { Recording } from '../../src/core/recording/recording.ts';
import { createRandom, type Random } from './random.ts';

/** What a made-up bake is and what is true of it. */
export type Labelled = { readonly recording: Recording; readonly label: Label };
export type Label = {
  readonly label: 'good' | 'bad';
  readonly family: string;
  readonly effect?: string | undefined;
  readonly onset?: number | undefined;
  readonly wald?: number | undefined;
};

/** A service whose errors are counted: how busy it is, how its error rate moves, and how errors cluster. */
type Family = {
  readonly name: string;
  readonly perTick: number;
  readonly base: number;
  readonly drift?: number;
  readonly season?: number;
  readonly cluster?: number;
  readonly bursts?: number;
  readonly holes?: number;
  readonly stops?: boolean;
  /** Share of time, in stretches of some minutes, in which there are no requests at all. */
  readonly silence?: number;
  /** How far the traffic swings with the day. */
  readonly tides?: number;
  readonly historyTicks?: number;
  readonly control?: number;
};

const step = 15;
const bakeTicks = 120;
const day = 5760;
const deployedAt = 1_772_323_200;

export const families: readonly Family[] = [
  { name: 'calm', perTick: 300, base: 0.005 },
  { name: 'high-traffic', perTick: 6000, base: 0.002, cluster: 1.5 },
  { name: 'low-traffic', perTick: 4.5, base: 0.01 },
  { name: 'rare', perTick: 60, base: 0.0005 },
  { name: 'never', perTick: 150, base: 0 },
  { name: 'two-percent', perTick: 150, base: 0.02, drift: 0.1 },
  { name: 'clustered', perTick: 250, base: 0.004, cluster: 3 },
  { name: 'drift', perTick: 250, base: 0.004, drift: 0.25 },
  { name: 'hard-drift', perTick: 250, base: 0.004, drift: 0.5 },
  { name: 'season', perTick: 250, base: 0.004, season: 0.5, historyTicks: day },
  { name: 'bursts', perTick: 250, base: 0.004, bursts: 0.004 },
  { name: 'rare-bursts', perTick: 250, base: 0.004, bursts: 0.0015 },
  { name: 'holes', perTick: 250, base: 0.004, holes: 0.1 },
  { name: 'stops', perTick: 250, base: 0.004, stops: true },
  { name: 'silence', perTick: 40, base: 0.01, silence: 0.3 },
  { name: 'tides', perTick: 120, base: 0.006, tides: 0.8, season: 0.2, historyTicks: day },
  { name: 'young', perTick: 200, base: 0.005, historyTicks: 180 },
  { name: 'control-calm', perTick: 300, base: 0.005, control: 0.15 },
  { name: 'control-tenth', perTick: 200, base: 0.005, control: 0.1 },
  { name: 'control-drift', perTick: 300, base: 0.005, drift: 0.4, control: 0.15 },
  { name: 'control-clustered', perTick: 300, base: 0.005, cluster: 3, control: 0.15 },
  { name: 'control-bursts', perTick: 300, base: 0.005, bursts: 0.004, control: 0.2 },
  { name: 'control-low-traffic', perTick: 4.5, base: 0.01, control: 0.1 },
];

export const effects: readonly {
  readonly name: string;
  readonly times: number;
  readonly share: number;
  readonly onset: number;
  readonly ticks: number;
}[] = [
  { name: 'none', times: 1, share: 0, onset: 0, ticks: 0 },
  { name: 'cold start', times: 15, share: 0, onset: 0, ticks: 2 },
  { name: 'x2', times: 2, share: 0, onset: 0, ticks: bakeTicks },
  { name: 'x5', times: 5, share: 0, onset: 0, ticks: bakeTicks },
  { name: 'x20', times: 20, share: 0, onset: 0, ticks: bakeTicks },
  { name: 'failure', times: 1, share: 1, onset: 0, ticks: bakeTicks },
  { name: 'x5 late', times: 5, share: 0, onset: 600, ticks: bakeTicks },
];

type Effect = (typeof effects)[number];

/** Whether the effect can be told from none at all: nothing is not worse when it is multiplied, and nobody sees errors in no requests. */
export function canShow(family: Family, effect: Effect): boolean {
  if (effect.ticks < bakeTicks) return true;
  return !family.stops && (family.base > 0 || effect.share > 0);
}

/** One bake of a family with an effect; the same seed always makes the same bake. */
export function makeCounts(family: Family, effect: Effect, seed: number): Labelled {
  const random = createRandom(seed * 7919 + hash(`${family.name}/${effect.name}`));
  const rate = walk(family, random);
  const traffic = traffics(family, random);
  const length = family.historyTicks ?? 1920;
  const [history, bake, control] = [columns(), columns(), columns()];
  for (let i = -length; i < 0; i++) push(history, count(family, rate(i), { requests: traffic(i), random }), isMissing(family, random));
  const stopsAt = family.stops ? 20 + Math.floor(60 * random.uniform()) : bakeTicks;
  for (let i = 0; i < bakeTicks; i++) {
    const [common, requests] = [rate(i), traffic(i)];
    const missing = isMissing(family, random);
    const isOn = i * step >= effect.onset && i < effect.onset / step + effect.ticks;
    const own = isOn ? Math.min(1, effect.share > 0 ? effect.share : common * effect.times) : common;
    const share = family.control ?? 1;
    push(bake, i < stopsAt ? count(family, own, { requests: requests * share, random }) : [0, 0], missing);
    if (family.control) push(control, count(family, common, { requests: requests * (1 - share), random }), missing);
  }
  const isBad = effect.ticks >= bakeTicks;
  const label: Label = {
    label: isBad ? 'bad' : 'good',
    family: family.name,
    effect: effect.name,
    onset: effect.onset,
    ...(isBad && { wald: waldSeconds(family, effect) }),
  };
  const check = {
    name: 'errors',
    kind: 'ratio' as const,
    direction: 'up' as const,
    step,
    history: { start: deployedAt - length * step, ...history },
    ...(family.control && { control }),
    bake,
  };
  return { label, recording: recordingOf(`${family.name}-${effect.name}-${seed}`, check) };
}

export function recordingOf(id: string, check: Recording['checks'][number]): Recording {
  return {
    format: 'bakewatch.recording/1',
    id,
    service: 'made-up',
    environment: 'bench',
    version: 'v1',
    deployedAt,
    warmup: 0,
    checks: [check],
  };
}

type Columns = { readonly bad: (number | null)[]; readonly total: (number | null)[] };

function columns(): Columns {
  return { bad: [], total: [] };
}

function push(to: Columns, [bad, total]: readonly [number, number], missing: boolean): void {
  to.bad.push(missing ? null : bad);
  to.total.push(missing ? null : total);
}

function isMissing({ holes }: Family, random: Random): boolean {
  return holes !== undefined && random.uniform() < holes;
}

/** The error rate tick by tick: base, a mean-reverting drift with an hour's memory, a daily season, and bursts that last about two minutes. */
function walk(family: Family, random: Random): (i: number) => number {
  const memory = Math.exp(-step / 3600);
  let drift = (family.drift ?? 0) * random.normal();
  let burst = 0;
  const phase = random.uniform();
  return (i) => {
    if (family.drift) drift = memory * drift + family.drift * Math.sqrt(1 - memory ** 2) * random.normal();
    if (family.bursts) burst = burst > 0 ? burst - 1 : random.uniform() < family.bursts ? 4 + Math.floor(8 * random.uniform()) : 0;
    const season = 1 + (family.season ?? 0) * Math.sin(2 * Math.PI * (i / day + phase));
    return Math.min(1, family.base * Math.exp(drift) * season * (burst > 0 ? 6 : 1));
  };
}

/** The requests to be expected, tick by tick. */
function traffics({ perTick, tides = 0, silence = 0 }: Family, random: Random): (i: number) => number {
  const phase = random.uniform();
  let left = 0;
  let isSilent = false;
  return (i) => {
    if (silence > 0 && left-- <= 0) {
      isSilent = !isSilent && random.uniform() < 2 * silence;
      left = 10 + Math.floor(30 * random.uniform());
    }
    return isSilent ? 0 : perTick * (1 + tides * Math.sin(2 * Math.PI * (i / day + phase)));
  };
}

/** One tick: Poisson traffic, binomial errors; clustered ones come several at a time. */
function count(family: Family, rate: number, { requests, random }: { requests: number; random: Random }): readonly [number, number] {
  const total = random.poisson(requests);
  if (!family.cluster || rate > 0.5) return [random.binomial(total, rate), total];
  let bad = 0;
  const groups = random.poisson((total * rate) / family.cluster);
  for (let i = 0; i < groups; i++) bad += 1 + random.poisson(family.cluster - 1);
  return [Math.min(bad, total), total];
}

/** Seconds that an ideal test with both rates known needs on average at 1 %: ln 100 over the divergence a second, at least one tick (Wald 1945). */
function waldSeconds(family: Family, effect: Effect): number {
  const p0 = Math.max(family.base * 1.25 + 0.0005, 1e-6);
  const p1 = Math.min(0.999, effect.share > 0 ? effect.share : family.base * effect.times);
  if (p1 <= p0) return Number.POSITIVE_INFINITY;
  const divergence = p1 * Math.log(p1 / p0) + (1 - p1) * Math.log((1 - p1) / (1 - p0));
  const perSecond = (family.perTick * (family.control ?? 1)) / step;
  return Math.max(step, Math.log(100) / divergence / perSecond);
}

export function hash(text: string): number {
  let sum = 2166136261;
  for (const char of text) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 16777619);
  return sum >>> 0;
}
