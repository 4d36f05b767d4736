import { hash, type Labelled, recordingOf } from './families.ts';
import { createRandom, type Random } from './random.ts';

/** Sales (or sign-ups, or messages) a tick: how many, how they follow the day and the week, how their level wanders, and how they cluster. */
export type Flow = {
  readonly name: string;
  readonly perMinute: number;
  readonly step: number;
  readonly days: number;
  /** How much of the level the day and the weekend take away at their lowest. */
  readonly night: number;
  readonly weekend: number;
  /** The deviation of a wandering log level, and the hours it remembers. */
  readonly drift: number;
  readonly memory: number;
  readonly cluster: number;
  readonly holes?: number;
  /** A level that goes up or down by so much a week, and a sale of two hours every other day. */
  readonly growth?: number;
  readonly campaigns?: number;
};

const usual = { perMinute: 40, step: 60, days: 9, night: 0.7, weekend: 0.3, drift: 0.1, memory: 0.25, cluster: 1 };
export const flows: readonly Flow[] = [
  { ...usual, name: 'sales' },
  { ...usual, name: 'sales-few', perMinute: 6 },
  { ...usual, name: 'sales-many', perMinute: 900, drift: 0.04 },
  { ...usual, name: 'sales-drift', drift: 0.05, memory: 3 },
  { ...usual, name: 'sales-wander', drift: 0.12, memory: 2 },
  { ...usual, name: 'sales-clustered', cluster: 3 },
  { ...usual, name: 'sales-holes', holes: 0.05 },
  { ...usual, name: 'sales-growing', growth: 0.3 },
  { ...usual, name: 'sales-campaigns', campaigns: 0.5 },
  { ...usual, name: 'sales-coarse', step: 300, days: 15 },
  { ...usual, name: 'sales-4-days', days: 4 },
  { ...usual, name: 'sales-1-day', days: 1.2 },
];

/** What the deploy does to the level, and whether that should be found. */
export const flowEffects = [
  { name: 'none', times: 1 },
  { name: 'minus 10 %', times: 0.9 },
  { name: 'minus 30 %', times: 0.7 },
  { name: 'minus 80 %', times: 0.2 },
] as const;

const deployedAt = 1_772_323_200;
const bakeSeconds = 3600;

/** One bake of a business metric; the same seed always makes the same bake, and the deploy falls on any hour and weekday. */
export function makeFlow(flow: Flow, { name, times }: { readonly name: string; readonly times: number }, seed: number): Labelled {
  const random = createRandom(seed * 6151 + hash(`${flow.name}/${name}`));
  const [past, bake] = [Math.round((flow.days * 86_400) / flow.step), bakeSeconds / flow.step];
  const level = levelOf(flow, random);
  const [history, counts]: [(number | null)[], (number | null)[]] = [[], []];
  for (let i = 0; i < past + bake; i++) {
    const mean = level(i) * (i >= past ? times : 1);
    const count = flow.cluster > 1 ? flow.cluster * random.poisson(mean / flow.cluster) : random.poisson(mean);
    const missing = flow.holes !== undefined && random.uniform() < flow.holes;
    (i < past ? history : counts).push(missing ? null : count);
  }
  const check = {
    name: 'sales',
    kind: 'rate' as const,
    direction: 'down' as const,
    step: flow.step,
    history: { start: deployedAt - past * flow.step, count: history },
    bake: { count: counts },
  };
  const label = { label: times < 1 ? ('bad' as const) : ('good' as const), family: flow.name, effect: name, onset: 0 };
  return { label, recording: recordingOf(`${flow.name}-${name}-${seed}`, check) };
}

function levelOf(flow: Flow, random: Random): (i: number) => number {
  const phase = 7 * 86_400 * random.uniform();
  const memory = Math.exp(-flow.step / (3600 * flow.memory));
  let drift = flow.drift * random.normal();
  return (i) => {
    drift = memory * drift + flow.drift * Math.sqrt(1 - memory ** 2) * random.normal();
    const at = phase + i * flow.step;
    const day = Math.floor(at / 86_400);
    const season = 1 - (flow.night * (1 + Math.cos((2 * Math.PI * at) / 86_400))) / 2;
    const week = day % 7 >= 5 ? 1 - flow.weekend : 1;
    const hour = (at % 86_400) / 3600;
    const campaign = flow.campaigns && day % 2 === 0 && hour >= 12 && hour < 14 ? 1 + flow.campaigns : 1;
    const growth = 1 + ((flow.growth ?? 0) * i * flow.step) / (7 * 86_400);
    return (flow.perMinute * flow.step * season * week * campaign * growth * Math.exp(drift)) / 60;
  };
}
