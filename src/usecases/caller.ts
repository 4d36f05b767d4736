import type { Grant, TokenVerb } from '../core/base/grant.ts';
import type { Scope } from '../ports/scope.ts';

export type { Grant, TokenVerb } from '../core/base/grant.ts';
export { tokenVerbs } from '../core/base/grant.ts';

/** Where a caller wants to act. `null` means all services or all environments; without `environment`, one allowed environment is enough. */
export type CallerScope = { readonly service: string | null; readonly environment?: string | null };

/** `local`: everyone on this machine, on a server without tokens. `person`: somebody who signed in. */
type CallerKind = 'local' | 'token' | 'person';

/** The caller, and what it may do. The grants are for queries; `may` answers a single question. */
export type Caller = {
  readonly kind: CallerKind;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Without a place: whether the caller has the verb anywhere. */
  may(verb: TokenVerb, place?: CallerScope): boolean;
};

/** The session of a caller who has signed in: its public id, and the secret of the tokens in its forms. */
export type CallerSession = { readonly id: string; readonly csrfSecret: string };

/**
 * Who sends a request; or why that is not known, for the sender. `session`: the caller has signed in, and its cookie says so. `setCookie`: the header that
 * renews this cookie or takes it away.
 */
export type Identity = {
  readonly session?: CallerSession | undefined;
  readonly setCookie?: string | undefined;
} & (
  | { readonly caller: Caller }
  /** `isAway`: it cannot be found out now, because the database or an issuer of tokens does not answer. `isClosed`: the server surely needs a token. */
  | { readonly caller: null; readonly why: string; readonly isAway?: true; readonly isClosed?: true }
);

/** Builds a caller from its grants. One of them must allow the verb for the whole scope. */
export function callerWith({ kind, name, grants }: Omit<Caller, 'may'>): Caller {
  return { kind, name, grants, may: (verb, place) => grants.some((grant) => allows(grant, verb, place)) };
}

/** Where a caller has a verb, for queries. */
export function scopeOf({ grants }: Pick<Caller, 'grants'>, verb: TokenVerb): Scope {
  return grants.filter(({ verbs }) => verbs.includes(verb));
}

function allows({ verbs, services, environments }: Grant, verb: TokenVerb, place?: CallerScope): boolean {
  if (!verbs.includes(verb)) return false;
  if (place === undefined) return true;
  return covers(services, place.service) && (place.environment === undefined || covers(environments, place.environment));
}

function covers(allowed: readonly string[], name: string | null): boolean {
  return allowed.length === 0 || (name !== null && allowed.includes(name));
}
