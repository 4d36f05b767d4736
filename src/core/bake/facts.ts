import type { Target } from './deploy.ts';

/** Who stopped automatic rollbacks, since when and why. `service: null` means all services. */
export type Freeze = { readonly service: string | null; readonly by: string; readonly why: string; readonly since: number };

/** A service with an unhealthy deploy, and when the state of its bake last changed. */
export type ServiceFailure = { readonly service: string; readonly at: number };

/** The facts for the guards. They are read in the database transaction that commits the decision. */
export type Facts = {
  readonly freeze: Freeze | null;
  /** The newest known-good deploy of the same service and environment, other than this one. */
  readonly knownGood: Target | null;
  /** The newest deploy after this one that was not rolled back, or `null`. */
  readonly replacedBy: Pick<Target, 'deployId' | 'version'> | null;
  /** The version of a deploy since the known-good one (this one included) with irreversible migrations, or `null`. */
  readonly irreversible: string | null;
  /** When rollbacks of other deploys of this service and environment were ordered, newest first. */
  readonly rollbacks: readonly number[];
  /** Other services of the environment whose newest deploy is unhealthy, newest first. */
  readonly others: readonly ServiceFailure[];
};
