import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { isLoopbackHost } from '../core/base/loopback.ts';
import type { Http } from '../net/http.ts';
import { HttpError } from '../net/http.ts';

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/** The public keys of an issuer. */
export type IssuerKeys = {
  /** The keys of now. `isUnknown`: a token names a key that these do not have, so they may have changed. `null`: there are none that may still be used. */
  current(isUnknown: boolean): Promise<JSONWebKeySet | null>;
};

type KeysDeps = { readonly http: Http; readonly now: () => number };

/** How long keys are used before they are fetched again, and how long they are used while the issuer is away. */
const freshMs = 3_600_000;
const maxMs = 24 * 3_600_000;
/** The minimum time between two fetches: strangers must not be able to cause many. */
const pauseMs = 60_000;
const timeoutMs = 10_000;

/** Creates the cache of the keys of one issuer. It fetches nothing before the first token comes. Callers at the same time share one fetch. */
export function createIssuerKeys(issuer: string, { http, now }: KeysDeps): IssuerKeys {
  let kept: { readonly keys: JSONWebKeySet; readonly at: number } | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | null = null;

  async function fetchAgain(): Promise<void> {
    triedAt = now();
    const keys = await fetchKeys(issuer, http).catch((error: unknown) => {
      if (error instanceof HttpError || error instanceof z.ZodError || error instanceof SyntaxError) return null;
      throw error;
    });
    if (keys !== null) kept = { keys, at: now() };
  }

  return {
    async current(isUnknown) {
      const ageMs = kept === null ? Number.POSITIVE_INFINITY : now() - kept.at;
      if ((isUnknown || ageMs > freshMs) && now() - triedAt >= (kept === null ? firstPauseMs : pauseMs)) {
        fetching ??= fetchAgain().finally(() => {
          fetching = null;
        });
      }
      await fetching;
      return kept !== null && now() - kept.at <= maxMs ? kept.keys : null;
    },
  };
}

/** As long as there are no keys at all, no token works: then the issuer is asked more often. */
const firstPauseMs = 5_000;

async function fetchKeys(issuer: string, http: Http): Promise<JSONWebKeySet | null> {
  const read = async (url: string): Promise<unknown> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const { status, text } = await http.request({ method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs }, signal);
    return status === 200 ? JSON.parse(text) : null;
  };
  const found = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (found === null) return null;
  const { issuer: named, jwks_uri: address } = Discovery.parse(found);
  const url = new URL(address);
  if (named !== issuer || (url.protocol !== 'https:' && !isLoopbackHost(url.hostname))) return null;
  const keys = await read(address);
  return keys === null ? null : Jwks.parse(keys);
}
