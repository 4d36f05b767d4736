import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../core/base/errors.ts';
import { type Caller, type CallerScope, callerWith, type Grant, type Identity, type TokenVerb, tokenVerbs } from '../usecases/caller.ts';
import type { PipelineTokens } from '../usecases/pipeline-rights.ts';
import type { SenderRefusal } from '../usecases/refusals.ts';
import { isSameOrigin } from '../usecases/same-origin.ts';
import type { StoredTokens } from '../usecases/stored-tokens.ts';

/** A token of the config: only its SHA-256 is kept. It does not work from `expiresAt` on. */
export type Token = Grant & { readonly name: string; readonly sha256: string; readonly expiresAt?: number | null };

/** Where tokens are: those of the config, those of the database, and those that CI systems make. */
export type TokenSources = {
  readonly tokens: readonly Token[];
  readonly stored: StoredTokens;
  readonly pipelines?: PipelineTokens | undefined;
  readonly now: () => number;
};

/** What a request says of its sender. */
type Credentials = { readonly authorization: string | undefined; readonly cookie: string | undefined };

/** Finds out who sends a request. */
export type Identify = (credentials: Credentials) => Promise<Identity>;

/**
 * `requestId`, `address` and `identity` are set for every request, `caller` only below `/v1`. `address`: of the client, behind trusted proxies too; `null`:
 * there is no connection. `isSecure`: the client speaks HTTPS, with this server or with a proxy that is trusted. `askAgain`: who the sender is now, in an answer that goes on for long. `refusal`: why a page refused the sender, who sees it as a page or is led to the sign-in. `Bindings`: the request and the answer of Node.
 */
export type ApiEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    address: string | null;
    isSecure: boolean;
    identity: Identity;
    askAgain: () => Promise<Identity>;
    caller: Caller;
    refusal?: SenderRefusal;
  };
};

const everything: Grant = { verbs: tokenVerbs, services: [], environments: [] };
const localCaller = callerWith({ kind: 'local', name: 'local', grants: [everything] });

/** The names of this machine in a `Host` header. */
export const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

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
    if (token === undefined) return (await sources.pipelines?.identify(text)) ?? (await sources.stored.identify(text));
    const { name, expiresAt } = token;
    if (expiresAt && expiresAt <= sources.now())
      return { caller: null, why: `the token ${name} has expired; the config says until when it works` };
    return { caller: callerWith({ kind: 'token', name, grants: [token] }) };
  };
}

async function isOpen({ tokens, stored, pipelines }: TokenSources): Promise<boolean | 'away'> {
  if (tokens.length > 0 || pipelines?.isConfigured()) return false;
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
    const credentials = { authorization: c.req.header('authorization'), cookie: c.req.header('cookie') };
    const identity = await identify(credentials);
    c.set('identity', identity);
    c.set('askAgain', () => identify(credentials));
    await next();
    // A sign-in or a sign-out sets the cookie itself.
    const isSet = c.res.headers.getSetCookie().some((one) => one.startsWith(`${identity.setCookie?.split('=')[0]}=`));
    if (identity.setCookie !== undefined && !isSet) c.header('set-cookie', identity.setCookie, { append: true });
  };
}

/** Refuses strangers, and browsers that another site controls: they send the cookies of this server, and reach a server that trusts this machine. */
export function authenticate(baseUrl: string): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    refuseForeignBrowser(c, baseUrl);
    const identity = c.get('identity');
    if (identity.caller === null) throw new AppError(identity.isAway ? 'unavailable' : 'unauthorized', identity.why);
    c.set('caller', identity.caller);
    await next();
  };
}

/** Throws `AppError('forbidden')` unless the caller's token has the verb for the place. */
export function demand(c: Context<ApiEnv>, verb: TokenVerb, place?: CallerScope): Caller {
  const caller = c.get('caller');
  if (caller.may(verb, place)) return caller;
  const all = (name: string | null | undefined, many: string) => name ?? `all ${many}`;
  const where = `for ${all(place?.service, 'services')} in ${all(place?.environment, 'environments')}`;
  throw new AppError('forbidden', `${nameOf(caller)} may not ${verb}${place !== undefined && caller.may(verb) ? ` ${where}` : ''}`);
}

function refuseForeignBrowser(c: Context<ApiEnv>, baseUrl: string): void {
  const headers = { secFetchSite: c.req.header('sec-fetch-site'), origin: c.req.header('origin'), host: c.req.header('host') };
  const { secFetchSite, origin } = headers;
  const isForeign = secFetchSite === 'cross-site' || (origin !== undefined && !isSameOrigin(headers, baseUrl));
  const isChange = c.req.method !== 'GET' && c.req.method !== 'HEAD';
  if (isForeign && isChange) throw new AppError('forbidden', 'requests from another origin are not accepted');
  if (c.get('identity').session === undefined) return;
  // The browser has sent the cookie by itself. So a change needs proof that one of our pages has asked for it.
  const isOurs = isSameOrigin(headers, baseUrl) || (!isChange && (secFetchSite === undefined || secFetchSite === 'none'));
  if (!isOurs) throw new AppError('forbidden', 'with the cookie of a session, only the pages of this server may call');
}

/** How a message names a caller. */
function nameOf({ kind, name }: Caller): string {
  return kind === 'person' ? name : `the token ${name}`;
}

const bearer = /^Bearer\s+(\S+)$/i;

function knownToken(tokens: readonly Token[], text: string): Token | undefined {
  const hash = createHash('sha256').update(text).digest();
  return tokens.filter((token) => timingSafeEqual(hash, Buffer.from(token.sha256, 'hex')))[0];
}
