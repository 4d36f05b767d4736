/** The thing deployed. */
export type Release = {
  readonly version: string;
  readonly commit?: string | undefined;
  readonly image?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
};

/** Why a deploy happened. A rollback, ours or a person's, must never be rolled back by us. */
export type Cause = { readonly kind: 'release' } | { readonly kind: 'rollback'; readonly of?: string | undefined };

export type Migrations = 'none' | 'compatible' | 'irreversible';

export type Link = { readonly title: string; readonly url: string };

/** One placing of one release of a service in one environment; what HTTP registers. All instants are epoch milliseconds. */
export type Deploy = {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly release: Release;
  readonly cause: Cause;
  readonly buildId?: string | undefined;
  readonly migrations: Migrations;
  readonly links: readonly Link[];
  readonly registeredAt: number;
  /** Who registered it: the token's name. */
  readonly registeredBy: string;
  /** `true` for a release that already ran and was declared known-good by a person (`adopt`). */
  readonly adopted: boolean;
};

/** Where a rollback returns to: a known-good deploy of the same service and environment. */
export type Target = {
  readonly deployId: string;
  readonly version: string;
  readonly commit?: string | undefined;
  readonly image?: string | undefined;
  /** What the platform said was running while that release was known good, where the hook could tell. */
  readonly fingerprint?: string | undefined;
};
