import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../core/base/errors.ts';
import { type Caller, type CallerScope, callerWith, type Grant, type Identity, type TokenVerb, tokenVerbs } from '../usecases/caller.ts';

/** A token as the operator defined it: only its SHA-256 is kept. Empty lists of services or environments mean all. */
export type Token = Grant & { readonly name: string; readonly sha256: string };

/** What a request says of its sender. */
type Credentials = { readonly authorization: string | undefined; readonly cookie: string | undefined };

/** Finds out who sends a request. */
export type Identify = (credentials: Credentials) => Promise<Identity>;

/**
 * `requestId`, `address` and `identity` are set for every request, `caller` only below `/v1`. `address`: of the client, behind trusted proxies too; `null`:
 * there is no connection. `Bindings`: the request and the answer of Node.
 */
export type ApiEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: { requestId: string; address: string | null; identity: Identity; caller: Caller };
};

const everything: Grant = { verbs: tokenVerbs, services: [], environments: [] };
const localCaller = callerWith({ kind: 'local', name: 'local', grants: [everything] });
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Finds callers by the token in their Authorization header. A server without tokens takes everyone for local: it listens on loopback only. */
export function identifyByToken(tokens: readonly Token[]): Identify {
  return async ({ authorization }) => {
    if (tokens.length === 0) return { caller: localCaller };
    if (authorization === undefined) return { caller: null, why: 'send a token: Authorization: Bearer …' };
    if (!bearer.test(authorization)) return { caller: null, why: 'the Authorization header is not of the form: Bearer …' };
    const token = knownToken(tokens, authorization);
    return token === undefined
      ? { caller: null, why: 'the token is not known' }
      : { caller: callerWith({ kind: 'token', name: token.name, grants: [token] }) };
  };
}

/** Finds out who sends the request. It refuses nothing: pages show less to a stranger. */
export function setIdentity(identify: Identify): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    c.set('identity', await identify({ authorization: c.req.header('authorization'), cookie: c.req.header('cookie') }));
    await next();
  };
}

/**
 * Refuses strangers. A server without tokens listens on loopback only and trusts every caller on this machine, except a browser that another site
 * controls: the host must be a loopback name (against DNS rebinding), and no request may come from another origin.
 */
export function authenticate(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    refuseForeignBrowser(c);
    const identity = c.get('identity');
    if (identity.caller === null) throw new AppError('unauthorized', identity.why);
    if (identity.caller.kind === 'local') refuseForeignHost(c, loopbackHosts);
    c.set('caller', identity.caller);
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
export function demand(c: Context<ApiEnv>, verb: TokenVerb, place?: CallerScope): Caller {
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

const bearer = /^Bearer\s+(\S+)$/i;

function knownToken(tokens: readonly Token[], header: string | undefined): Token | undefined {
  const text = bearer.exec(header ?? '')?.[1];
  if (text === undefined) return undefined;
  const hash = createHash('sha256').update(text).digest();
  return tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.sha256, 'hex')))[0];
}
