import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { KnownSecret, TokenStore } from '../ports/token-store.ts';
import { callerWith, type Identity } from './caller.ts';
import { isSecretOf, readSecret } from './token-secret.ts';

export type StoredTokensDeps = {
  readonly store: Pick<TokenStore, 'hasTokens' | 'findSecret' | 'noteSecretUse'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
};

/** The tokens of the database, as far as a request needs them. */
export type StoredTokens = {
  /** Whether the database never had a token. Throws `AppError('unavailable')`. Once closed, it stays closed and the database is not asked any more. */
  isOpen(): Promise<boolean>;
  /** Who has this secret. It says `isAway` where the database does not answer: the secret may be right. */
  identify(text: string): Promise<Identity>;
  /** Who has the secret with this id, without a look at the secret: for a session that began with it. */
  identifyById(id: string): Promise<Identity>;
  /** Waits for what is still written about uses. */
  settle(): Promise<void>;
};

/** A use is written at most this often. */
const noteMs = 60_000;

/**
 * Creates the view of the stored tokens. Each request asks the database, by primary key: so a token that was revoked on one replica ends on all of them with
 * the next request. When a secret was last used is written after the answer.
 */
export function createStoredTokens({ store, clock, log }: StoredTokensDeps): StoredTokens {
  const notedAt = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  let isClosed = false;

  function noteUse({ id, lastUsedAt }: KnownSecret, now: number): void {
    if (now - Math.max(lastUsedAt ?? Number.NEGATIVE_INFINITY, notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < noteMs) return;
    notedAt.set(id, now);
    const written: Promise<void> = store
      .noteSecretUse(id, now)
      .catch((error: unknown) => log.debug({ err: error }, 'the last use of a token was not recorded'))
      .finally(() => pending.delete(written));
    pending.add(written);
  }

  /** Only who has the whole secret learns why it does not work. */
  async function identify(id: string, isHolder: (secret: KnownSecret) => boolean): Promise<Identity> {
    const secret = await findSecret(store, id);
    if (secret === 'away') return { caller: null, why: 'tokens cannot be checked, because the database does not answer', isAway: true };
    if (secret === null || !isHolder(secret)) return { caller: null, why: 'the token is not known' };
    const now = clock.now();
    const why = refusalOf(secret, now);
    if (why !== null) return { caller: null, why };
    noteUse(secret, now);
    return { caller: callerWith({ kind: 'token', name: secret.name, grants: [secret.grant] }) };
  }

  return {
    async isOpen() {
      if (!isClosed) isClosed = await store.hasTokens();
      return !isClosed;
    },
    async identify(text) {
      const reading = readSecret(text);
      if (reading.kind === 'foreign') return { caller: null, why: 'the token is not known' };
      if (reading.kind === 'damaged') return { caller: null, why: 'the token is damaged: a character is wrong or missing; copy it again' };
      return await identify(reading.id, (secret) => isSecretOf(secret, text));
    },
    identifyById: (id) => identify(id, () => true),
    async settle() {
      await Promise.all(pending);
    },
  };
}

async function findSecret(store: Pick<TokenStore, 'findSecret'>, id: string): Promise<KnownSecret | 'away' | null> {
  try {
    return await store.findSecret(id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') return 'away';
    throw error;
  }
}

/** Why a secret does not work; `null`: it does. */
function refusalOf({ name, revokedAt, expiresAt, isReplaced }: KnownSecret, now: number): string | null {
  if (revokedAt !== null) return `the token ${name} was revoked`;
  if (expiresAt === null || expiresAt > now) return null;
  return isReplaced ? `the token ${name} was rotated: use its new secret` : `the token ${name} has expired`;
}
