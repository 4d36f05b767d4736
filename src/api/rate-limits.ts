import type { Context, MiddlewareHandler } from 'hono';
import { rateLimiter } from 'hono-rate-limiter';
import type { ApiEnv } from './auth.ts';
import { problem } from './errors.ts';

const windowMs = 60_000;

/** How many requests are answered in a minute. Each process counts by itself, in memory. */
export const maxPerMinute = { api: 1_200, pages: 1_200, metrics: 600, wrongSignatures: 60, notifierTests: 10 } as const;

/** Limits the API by caller, and strangers by their address: another token that is not known is not another caller. */
export function limitApi(): MiddlewareHandler<ApiEnv> {
  return limit(maxPerMinute.api, callerOrAddress, (c, detail) => problem(c, 429, detail));
}

/** Limits tests of notifiers by caller: each one sends a message to people. */
export function limitNotifierTests(): MiddlewareHandler<ApiEnv> {
  return limit(maxPerMinute.notifierTests, callerOrAddress, (c, detail) => problem(c, 429, `${detail} of this kind`));
}

/** Limits pages by caller or address. Assets are kept by browsers, and streams of events have seats, so both are left out. */
export function limitPages(): MiddlewareHandler<ApiEnv> {
  const limited = limit(maxPerMinute.pages, callerOrAddress, (c, detail) =>
    c.text(`Too many requests: ${detail}. Try again in a minute.\n`, 429),
  );
  return async (c, next) => {
    const { path } = c.req;
    const isOther = path === '/metrics' || path === '/events' || path.startsWith('/assets/') || path.startsWith('/v1/');
    return isOther ? await next() : await limited(c, next);
  };
}

/** Limits the metrics by address. */
export function limitMetrics(): MiddlewareHandler<ApiEnv> {
  return limit(maxPerMinute.metrics, addressOf, (c, detail) => problem(c, 429, detail));
}

/**
 * Answers 429 instead of 401 where an address has sent too many bodies with a wrong signature. A right signature always passes: behind a proxy, a stranger
 * may have the same address as the sender.
 */
export function limitWrongSignatures(): MiddlewareHandler<ApiEnv> {
  const counts = new Map<string, number>();
  let endsAt = 0;
  return async (c, next) => {
    await next();
    if (c.res.status !== 401) return;
    const now = Date.now();
    if (now >= endsAt || endsAt - now > windowMs) {
      counts.clear();
      endsAt = now + windowMs;
    }
    const address = addressOf(c);
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    if (count <= maxPerMinute.wrongSignatures) return;
    c.header('retry-after', String(Math.ceil((endsAt - now) / 1_000)));
    c.res = problem(c, 429, `more than ${maxPerMinute.wrongSignatures} wrong signatures in a minute`);
  };
}

function limit(max: number, keyGenerator: (c: Context<ApiEnv>) => string, answer: (c: Context<ApiEnv>, detail: string) => Response) {
  const detail = `more than ${max.toLocaleString('en')} requests in a minute`;
  return rateLimiter<ApiEnv>({ windowMs, limit: max, keyGenerator, handler: (c) => answer(c, detail) });
}

function callerOrAddress(c: Context<ApiEnv>): string {
  const { caller } = c.get('identity');
  return caller === null ? addressOf(c) : `${caller.kind} ${caller.name}`;
}

function addressOf(c: Context<ApiEnv>): string {
  return `unknown ${networkOf(c.get('address') ?? '')}`;
}

/** The first half of an address of IPv6: a machine has as many addresses as it wants below it. An address of IPv4 as it is. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const [first, last] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0));
  const groups = [...(first ?? []), ...Array.from({ length: zeros }, () => '0'), ...(last ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
