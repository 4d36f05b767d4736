import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { PagesEnv } from './viewer.ts';

/**
 * Who may open which page. `hasSignIn`: strangers are sent to the sign-in. `hasTokens`: people can sign in with a token, so a browser is sent there, too.
 * `isByLink`: the link alone opens the page of a deploy.
 */
export type PageAccess = {
  readonly hasSignIn: () => boolean;
  readonly hasTokens: () => Promise<boolean>;
  readonly isByLink: () => boolean;
};

/** Sends strangers to the sign-in, and shows the page of a deploy only to people who may read its service. */
export function gatePages(
  pages: OpenAPIHono<PagesEnv>,
  { find }: Pick<BakeStore, 'find'>,
  { hasSignIn, hasTokens, isByLink }: PageAccess,
): void {
  for (const path of ['/', '/deploys', '/services/*', '/freeze', '/audit']) {
    pages.use(path, async (c, next) => {
      const identity = c.get('identity');
      if (identity.caller !== null) return await next();
      const isBrowser = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html') === true;
      const isSent = hasSignIn() || (isBrowser && identity.isAway !== true && (await hasTokens()));
      return isSent ? toSignIn(c) : await next();
    });
  }
  pages.use('/deploys/:id/*', async (c, next) => {
    if (!hasSignIn() || isByLink()) return await next();
    const { caller } = c.get('identity');
    if (caller === null) return toSignIn(c);
    const record = await find(c.req.param('id'));
    if (record !== null && !caller.may('read', record.deploy)) throw new AppError('not_found', 'there is no such deploy');
    return await next();
  });
}

/** A form that was sent too late goes back to its page, not to its own address. */
function toSignIn(c: Context<PagesEnv>): Response {
  const { pathname, search } = new URL(c.req.url);
  const isPage = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!isPage) c.set('refusal', { status: 401, why: 'nobody has signed in, or the session has ended' });
  const from = isPage ? `${pathname}${search}` : (URL.parse(c.req.header('referer') ?? '')?.pathname ?? '/');
  return c.redirect(`/sign-in?${new URLSearchParams({ return_to: from }).toString()}`, 303);
}
