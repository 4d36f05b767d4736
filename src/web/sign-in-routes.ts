import { createHash } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { rateLimiter } from 'hono-rate-limiter';
import { AppError } from '../core/base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdentityProvider } from '../ports/identity-provider.ts';
import type { SessionStore, SignedInPerson } from '../ports/session-store.ts';
import type { Caller } from '../usecases/caller.ts';
import { ownPath } from '../usecases/return-to.ts';
import { grantsOf, type RoleAssignment } from '../usecases/roles.ts';
import { isSameOrigin } from '../usecases/same-origin.ts';
import type { Sessions } from '../usecases/sessions.ts';
import type { TokenSignIn } from '../usecases/token-sign-in.ts';
import { type AttemptCookies, createAttemptCookies } from './attempt-cookies.ts';
import type { Html } from './html.ts';
import { isSignInNotice, linkPage, noRolePage, type SignInNotice, type SignInView, signInPage } from './sign-in-page.ts';
import { type PagesEnv, viewerOf, viewerOrStranger } from './viewer.ts';

/** Somebody signed in or out. `name`: who. */
export type SignInEvent = {
  readonly what: 'signed in' | 'signed out';
  readonly kind: SignedInPerson['kind'];
  readonly name: string;
  readonly session: string;
  readonly requestId: string;
  readonly address: string | null;
};

export type SignInDeps = {
  readonly store: Pick<SessionStore, 'useSignInLink'>;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly tokens: Pick<TokenSignIn, 'isOffered' | 'check'>;
  /** `null`: there is no identity provider. A reload may change it. */
  readonly provider: () => IdentityProvider | null;
  readonly roles: () => readonly RoleAssignment[];
  readonly record: (event: SignInEvent) => Promise<void>;
  /** Aborts when the server stops. */
  readonly stopping: AbortSignal;
  /** Where people reach this server, without a slash at the end. */
  readonly baseUrl: string;
};

const maxBodyBytes = 16 * 1024;
/** How often one address may try to sign in. */
const limits = { windowMs: 60_000, limit: 120 };
/** How often one address may try a token: each try is a guess. */
const tokenLimits = { windowMs: 60_000, limit: 10 };
/** How long the page waits for the provider to show that it works. */
const patienceMs = 2_000;
const keyPattern = /^[\w-]{43}$/;

/** Creates the pages and the addresses with which people sign in and out. */
export function createSignIn(deps: SignInDeps): OpenAPIHono<PagesEnv> {
  const { baseUrl, sessions, clock, stopping } = deps;
  const attempts = createAttemptCookies(baseUrl);
  const app = new OpenAPIHono<PagesEnv>();
  const onError = () => {
    throw new AppError('invalid', 'the form is too large');
  };
  app.use('/auth/*', limitRate(limits), bodyLimit({ maxSize: maxBodyBytes, onError }));
  app.use('/auth/*', async (c, next) => {
    if (c.req.method === 'POST') refuseForeign(c, baseUrl);
    await next();
  });

  app.get('/sign-in', async (c) => {
    const asked = c.req.query('notice');
    const notice = isSignInNotice(asked) ? asked : null;
    return await page(c, await signInOf(c, deps, { returnTo: ownPath(c.req.query('return_to')), notice, refusal: null }));
  });

  app.post('/auth/token', limitRate(tokenLimits), async (c) => {
    const form = await c.req.parseBody();
    const returnTo = ownPath(String(form.return_to ?? '/'));
    const { identity, reference } = await deps.tokens.check(String(form.token ?? '').trim());
    const refusal = identity.caller === null ? identity.why : whyUseless(identity.caller);
    if (identity.caller === null || refusal !== null) {
      const isAway = identity.caller === null && identity.isAway === true;
      return await page(c, await signInOf(c, deps, { returnTo, notice: null, refusal }), isAway ? 503 : 401);
    }
    const { name } = identity.caller;
    await begin(c, deps, { kind: 'token', issuer: 'token', subject: reference, name, email: null, groups: [] });
    return c.redirect(returnTo, 303);
  });

  app.get('/auth/start', async (c) => {
    const returnTo = ownPath(c.req.query('return_to'));
    const provider = deps.provider();
    // Another site must not begin a sign-in: people would not know what they sign in to.
    if (provider === null || c.req.header('sec-fetch-site') === 'cross-site') return back(c, null, returnTo);
    try {
      const { url, attempt } = await provider.begin(`${baseUrl}/auth/callback`, stopping);
      c.header('set-cookie', attempts.write({ ...attempt, returnTo }), { append: true });
      return c.redirect(url, 303);
    } catch (error) {
      return back(c, noticeOf(error), returnTo);
    }
  });

  app.get('/auth/callback', (c) => finish(c, deps, attempts));

  app.get('/auth/link', async (c) => {
    const key = c.req.query('key') ?? '';
    return keyPattern.test(key) ? await page(c, linkPage(viewerOf(c), key)) : back(c, 'link', '/');
  });

  app.post('/auth/link', async (c) => {
    const { key } = await c.req.parseBody();
    const sha256 = createHash('sha256').update(String(key)).digest('hex');
    const link = await deps.store.useSignInLink(sha256, clock.now());
    if (link === null) return back(c, 'link', '/');
    const name = `admin link of ${link.by}`;
    await begin(c, deps, { kind: 'link', issuer: '', subject: 'admin-link', name, email: null, groups: [] });
    return c.redirect('/', 303);
  });

  app.post('/auth/sign-out', async (c) => {
    const { ended, setCookie } = await sessions.end(c.req.header('cookie'));
    c.header('set-cookie', setCookie, { append: true });
    if (ended !== null) await deps.record({ what: 'signed out', kind: ended.kind, name: ended.name, session: ended.id, ...senderOf(c) });
    return back(c, 'out', '/');
  });
  return app;
}

function limitRate(rate: typeof limits) {
  return rateLimiter<PagesEnv>({
    ...rate,
    keyGenerator: (c) => c.get('address') ?? 'unknown',
    handler: (c) => c.text('Too many sign-ins in a minute. Try again later.\n', 429),
  });
}

/** Why it is of no use to sign in with a token; `null`: it is. */
function whyUseless(caller: Caller): string | null {
  return caller.may('read') ? null : `the token ${caller.name} may not read, so no page would show anything`;
}

async function signInOf(c: Context<PagesEnv>, deps: SignInDeps, shown: Pick<SignInView, 'returnTo' | 'notice' | 'refusal'>): Promise<Html> {
  const [provider, hasTokens] = await Promise.all([viewOf(deps), deps.tokens.isOffered()]);
  return signInPage({ viewer: viewerOrStranger(c), provider, hasTokens, ...shown });
}

async function finish(c: Context<PagesEnv>, deps: SignInDeps, attempts: AttemptCookies): Promise<Response> {
  const state = c.req.query('state') ?? '';
  const attempt = attempts.read(c.req.header('cookie'), state);
  const provider = deps.provider();
  if (attempt === null || provider === null) return back(c, 'lost', '/');
  // One attempt, one answer.
  c.header('set-cookie', attempts.clear(state), { append: true });
  let person: SignedInPerson;
  try {
    const url = `${deps.baseUrl}/auth/callback${new URL(c.req.url).search}`;
    person = await provider.finish({ url, attempt }, deps.stopping);
  } catch (error) {
    return back(c, noticeOf(error), attempt.returnTo);
  }
  if (grantsOf(deps.roles(), person).length === 0) return await page(c, noRolePage(viewerOf(c), person), 403);
  await begin(c, deps, person);
  return c.redirect(ownPath(attempt.returnTo), 303);
}

async function begin(c: Context<PagesEnv>, { sessions, record }: SignInDeps, person: SignedInPerson): Promise<void> {
  const { id, setCookie } = await sessions.begin(person, c.req.header('cookie'));
  c.header('set-cookie', setCookie, { append: true });
  await record({ what: 'signed in', kind: person.kind, name: person.name, session: id, ...senderOf(c) });
}

/** What the page shows of the provider. One that does not answer is shown as such, after a short wait. */
async function viewOf({ provider, baseUrl, clock, stopping }: SignInDeps) {
  const found = provider();
  if (found === null) return null;
  const done = new AbortController();
  const late = clock.sleep(patienceMs, AbortSignal.any([done.signal, stopping])).then(() => ({ endUrl: null, trouble: null }));
  const asked = found.endUrl(`${baseUrl}/sign-in`, stopping).then(
    (endUrl) => ({ endUrl, trouble: null }),
    (error: unknown) => ({ endUrl: null, trouble: error instanceof AppError ? error.message : 'The identity provider does not work.' }),
  );
  const { endUrl, trouble } = await Promise.race([asked, late]);
  done.abort();
  return { label: found.label, endUrl, trouble };
}

function noticeOf(error: unknown): SignInNotice {
  if (!(error instanceof AppError)) throw error;
  return error.code === 'unavailable' ? 'away' : 'refused';
}

function back(c: Context<PagesEnv>, notice: SignInNotice | null, returnTo: string): Response {
  const query = new URLSearchParams({ ...(notice !== null && { notice }), ...(returnTo !== '/' && { return_to: returnTo }) }).toString();
  return c.redirect(`/sign-in${query === '' ? '' : `?${query}`}`, 303);
}

function refuseForeign(c: Context<PagesEnv>, baseUrl: string): void {
  const headers = { secFetchSite: c.req.header('sec-fetch-site'), origin: c.req.header('origin'), host: c.req.header('host') };
  if (!isSameOrigin(headers, baseUrl)) throw new AppError('forbidden', 'only the pages of this server may send this form');
}

function senderOf(c: Context<PagesEnv>): Pick<SignInEvent, 'requestId' | 'address'> {
  return { requestId: c.get('requestId'), address: c.get('address') };
}

async function page(c: Context<PagesEnv>, content: Html, status: 200 | 401 | 403 | 503 = 200): Promise<Response> {
  return c.html(await content, status, { 'cache-control': 'no-store' });
}
