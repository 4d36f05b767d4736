import type { DeploySummary } from './bake-store.ts';

/** One entry of the timelines of all deploys. Entries get their places before they are committed: a lower place may be seen after a higher one. */
export type DeployChange = { readonly place: number; readonly deployId: string };

/** Says which deploys changed. */
export interface ChangeJournal {
  /** The highest place so far; 0: there is no entry. */
  newestChange(): Promise<number>;
  /** The entries after a place, lowest first. */
  changesAfter(place: number, limit: number): Promise<readonly DeployChange[]>;
  /** The versions of the bakes of these deploys. Unknown deploys are left out. */
  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** These deploys, in any order. Unknown ones are left out. */
  summaries(ids: readonly string[]): Promise<readonly DeploySummary[]>;
}
