import type { RecordedCheck } from '../../src/core/recording/recording.ts';
import type { Labelled } from './families.ts';
import { createRandom, type Random } from './random.ts';
import { labelledSet } from './sets.ts';

/** What is done to a real gauge, whose bake is healthy as it was recorded. Only a part of the recordings is taken. */
type GaugeEffect = {
  readonly name: string;
  readonly isBad: boolean;
  readonly hasIncident: boolean;
  readonly ranges: number;
  readonly every: number;
};

/**
 * `ranges`: by how much of the metric's range in the last three days the bake is moved, up or down. *incident* sets what was recorded at this hour of
 * yesterday two to eight ranges off, for half an hour to three hours.
 */
const gaugeEffects: readonly GaugeEffect[] = [
  { name: 'none', isBad: false, hasIncident: false, ranges: 0, every: 1 },
  { name: 'incident', isBad: false, hasIncident: true, ranges: 0, every: 3 },
  { name: 'shift', isBad: true, hasIncident: false, ranges: 1, every: 3 },
  { name: 'small shift', isBad: true, hasIncident: false, ranges: 0.6, every: 3 },
  { name: 'double', isBad: true, hasIncident: false, ranges: 0, every: 3 },
  { name: 'incident, shift', isBad: true, hasIncident: true, ranges: 1, every: 3 },
];

const day = 288;

/** Numbers as they are recorded: a missing one is `null`, one that is no number is its name. */
type Recorded = NonNullable<RecordedCheck['bake']['value']>;

/** Real gauges (`jumpstarter-metrics`) as they are, with changes, and with an incident in the past. Nothing where the set is not there. */
export async function* changedGauges(directory: string, firstSeed: number): AsyncGenerator<Labelled> {
  let i = 0;
  for await (const { recording, label } of labelledSet(directory, 'jumpstarter-metrics')) {
    for (const [k, effect] of gaugeEffects.entries()) {
      if (i % effect.every !== 0) continue;
      const random = createRandom(firstSeed * 7919 + 31 * i + k);
      const checks = recording.checks.map((check) => {
        const [past, bake] = [check.history?.value, check.bake.value];
        if (past === undefined || bake === undefined || check.history === undefined) return check;
        const range = rangeOf(past);
        const by = (random.uniform() < 0.5 ? 1 : -1) * effect.ranges * range;
        const value = effect.hasIncident ? withIncident(past, range, random) : past;
        const times = effect.name === 'double' ? 2 : 1;
        return { ...check, history: { ...check.history, value }, bake: { ...check.bake, value: bake.map((v) => moved(v, { times, by })) } };
      });
      const id = `${recording.id}-${effect.name}`;
      yield {
        recording: { ...recording, id, checks },
        label: { label: effect.isBad ? 'bad' : label.label, family: 'gauge', effect: effect.name, onset: 0 },
      };
    }
    i++;
  }
}

function moved(value: Recorded[number], { times, by }: { readonly times: number; readonly by: number }): Recorded[number] {
  return typeof value !== 'number' ? value : Math.max(0, Number((times * value + by).toPrecision(6)));
}

function rangeOf(past: Recorded): number {
  const known = past.slice(-3 * day).filter((value) => typeof value === 'number');
  const all = known.toSorted((a, b) => a - b);
  const at = (share: number) => all[Math.floor(share * (all.length - 1))] ?? 0;
  return Math.max(at(0.95) - at(0.05), 1e-6);
}

function withIncident(past: Recorded, range: number, random: Random): Recorded {
  const from = past.length - day - 3 + Math.floor(6 * random.uniform());
  const length = 6 + Math.floor(30 * random.uniform());
  const by = (2 + 6 * random.uniform()) * range * (random.uniform() < 0.8 ? 1 : -1);
  return past.map((value, i) => (i >= from && i < from + length ? moved(value, { times: 1, by }) : value));
}
