import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Caller, Identity } from '../usecases/caller.ts';

/** What is known about a request before a page is made. */
export type PagesEnv = { Variables: { identity: Identity } };

/** Who looks at a page. `caller`: `null` for somebody who has only a link. `theme`: `null` follows the system. */
export type Viewer = { readonly caller: Caller | null; readonly theme: 'light' | 'dark' | null };

export function viewerOf(c: Context<PagesEnv>): Viewer {
  const theme = getCookie(c, 'theme');
  return { caller: c.get('identity').caller, theme: theme === 'light' || theme === 'dark' ? theme : null };
}
