import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../core/base/errors.ts';
import { type ApiEnv, loopbackHosts } from './auth.ts';

/** What proxies add to a request. */
const forwardedHeader = /^(?:forwarded|via|x-forwarded-.+|x-real-ip)$/;

/**
 * An open server, which has neither tokens nor a sign-in, trusts every caller on this machine. It answers only under its own names, so that no other site
 * can read it by pointing its name at this machine. And it refuses what a proxy on this machine has forwarded: that may come from anywhere. What has a
 * signature of its own is let through.
 */
export function guardOpenServer(baseUrl: string): MiddlewareHandler<ApiEnv> {
  const own = URL.parse(baseUrl)?.hostname;
  const served = own === undefined ? loopbackHosts : new Set([...loopbackHosts, own]);
  return async (c, next) => {
    const identity = c.get('identity');
    // While it is not known whether the server is open, it may be.
    const mayBeOpen = identity.caller === null ? identity.isAway === true && identity.isClosed !== true : identity.caller.kind === 'local';
    if (mayBeOpen && !c.req.path.startsWith('/v1/slack/')) {
      refuseForeignHost(c, served);
      refuseForwarded(c);
    }
    await next();
  };
}

function refuseForeignHost(c: Context, served: ReadonlySet<string>): void {
  const host = (c.req.header('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!served.has(host)) throw new AppError('forbidden', `a server without tokens serves only loopback hosts, not "${host.slice(0, 100)}"`);
}

function refuseForwarded(c: Context): void {
  const header = Object.keys(c.req.header()).find((name) => forwardedHeader.test(name));
  if (header === undefined) return;
  const why = `a proxy has forwarded this request (${header.slice(0, 100)}), and a server without tokens trusts every caller`;
  throw new AppError('forbidden', `${why}: add \`tokens\` or \`sign_in\` to its config`);
}
