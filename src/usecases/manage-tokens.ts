import { randomUUID } from 'node:crypto';
import { AppError } from '../core/base/errors.ts';
import type { Grant } from '../core/base/grant.ts';
import type { Log } from '../core/base/log.ts';
import type { Secret } from '../core/base/secret.ts';
import type { AuditEntry, AuditOrigin } from '../ports/audit-trail.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredToken, TokenStore } from '../ports/token-store.ts';
import { changeEntry } from './audited.ts';
import type { Caller } from './caller.ts';
import { mintSecret } from './token-secret.ts';

export type ManageTokensDeps = {
  readonly store: Pick<TokenStore, 'tokens' | 'createToken' | 'rotateToken' | 'revokeToken'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The names of the tokens in the config. */
  readonly configured: () => readonly string[];
  /** Where the request comes from, for the audit trail. */
  readonly origin: AuditOrigin;
};

/** A token with its new secret, which is shown once. */
export type IssuedToken = { readonly token: StoredToken; readonly secret: Secret };

type TokenWish = { readonly name: string; readonly grant: Grant; readonly lifeMs: number | null };

/** Creates a token. `closes`: the server was open, and needs a token from now on. Throws `AppError('forbidden')` and `AppError('conflict')`. */
export async function createToken(
  deps: ManageTokensDeps,
  caller: Caller,
  { name, grant, lifeMs }: TokenWish,
): Promise<IssuedToken & { readonly closes: boolean }> {
  const closes = caller.kind === 'local';
  if (!mayManage(caller, grant)) throw new AppError('forbidden', `${caller.name} may create tokens only for the places where it may admin`);
  if (closes && !isForAll(grant)) {
    throw new AppError(
      'conflict',
      'the first token must have the verb `admin` for all services and environments: without it, nobody could create others',
    );
  }
  if (deps.configured().includes(name))
    throw new AppError('conflict', `there is a token ${name} in the config`, { problem: 'token_in_config' });
  const { secret, digest } = mintSecret();
  const created = { id: randomUUID(), name, grant, lifeMs, createdAt: deps.clock.now(), createdBy: caller.name };
  const token = await deps.store.createToken({ ...created, secret: digest, mustBeFirst: closes }, entryOf(deps, 'token.create', created));
  note(deps.log, { what: closes ? 'the first token was created: this server needs a token now' : 'token created', token, by: caller });
  return { token, secret, closes };
}

/** The tokens that the caller may manage. */
export async function listTokens(deps: ManageTokensDeps, caller: Caller): Promise<readonly StoredToken[]> {
  return (await deps.store.tokens()).filter(({ grant }) => mayManage(caller, grant));
}

/** Gives a token a new secret; the one before works for `overlapMs`. Without `lifeMs`, it lives as long as the one before. */
export async function rotateToken(
  deps: ManageTokensDeps,
  caller: Caller,
  { name, overlapMs, lifeMs }: { readonly name: string; readonly overlapMs: number; readonly lifeMs: number | null | undefined },
): Promise<IssuedToken> {
  const before = await findToken(deps, caller, name);
  const { secret, digest } = mintSecret();
  const rotation = { id: before.id, lifeMs: lifeMs === undefined ? before.lifeMs : lifeMs, at: deps.clock.now(), overlapMs };
  const token = await deps.store.rotateToken({ ...rotation, secret: digest }, entryOf(deps, 'token.rotate', before));
  if (token === null) throw unknown(name);
  note(deps.log, { what: 'token rotated', token, by: caller });
  return { token, secret };
}

/** Ends a token on all servers at once. */
export async function revokeToken(deps: ManageTokensDeps, caller: Caller, name: string): Promise<StoredToken> {
  const token = await findToken(deps, caller, name);
  const end = { at: deps.clock.now(), by: caller.name };
  if (!(await deps.store.revokeToken(token.id, end, entryOf(deps, 'token.revoke', token)))) throw unknown(name);
  note(deps.log, { what: 'token revoked', token, by: caller });
  return { ...token, revokedAt: end.at, revokedBy: end.by };
}

async function findToken(deps: ManageTokensDeps, caller: Caller, name: string): Promise<StoredToken> {
  if (deps.configured().includes(name))
    throw new AppError('conflict', `the token ${name} is in the config: change it there`, { problem: 'token_in_config' });
  const token = (await listTokens(deps, caller)).find((one) => one.name === name && one.revokedAt === null);
  if (token === undefined) throw unknown(name);
  return token;
}

function unknown(name: string): AppError {
  return new AppError('not_found', `there is no token ${name.slice(0, 100)} that you may manage; \`bakewatch token list\` shows them`, {
    problem: 'no_token',
  });
}

/** Whether the caller may manage a token with this grant: it needs `admin` wherever the token may act. */
export function mayManage(caller: Caller, { services, environments }: Pick<Grant, 'services' | 'environments'>): boolean {
  const orAll = (names: readonly string[]) => (names.length === 0 ? [null] : names);
  return orAll(services).every((service) => orAll(environments).every((environment) => caller.may('admin', { service, environment })));
}

function isForAll({ verbs, services, environments }: Grant): boolean {
  return verbs.includes('admin') && services.length === 0 && environments.length === 0;
}

/** The row of the audit trail about work on a token. */
function entryOf({ origin, clock }: ManageTokensDeps, verb: string, { name, grant }: Pick<StoredToken, 'name' | 'grant'>): AuditEntry {
  const { verbs, services, environments } = grant;
  const listed = (names: readonly string[], all: string) => (names.length === 0 ? all : names.join(', '));
  const detail = `${name}: ${verbs.join(', ')} for ${listed(services, 'all services')} in ${listed(environments, 'all environments')}`;
  return changeEntry(null, { origin, by: origin.actor.name, at: clock.now(), verb, detail });
}

function note(log: Log, { what, token, by }: { readonly what: string; readonly token: StoredToken; readonly by: Caller }): void {
  log.info({ token: token.name, grant: token.grant, by: by.name }, what);
}
