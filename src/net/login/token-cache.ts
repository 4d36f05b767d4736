import type { Secret } from '../../core/base/secret.ts';
import { untilAborted } from '../until-aborted.ts';
import { LoginError } from './login.ts';

/** A bearer token, and when it expires. */
export type BearerToken = { readonly secret: Secret; readonly expiresAt: number };

/** Gets a new token. Throws `LoginError`. */
export type TokenSource = (signal: AbortSignal) => Promise<BearerToken>;

/** One token for all callers. */
export type TokenCache = {
  /** Returns the token of this moment. Throws `LoginError`. */
  current(signal: AbortSignal): Promise<Secret>;
  /** The server refused this token. Returns false if a new one was asked for only just now, so another one would be refused as well. */
  refuse(refused: Secret): boolean;
  secrets(): readonly Secret[];
};

/** The lifetime of a token that does not name its own. */
export const defaultLifetimeMs = 300_000;
/** How long before its end a token is replaced; a short one at the end of its last fifth. */
const earlyMs = 60_000;
/** The source limits its own time, and says what took too long. */
const graceMs = 1_000;
/** How long an error is the answer to all callers. */
const failurePauseMs = 5_000;
/** How often a server that refuses tokens can cause new ones. */
const refusalPauseMs = 60_000;

/** Keeps a token until shortly before it expires. All callers share one request for a new one; until then, they have the old one while it is good. */
export function createTokenCache(source: TokenSource, { now, timeoutMs }: { now: () => number; timeoutMs: number }): TokenCache {
  let held: (BearerToken & { readonly renewAt: number }) | null = null;
  let before: Secret | null = null;
  let pending: Promise<Secret> | null = null;
  let failure: { readonly error: unknown; readonly at: number } | null = null;
  let refusedAt = Number.NEGATIVE_INFINITY;

  async function renew(): Promise<Secret> {
    try {
      const { secret, expiresAt } = await source(AbortSignal.timeout(timeoutMs + graceMs));
      const leftMs = expiresAt - now();
      if (leftMs <= 0) throw new LoginError('refused', 'the new token has already expired: is the clock of this machine right?');
      before = held?.secret ?? before;
      held = { secret, expiresAt, renewAt: expiresAt - Math.min(earlyMs, leftMs / 5) };
      failure = null;
      return secret;
    } catch (error) {
      failure = { error, at: now() };
      throw error;
    } finally {
      pending = null;
    }
  }

  const renewal = (): Promise<Secret> => {
    pending ??= renew();
    return pending;
  };
  const isPaused = (at: number): boolean => failure !== null && Math.abs(at - failure.at) < failurePauseMs;
  return {
    async current(signal) {
      const at = now();
      if (held !== null && at < held.renewAt) return held.secret;
      if (held !== null && at < held.expiresAt) {
        // The old token is still good, so an error is no loss: a later call tries again.
        if (!isPaused(at)) renewal().catch(() => {});
        return held.secret;
      }
      if (failure !== null && pending === null && isPaused(at)) throw failure.error;
      return await untilAborted(renewal(), signal, () => new LoginError('timeout', 'no token came in time'));
    },
    refuse(refused) {
      if (held === null || held.secret !== refused) return true;
      const at = now();
      if (Math.abs(at - refusedAt) < refusalPauseMs) return false;
      refusedAt = at;
      before = held.secret;
      held = null;
      return true;
    },
    secrets: () => [held?.secret ?? null, before].filter((secret) => secret !== null),
  };
}
