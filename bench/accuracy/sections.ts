import { canShow, effects, families, type Labelled, makeCounts } from './families.ts';
import { changedGauges } from './gauges.ts';
import { latencyEffects, latencyFamilies, makeLatency } from './latency.ts';
import { gaugeFamilies, madeGaugeEffects, makeGauge } from './made-gauges.ts';
import { makeRate, rateEffects, rateFamilies } from './rates.ts';
import { labelledSet } from './sets.ts';

/** How many bakes are made of each family: healthy ones with each harmless effect, and bad ones with each harmful effect. */
export type Sizes = { readonly good: number; readonly bad: number; readonly firstSeed: number };

export type Section = { readonly title: string; readonly bakes: Iterable<Labelled> | AsyncIterable<Labelled> };

const sets = ['synthetic-dev', 'petshop', 'jumpstarter-bakes', 'jumpstarter-metrics'];

/** Everything that is judged, made or read only when its turn comes. `directory`: where the packed sets are, if any. */
export function sections(sizes: Sizes, directory: string | undefined): readonly Section[] {
  return [
    { title: 'Error ratios', bakes: counts(sizes) },
    { title: 'Latency from buckets', bakes: latencies(sizes) },
    { title: 'Rates with a season', bakes: rates(sizes) },
    { title: 'Made-up gauges', bakes: gauges(sizes) },
    ...(directory === undefined ? [] : [{ title: 'Gauges with changes', bakes: changedGauges(directory, sizes.firstSeed) }]),
    ...(directory === undefined ? [] : sets.map((name) => ({ title: `Set ${name}`, bakes: labelledSet(directory, name) }))),
  ];
}

function* counts(sizes: Sizes): Generator<Labelled> {
  for (const family of families) {
    for (const effect of effects) {
      if (!canShow(family, effect)) continue;
      yield* seeds(sizes, (seed) => makeCounts(family, effect, seed));
    }
  }
}

function* latencies(sizes: Sizes): Generator<Labelled> {
  for (const family of latencyFamilies) {
    for (const effect of latencyEffects) yield* seeds(sizes, (seed) => makeLatency(family, effect, seed));
  }
}

function* rates(sizes: Sizes): Generator<Labelled> {
  for (const family of rateFamilies) {
    for (const effect of rateEffects) yield* seeds(sizes, (seed) => makeRate(family, effect, seed));
  }
}

function* gauges(sizes: Sizes): Generator<Labelled> {
  for (const family of gaugeFamilies) {
    for (const effect of madeGaugeEffects) yield* seeds(sizes, (seed) => makeGauge(family, effect, seed));
  }
}

function* seeds({ good, bad, firstSeed }: Sizes, make: (seed: number) => Labelled): Generator<Labelled> {
  const first = make(firstSeed);
  yield first;
  const count = first.label.label === 'good' ? good : bad;
  for (let i = 1; i < count; i++) yield make(firstSeed + i);
}
