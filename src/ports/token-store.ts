import type { Grant } from '../core/base/grant.ts';
import type { AuditEntry } from './audit-trail.ts';

/** What is kept of the secret of a token. `id` is the part of the secret that finds it; `hash` is made of the salt and the whole secret. */
export type SecretDigest = { readonly id: string; readonly salt: string; readonly hash: string };

/** One secret of a token. A token has one, and for a while two when it was rotated. */
export type TokenSecret = {
  readonly id: string;
  readonly createdAt: number;
  /** From this instant on it does not work; `null`: it works until it is rotated or revoked. */
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
};

/** A token in the database. */
export type StoredToken = {
  readonly id: string;
  readonly name: string;
  readonly grant: Grant;
  /** How long a secret of it works; `null`: without an end. */
  readonly lifeMs: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
  /** The newest first. */
  readonly secrets: readonly TokenSecret[];
};

/** A secret as it is found by its id, with the token that it belongs to. */
export type KnownSecret = SecretDigest &
  Pick<TokenSecret, 'expiresAt' | 'lastUsedAt'> &
  Pick<StoredToken, 'name' | 'grant' | 'revokedAt'> & {
    /** Whether a newer secret of the token has replaced it. */
    readonly isReplaced: boolean;
  };

/** `mustBeFirst`: the caller may create it only as long as the database never had a token. */
export type NewToken = Pick<StoredToken, 'id' | 'name' | 'grant' | 'lifeMs' | 'createdAt' | 'createdBy'> & {
  readonly secret: SecretDigest;
  readonly mustBeFirst: boolean;
};

/** `overlapMs`: how long the secret before works as well; older ones end at once. */
export type TokenRotation = Pick<StoredToken, 'id' | 'lifeMs'> & {
  readonly secret: SecretDigest;
  readonly at: number;
  readonly overlapMs: number;
};

/** How many tokens may work at the same time. */
export const maxTokens = 1_000;

/**
 * The tokens that callers create and revoke while the server runs. Every change holds for all replicas as soon as its call returns. `audit` is recorded in
 * the transaction of the change, if there is one.
 */
export interface TokenStore {
  /** Whether the database has a token or ever had one: then the server is not open. It never becomes false again. */
  hasTokens(): Promise<boolean>;
  findSecret(id: string): Promise<KnownSecret | null>;
  /** All tokens by name, also those that have expired or were revoked in the last 400 days. */
  tokens(): Promise<readonly StoredToken[]>;
  /** Throws `AppError('conflict')` if a token of this name works, if there are `maxTokens`, or if it must be the first and is not. */
  createToken(token: NewToken, audit?: AuditEntry): Promise<StoredToken>;
  /** Adds a secret. Returns `null` where the token was revoked or is not there. */
  rotateToken(rotation: TokenRotation, audit?: AuditEntry): Promise<StoredToken | null>;
  /** Ends all secrets of a token. Returns false where it was revoked before or is not there. */
  revokeToken(id: string, end: { readonly at: number; readonly by: string }, audit?: AuditEntry): Promise<boolean>;
  /** Records when a secret was used; an earlier instant than the stored one changes nothing. */
  noteSecretUse(id: string, at: number): Promise<void>;
}
