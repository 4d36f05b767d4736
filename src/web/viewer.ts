import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { AppError } from '../core/base/errors.ts';
import type { AuditActor, AuditOrigin } from '../ports/audit-trail.ts';
import type { Caller, CallerSession, Identity } from '../usecases/caller.ts';
import type { SenderRefusal } from '../usecases/refusals.ts';

/** What is known about a request before a page is made. `refusal`: why its sender is refused, for the audit trail. */
export type PagesEnv = { Variables: { identity: Identity; requestId: string; address: string | null; refusal?: SenderRefusal } };

/** Who sends this request, for the audit trail. */
export function originOf(c: Context<PagesEnv>, { kind, name }: AuditActor): AuditOrigin {
  return { actor: { kind, name }, requestId: c.get('requestId'), address: c.get('address') };
}

/** Who looks at a page. `caller`: `null` for somebody who has only a link. `session`: of somebody who has signed in. `theme`: `null` follows the system. */
export type Viewer = {
  readonly caller: Caller | null;
  readonly session?: CallerSession | undefined;
  readonly theme: 'light' | 'dark' | null;
};

/** Who looks at a page that is the same for everyone: while the database does not answer, nobody is known. */
export function viewerOrStranger(c: Context<PagesEnv>): Viewer {
  const theme = getCookie(c, 'theme');
  const { caller, session } = c.get('identity');
  return { caller, session, theme: theme === 'light' || theme === 'dark' ? theme : null };
}

/** Throws `AppError('unavailable')` where the database does not answer, so that nobody knows who looks. */
export function viewerOf(c: Context<PagesEnv>): Viewer {
  const identity = c.get('identity');
  if (identity.caller === null && identity.isAway) throw new AppError('unavailable', identity.why);
  return viewerOrStranger(c);
}
