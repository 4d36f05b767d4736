import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { AppError } from '../core/base/errors.ts';
import { csrfToken, isCsrfToken } from '../usecases/csrf.ts';
import { isSameOrigin } from '../usecases/same-origin.ts';
import { type Html, html } from './html.ts';
import type { PagesEnv } from './viewer.ts';

/** A caller without a session (a server that is open on its own machine) has a secret in a cookie instead: it outlives a restart of the server. */
const cookieName = 'bakewatch_form';
const localSession = 'local';

/** The hidden field that ties a form to the session of its reader. Call it before the page is answered: it may set a cookie. */
export function csrfField(c: Context<PagesEnv>): Html {
  const { session } = c.get('identity');
  const token = session === undefined ? csrfToken(localSecret(c), localSession) : csrfToken(session.csrfSecret, session.id);
  return html`<input type="hidden" name="csrf" value="${token}">`;
}

function localSecret(c: Context<PagesEnv>): string {
  const known = getCookie(c, cookieName);
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return known;
  const secret = randomBytes(32).toString('base64url');
  setCookie(c, cookieName, secret, { httpOnly: true, sameSite: 'Strict', path: '/', secure: new URL(c.req.url).protocol === 'https:' });
  return secret;
}

/** Throws `AppError('forbidden')` unless a page of this server, in the session of the caller, made the browser send the form. */
export function assertOwnForm(c: Context<PagesEnv>, { csrf }: Form, baseUrl: string): void {
  assertSameOrigin(c, baseUrl);
  const { session } = c.get('identity');
  const [secret, id] = session === undefined ? [getCookie(c, cookieName) ?? '', localSession] : [session.csrfSecret, session.id];
  if (secret !== '' && isCsrfToken(csrf, secret, id)) return;
  throw new AppError('forbidden', 'the form is not from your session, or from one that has ended; open the page again and decide there');
}

/** Throws `AppError('forbidden')` where another site made the browser send the request, or no browser sent it. */
export function assertSameOrigin(c: Context<PagesEnv>, baseUrl: string): void {
  const headers = { secFetchSite: c.req.header('sec-fetch-site'), origin: c.req.header('origin'), host: c.req.header('host') };
  if (isSameOrigin(headers, baseUrl)) return;
  throw new AppError('forbidden', 'forms are accepted from the pages of this server only; programs use the API');
}

/** The maximum size of a form that is sent. */
export const maxFormBytes = 16 * 1024;

/** The fields of a form, by name. */
export type Form = Readonly<Record<string, string>>;

const maxFields = 20;
const Fields = z.record(z.string().max(100), z.string().max(4_000)).refine((fields) => Object.keys(fields).length <= maxFields);

/** Reads a form. Throws `AppError('invalid')`. */
export async function readForm(c: Context<PagesEnv>): Promise<Form> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new AppError('invalid', 'send the form of the page');
  const fields = Fields.safeParse(Object.fromEntries(new URLSearchParams(await c.req.text())));
  if (!fields.success) throw new AppError('invalid', 'the form has too many fields, or one that is too long');
  return fields.data;
}
