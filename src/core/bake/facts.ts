import type { Target } from './deploy.ts';

/** Who stopped automatic rollbacks, since when and why. `service: null` is everywhere. */
export type Freeze = { readonly service: string | null; readonly by: string; readonly why: string; readonly since: number };

/** A service whose deploy was found bad, and when its bake last moved. */
export type ServiceFailure = { readonly service: string; readonly at: number };

/** What the guards must know, read in the transaction that commits their decision. */
export type Facts = {
  readonly freeze: Freeze | null;
  /** The newest known-good deploy of the same service and environment, other than this one. */
  readonly knownGood: Target | null;
  /** The newest deploy that took this one's place and was not taken back since. */
  readonly replacedBy: Pick<Target, 'deployId' | 'version'> | null;
  /** The version of a deploy since the known-good one (this one included) whose migrations cannot be undone. */
  readonly irreversible: string | null;
  /** When the newest rollbacks of other deploys of this service and environment were ordered, newest first. */
  readonly rollbacks: readonly number[];
  /** Other services of the environment whose newest deploy was found bad, newest first. */
  readonly others: readonly ServiceFailure[];
};
