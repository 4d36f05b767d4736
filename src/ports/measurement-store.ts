import type { Json } from '../core/base/json.ts';
import type { Measurement } from '../core/judge/measurement.ts';
import type { SourceSighting } from '../core/judge/source-sightings.ts';
import type { Stretch } from '../core/series/ticks.ts';
import type { Place } from './hook.ts';

/**
 * The past of one check, read once and frozen with the bake, and what each of its analyzers learned from it (`calibrateCheck`).
 * `stretch: null`: the provider was asked and had no data.
 */
export type FrozenHistory = {
  readonly check: string;
  readonly stretch: Stretch | null;
  /** The full question that was sent to the provider. */
  readonly source: string;
  readonly calibrations: readonly (Json | null)[];
  /** Which sources of the check have ever matched a series (column `unmatched`). Missing: nobody looked, or the check has one source only. */
  readonly sightings?: readonly SourceSighting[];
};

/** The past that an earlier deploy stored, and what is known of the sources of its check. */
export type StoredPast = Pick<FrozenHistory, 'stretch' | 'sightings'>;

/** When the retention deleted the measurements of a bake, except the last one of each check, and the pasts of its checks. `null`: not yet. */
export type Deletions = { readonly measurements: number | null; readonly pasts: number | null };

/** What a bake is judged on: its measurements, and the past of its checks. New measurements are written by `BakeStore.update`. */
export interface MeasurementStore {
  /** All measurements of a bake, oldest first. */
  measurements(bakeId: string): Promise<readonly Measurement[]>;
  /** Idempotent: the first stored history of a check wins. */
  saveHistory(bakeId: string, histories: readonly FrozenHistory[]): Promise<void>;
  histories(bakeId: string): Promise<readonly FrozenHistory[]>;
  /** The past that the newest deploy of the place with this check and source stored; `null` where there is no such deploy. */
  newestHistory(place: Place, check: string, source: string): Promise<StoredPast | null>;
  /** When data of this bake was deleted (`StoreMaintenance.prune`). */
  deletions(bakeId: string): Promise<Deletions>;
}
