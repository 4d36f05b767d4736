import { formatInstant } from '../base/format-instant.ts';
import type { Target } from './deploy.ts';

/** Who stopped automatic rollbacks, since when and why. `service: null` means all services. `until`: when it ends by itself; missing: a person must lift it. */
export type Freeze = {
  readonly service: string | null;
  readonly by: string;
  readonly why: string;
  readonly since: number;
  readonly until?: number | undefined;
};

/** Whether a freeze holds at an instant. At the instant `until` it holds no longer. */
export function isInForce({ until }: Pick<Freeze, 'until'>, at: number): boolean {
  return until === undefined || at < until;
}

/** The end of a freeze in words, with a space before it: " until 2026-03-14 09:26:53 UTC". Empty for a freeze that a person must lift. */
export function freezeEnd({ until }: Pick<Freeze, 'until'>): string {
  return until === undefined ? '' : ` until ${formatInstant(until)} UTC`;
}

/** A service with an unhealthy deploy, and when the state of its bake last changed. */
export type ServiceFailure = { readonly service: string; readonly at: number };

/** The facts for the guards. They are read in the database transaction that commits the decision. */
export type Facts = {
  /** The freeze of the service or of all services that ends last. It may have ended: `isInForce`. */
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
