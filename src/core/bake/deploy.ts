/** The thing that is deployed. */
export type Release = {
  readonly version: string;
  readonly commit?: string | undefined;
  readonly image?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
};

/** Why a deploy happened. Bakewatch never rolls back a rollback, neither its own nor a person's. */
export type Cause = { readonly kind: 'release' } | { readonly kind: 'rollback'; readonly of?: string | undefined };

/** What the database migrations of a release allow: `irreversible` ones rule out a rollback. */
export type Migrations = 'none' | 'compatible' | 'irreversible';

/** A link of a deploy, such as the build or the change. */
export type Link = { readonly title: string; readonly url: string };

/** One deploy of one release of a service to one environment, as registered over HTTP. All instants are epoch milliseconds. */
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
  /** When it finished, where it was registered later than that: the server was away, or the pipeline retried. Missing: no such time is known. */
  readonly deployedAt?: number | undefined;
  /** The name of the token that registered it. */
  readonly registeredBy: string;
  /** `true` for a release that was already running and that a person declared known-good (`adopt`). */
  readonly adopted: boolean;
};

/** The target of a rollback: a known-good deploy of the same service and environment. */
export type Target = {
  readonly deployId: string;
  readonly version: string;
  readonly commit?: string | undefined;
  readonly image?: string | undefined;
  /** The platform's own name for that release, if the hook could read it while the release was running. */
  readonly fingerprint?: string | undefined;
  /** Its bake ended undecided with nothing seen against it, and there is no release whose bake passed. Missing: it is verified. */
  readonly isUnverified?: true | undefined;
};

/** The version of a target, as people read it: "v3", or "v3 (unverified)". */
export function targetName({ version, isUnverified }: Pick<Target, 'version' | 'isUnverified'>): string {
  return isUnverified ? `${version} (unverified)` : version;
}
