import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { RequestRefusal } from '../usecases/refusals.ts';
import type { ApiEnv } from './auth.ts';
import type { ApiDeps } from './deps.ts';

/** The id of a request that a trusted caller sent: it goes into the log, so it is short and has no spaces. */
const saneId = /^[A-Za-z0-9_=.:-]{1,64}$/;
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

type TraceDeps = Pick<ApiDeps, 'clock' | 'log' | 'meter' | 'findClient' | 'noteRefusal'>;

/** Gives each request an id and finds the address of its caller, and counts and times each answer by route. It comes before everything else. */
export function traceRequests({ clock, log, meter, findClient, noteRefusal }: TraceDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const began = clock.now();
    // Without a connection, as in a test, there are no bindings.
    const peer = c.env?.incoming?.socket.remoteAddress;
    const { address, isTrusted } =
      peer === undefined ? unknownClient : (findClient?.(peer, c.req.header('x-forwarded-for')) ?? { address: peer, isTrusted: false });
    const sent = c.req.header('x-request-id') ?? '';
    const requestId = isTrusted && saneId.test(sent) ? sent : randomUUID();
    c.set('requestId', requestId);
    c.set('address', address);
    const scheme = isTrusted ? c.req.header('x-forwarded-proto') : undefined;
    c.set('isSecure', (scheme ?? new URL(c.req.url).protocol.slice(0, -1)) === 'https');
    c.header('X-Request-Id', requestId);
    await next();
    const refusal = refusalOf(c);
    if (refusal !== null) await noteRefusal?.(refusal);
    const labels = { route: routeOf(c), method: methods.has(c.req.method) ? c.req.method : 'other', status: c.res.status };
    const tookMs = clock.now() - began;
    meter?.requestAnswered(labels, tookMs / 1000);
    log.debug({ ...labels, requestId, address, tookMs }, 'request answered');
  };
}

const unknownClient = { address: null, isTrusted: false };

/** Who was refused, and why: a stranger, a caller without the right, or a signature that is not right. */
function refusalOf(c: Context<ApiEnv>): RequestRefusal | null {
  const { status } = c.res;
  const told = c.get('refusal');
  if (told === undefined && status !== 401 && status !== 403) return null;
  const caller = c.get('identity')?.caller ?? null;
  const actor = caller === null ? ({ kind: 'unknown', name: '' } as const) : { kind: caller.kind, name: caller.name };
  const method = methods.has(c.req.method) ? c.req.method : 'other';
  return {
    status: told?.status ?? (status === 401 ? 401 : 403),
    actor,
    requestId: c.get('requestId'),
    address: c.get('address'),
    what: `${method} ${routeOf(c)}`,
    why: told?.why ?? c.error?.message ?? 'refused',
  };
}

/** The pattern of the route that a request matches; `unknown` where only middleware does. */
function routeOf(c: Context): string {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'unknown';
}

/** Who sends this request, for the audit trail. */
export function originOf(c: Context<ApiEnv>): AuditOrigin {
  const { kind, name } = c.get('caller');
  return { actor: { kind, name }, requestId: c.get('requestId'), address: c.get('address') };
}
