import type { StateName } from '../core/bake/bake.ts';
import type { CheckResult } from '../core/judge/judge.ts';
import type { DeploySummary } from './bake-store.ts';
import type { ServiceSummary } from './deploy-catalog.ts';
import type { Place } from './hook.ts';
import type { Scope } from './scope.ts';

/** A deploy that went wrong. `orderedAt`: when its rollback was ordered, where that is stored. */
export type TroubleRecord = DeploySummary & { readonly orderedAt: number | null };

/** The last deploys of a place, oldest first. */
export type RecentStates = Place & { readonly states: readonly StateName[] };

/** Which deploys went wrong: those that still do, and those that ended at `since` or later. */
export type TroubleFilter = { readonly since: number; readonly limit: number };

/** Deploys that were registered in a period, in other places than `place`. */
export type NeighborFilter = { readonly place: Place; readonly from: number; readonly until: number; readonly limit: number };

/** Answers what the overview asks about many places at once. */
export interface OverviewStore {
  /** All services and environments in a scope, as `DeployCatalog.services`. */
  placesIn(scope: Scope): Promise<readonly ServiceSummary[]>;
  /** The newest answer of each check of these deploys, during the bake. A deploy without an answer is left out. */
  newestAnswers(deployIds: readonly string[]): Promise<ReadonlyMap<string, readonly CheckResult[]>>;
  /** The states of the last deploys of these places, at most `limit` of each. */
  recentStates(places: readonly Place[], limit: number): Promise<readonly RecentStates[]>;
  /** Deploys of other places that were registered in the same minutes, the newest first. */
  neighbors(scope: Scope, filter: NeighborFilter): Promise<readonly DeploySummary[]>;
  /** Deploys that went wrong, the newest change first. */
  troubles(scope: Scope, filter: TroubleFilter): Promise<readonly TroubleRecord[]>;
}
