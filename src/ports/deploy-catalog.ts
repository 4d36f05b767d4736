import type { StateName } from '../core/bake/bake.ts';
import type { Deploy, Target } from '../core/bake/deploy.ts';
import type { Facts } from '../core/bake/facts.ts';
import type { DeployOutcome } from '../core/report/dora.ts';
import type { DeploySummary } from './bake-store.ts';
import type { Place } from './hook.ts';
import type { Scope } from './scope.ts';

/** Which deploys to list. `before` is the last deploy of the previous page. */
export type DeployFilter = {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  /** One state, or several. */
  readonly state?: StateName | readonly StateName[] | undefined;
  /** Where the caller may look. Missing: everywhere. */
  readonly scope?: Scope | undefined;
  readonly version?: string | undefined;
  /** The start of a commit. */
  readonly commit?: string | undefined;
  readonly buildId?: string | undefined;
  /** Registered at this instant or later; registered before this instant. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** A part of the service, the version or the name of who registered it, or the start of the commit. */
  readonly text?: string | undefined;
  readonly limit: number;
  readonly before?: { readonly registeredAt: number; readonly id: string } | undefined;
};

/** A service in one environment: its newest deploy and its newest known-good deploy. */
export type ServiceSummary = {
  readonly service: string;
  readonly environment: string;
  readonly latest: DeploySummary;
  readonly knownGood: DeploySummary | null;
  /** No deploy is verified: the known-good one is the newest unverified target. */
  readonly isUnverified?: true | undefined;
};

/** When the platform was asked what runs. */
export type FingerprintMoment = 'deployed' | 'passed' | 'adopted';

/** Answers questions about many deploys: which there were, how they ended, which releases are known good. */
export interface DeployCatalog {
  /** Newest first. */
  list(filter: DeployFilter): Promise<readonly DeploySummary[]>;
  services(): Promise<readonly ServiceSummary[]>;
  /** All environments in which a service was deployed, sorted by name. */
  environments(service: string): Promise<readonly string[]>;
  /** How the deploys of a place since an instant ended, oldest first. */
  outcomes(place: Place, since: number): Promise<readonly DeployOutcome[]>;
  /** The newest deploy of the same place after this one whose release may be running now, or `null`: `Facts.replacedBy`. */
  replacementOf(deploy: Deploy): Promise<Facts['replacedBy']>;
  /** Known-good deploys of a place, newest first. If no deploy is verified, the newest unverified one. */
  knownGood(place: Place, limit: number): Promise<readonly Target[]>;
  /**
   * Stores what the platform reported as running. `deployed`: when the deploy had finished. `passed`: when it was known good; kept only if both agree,
   * because another release may have been placed in between without being registered. `adopted`: a person said that this runs.
   */
  saveFingerprint(deployId: string, fingerprint: string, moment: FingerprintMoment): Promise<void>;
  /** What the platform reported as running when this deploy had finished, or `null`. */
  firstFingerprint(deployId: string): Promise<string | null>;
  /** Number of live bakes in each state. */
  countByState(): Promise<ReadonlyMap<StateName, number>>;
}
