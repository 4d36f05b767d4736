import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../core/base/errors.ts';
import { type Caller, type CallerScope, callerWith, type Grant, type Identity, type TokenVerb, tokenVerbs } from '../usecases/caller.ts';
import type { StoredTokens } from '../usecases/stored-tokens.ts';

/** A token of the config: only its SHA-256 is kept. It does not work from `expiresAt` on. */
export type Token = Grant & { readonly name: string; readonly sha256: string; readonly expiresAt?: number | null };

/** Where tokens are: those of the config, and those of the database. */
export type TokenSources = { readonly tokens: readonly Token[]; readonly stored: StoredTokens; readonly now: () => number };

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

/**
 * Finds callers by the token in their Authorization header. A server without tokens takes everyone for local: it listens on loopback only. Tokens of the
 * config are known without the database.
 */
export function identifyByToken(sources: TokenSources): Identify {
  return async ({ authorization }) => {
    const open = await isOpen(sources);
    if (open === 'away')
      return { caller: null, why: 'the database does not answer, so it is not known whether a token is needed', isAway: true };
    if (open) return { caller: localCaller };
    if (authorization === undefined) return { caller: null, why: 'send a token: Authorization: Bearer …' };
    if (!bearer.test(authorization)) return { caller: null, why: 'the Authorization header is not of the form: Bearer …' };
    const [, text = ''] = bearer.exec(authorization) ?? [];
    const token = knownToken(sources.tokens, text);
    if (token === undefined) return await sources.stored.identify(text);
    const { name, expiresAt } = token;
    if (expiresAt && expiresAt <= sources.now())
      return { caller: null, why: `the token ${name} has expired; the config says until when it works` };
    return { caller: callerWith({ kind: 'token', name, grants: [token] }) };
  };
}

async function isOpen({ tokens, stored }: TokenSources): Promise<boolean | 'away'> {
  if (tokens.length > 0) return false;
  try {
    return await stored.isOpen();
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') return 'away';
    throw error;
  }
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
    if (identity.caller === null) throw new AppError(identity.isAway ? 'unavailable' : 'unauthorized', identity.why);
    if (identity.caller.kind === 'local') refuseForeignHost(c, loopbackHosts);
    c.set('caller', identity.caller);
    await next();
  };
}

/**
 * Without tokens the pages list everything. They are served under the server's own host names only, so that no other site can read them by pointing its
 * name at the address of this machine.
 */
export function keepFromForeignHosts(baseUrl: string): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const own = URL.parse(baseUrl)?.hostname;
    const identity = c.get('identity');
    // While it is not known whether the server is open, it may be.
    const mayBeOpen = identity.caller === null ? identity.isAway === true : identity.caller.kind === 'local';
    if (mayBeOpen) refuseForeignHost(c, own === undefined ? loopbackHosts : new Set([...loopbackHosts, own]));
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

function knownToken(tokens: readonly Token[], text: string): Token | undefined {
  const hash = createHash('sha256').update(text).digest();
  return tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.sha256, 'hex')))[0];
}
