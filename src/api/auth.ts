import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../core/base/errors.ts';

export type TokenVerb = 'register' | 'read' | 'operate' | 'alert';

/** A token as the operator defined it: only its SHA-256 is kept. Empty lists of services or environments mean all. */
export type Token = {
  readonly name: string;
  readonly sha256: string;
  readonly verbs: readonly TokenVerb[];
  readonly services: readonly string[];
  readonly environments: readonly string[];
};

/** Where a caller wants to act. `null` means all services or all environments; without `environment`, one allowed environment is enough. */
type TokenScope = { readonly service: string | null; readonly environment?: string | null };

/** The caller, and what it may do. */
export type Caller = {
  readonly name: string;
  may(verb: TokenVerb, place?: TokenScope): boolean;
};

export type ApiEnv = { Variables: { caller: Caller } };

const localCaller: Caller = { name: 'local', may: () => true };
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Authenticates the caller. A server without tokens listens on loopback only and trusts every caller on this machine, except a browser that another site
 * controls: the host must be a loopback name (against DNS rebinding), and no request may come from another origin.
 */
export function authenticate(tokens: readonly Token[]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    refuseForeignBrowser(c);
    if (tokens.length === 0) {
      refuseForeignHost(c, loopbackHosts);
      c.set('caller', localCaller);
    } else c.set('caller', callerOf(findToken(tokens, c.req.header('authorization'))));
    await next();
  };
}

/**
 * Without tokens the pages list everything. They are served under the server's own host names only, so that no other site can read them by pointing its
 * name at the address of this machine.
 */
export function keepFromForeignHosts(tokens: readonly Token[], baseUrl: string): MiddlewareHandler {
  return async (c, next) => {
    const own = URL.parse(baseUrl)?.hostname;
    if (tokens.length === 0) refuseForeignHost(c, own === undefined ? loopbackHosts : new Set([...loopbackHosts, own]));
    await next();
  };
}

/** Throws `AppError('forbidden')` unless the caller's token has the verb for the place. */
export function demand(c: Context<ApiEnv>, verb: TokenVerb, place?: TokenScope): Caller {
  const caller = c.get('caller');
  if (caller.may(verb, place)) return caller;
  const all = (name: string | null | undefined, many: string) => name ?? `all ${many}`;
  const where = `for ${all(place?.service, 'services')} in ${all(place?.environment, 'environments')}`;
  throw new AppError('forbidden', `the token ${caller.name} may not ${verb}${place !== undefined && caller.may(verb) ? ` ${where}` : ''}`);
}

function refuseForeignHost(c: Context, served: ReadonlySet<string>): void {
  const host = (c.req.header('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!served.has(host)) throw new AppError('forbidden', `a server without tokens serves only loopback hosts, not "${host.slice(0, 100)}"`);
}

function refuseForeignBrowser(c: Context): void {
  const origin = c.req.header('origin');
  const isForeign = c.req.header('sec-fetch-site') === 'cross-site' || (origin !== undefined && hostOf(origin) !== c.req.header('host'));
  if (isForeign && c.req.method !== 'GET') throw new AppError('forbidden', 'requests from another origin are not accepted');
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}

function findToken(tokens: readonly Token[], header: string | undefined): Token {
  if (header === undefined) throw new AppError('unauthorized', 'send a token: Authorization: Bearer …');
  if (!bearer.test(header)) throw new AppError('unauthorized', 'the Authorization header is not of the form: Bearer …');
  const found = knownToken(tokens, header);
  if (found === undefined) throw new AppError('unauthorized', 'the token is not known');
  return found;
}

const bearer = /^Bearer\s+(\S+)$/i;

/** Returns the token of an Authorization header, if it is one of `tokens`. */
export function knownToken(tokens: readonly Token[], header: string | undefined): Token | undefined {
  const text = bearer.exec(header ?? '')?.[1];
  if (text === undefined) return undefined;
  const hash = createHash('sha256').update(text).digest();
  return tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.sha256, 'hex')))[0];
}

function callerOf({ name, verbs, services, environments }: Token): Caller {
  return {
    name,
    may: (verb, place) =>
      verbs.includes(verb) &&
      (place === undefined ||
        (covers(services, place.service) && (place.environment === undefined || covers(environments, place.environment)))),
  };
}

function covers(allowed: readonly string[], name: string | null): boolean {
  return allowed.length === 0 || (name !== null && allowed.includes(name));
}
