import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Session, SessionStore, SignedInPerson } from '../ports/session-store.ts';
import { type Caller, callerWith, type Identity } from './caller.ts';
import { adminGrant, grantsOf, type RoleAssignment } from './roles.ts';
import type { OwnCookie } from './session-cookie.ts';
import type { TokenSignIn } from './token-sign-in.ts';

/**
 * How sessions are handled now; a reload of the config changes it. `issuer`: the identity provider; `null`: nobody signs in at one. `hasSignIn`: the config
 * has the section; without it, people sign in with tokens only.
 */
export type SessionSettings = {
  readonly idleMs: number;
  readonly maxMs: number;
  readonly roles: readonly RoleAssignment[];
  readonly issuer: string | null;
  readonly hasSignIn: boolean;
};

export type SessionsDeps = {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly cookie: OwnCookie;
  readonly settings: () => SessionSettings;
  readonly tokens: Pick<TokenSignIn, 'identify'>;
};

/** Who has signed in with this browser. Each result that changes the cookie has the header for it. */
export type Sessions = {
  /** Begins a session with a new secret, and ends the one that the browser had. */
  begin(person: SignedInPerson, cookieHeader: string | undefined): Promise<{ readonly id: string; readonly setCookie: string }>;
  /** `null`: the request has no session cookie. */
  identify(cookieHeader: string | undefined): Promise<Identity | null>;
  /** Ends the session of the browser. `null`: it had none. */
  end(cookieHeader: string | undefined): Promise<{ readonly ended: Session | null; readonly setCookie: string }>;
};

/** The maximum number of sessions of one person, and of one token, which a team may share; the oldest end. */
const maxSessions = { person: 10, token: 50 };
/** A session by a one-time link is for the first steps and for emergencies. */
const maxLinkMs = 12 * 3_600_000;
/** How often the cookie gets a new secret, and how long requests under way may use the former one. */
const renewMs = 3_600_000;
const graceMs = 60_000;
/** How exactly the store knows when a session was last used. */
const seenMs = 60_000;
const secretPattern = /^[\w-]{43}$/;

/** Creates what begins, checks and ends sessions. */
export function createSessions(deps: SessionsDeps): Sessions {
  const { store, clock, cookie } = deps;

  const find = async (cookieHeader: string | undefined) => {
    const secret = cookie.read(cookieHeader);
    if (secret === undefined) return null;
    const sha256 = sha256Of(secret);
    return { sha256, session: secretPattern.test(secret) ? await store.findSession(sha256, clock.now()) : null };
  };

  return {
    async begin(person, cookieHeader) {
      const former = await find(cookieHeader);
      if (former?.session) await store.endSession(former.session.id);
      const [id, secret, csrfSecret] = [randomUUID(), newSecret(), newSecret()];
      await store.addSession({
        id,
        sha256: sha256Of(secret),
        csrfSecret,
        person,
        at: clock.now(),
        max: person.kind === 'token' ? maxSessions.token : maxSessions.person,
      });
      return { id, setCookie: cookie.write(secret, maxAgeOf(person, deps.settings())) };
    },

    async identify(cookieHeader) {
      const found = await find(cookieHeader);
      if (found === null) return null;
      const { sha256, session } = found;
      const ended: Identity = { caller: null, why: 'the session has ended; sign in again', setCookie: cookie.clear() };
      if (session === null || isOver(session, deps.settings(), clock.now())) return ended;
      const identity = await identityOf(session, deps);
      if (identity.caller === null) return identity.isAway ? identity : { ...ended, why: `the session has ended: ${identity.why}` };
      const setCookie = await keepAlive(session, sha256, deps);
      return { caller: identity.caller, session: { id: session.id, csrfSecret: session.csrfSecret }, setCookie };
    },

    async end(cookieHeader) {
      const found = await find(cookieHeader);
      const session = found?.session ?? null;
      return { ended: session === null ? null : await store.endSession(session.id), setCookie: cookie.clear() };
    },
  };
}

/** Whether a session counts no longer. Its row may still be there. */
function isOver({ kind, issuer, createdAt, seenAt }: Session, settings: SessionSettings, now: number): boolean {
  const isOtherProvider = kind === 'provider' && issuer !== settings.issuer;
  const isWithoutSection = kind !== 'token' && !settings.hasSignIn;
  return isWithoutSection || isOtherProvider || now - seenAt > settings.idleMs || now - createdAt > maxAgeOf({ kind }, settings);
}

function maxAgeOf({ kind }: Pick<SignedInPerson, 'kind'>, { maxMs }: SessionSettings): number {
  return kind === 'link' ? Math.min(maxMs, maxLinkMs) : maxMs;
}

// The groups are stored, and not what they allow: a changed role counts at the next request. So does what happens to a token.
async function identityOf(session: Session, { settings, tokens }: Pick<SessionsDeps, 'settings' | 'tokens'>): Promise<Identity> {
  if (session.kind === 'token') return await tokens.identify(session.subject);
  return { caller: callerOf(session, settings()) };
}

function callerOf(session: Session, { roles }: SessionSettings): Caller {
  const grants = session.kind === 'link' ? [adminGrant] : grantsOf(roles, session);
  return callerWith({ kind: 'person', name: session.name, grants });
}

/** Records that the session is used and, now and then, gives its cookie a new secret. Returns the header for it. */
async function keepAlive(session: Session, sha256: string, { store, clock, cookie, settings }: SessionsDeps): Promise<string | undefined> {
  const { id, createdAt, seenAt, renewedAt } = session;
  const at = clock.now();
  if (at - renewedAt > renewMs) {
    const secret = newSecret();
    const isRenewed = await store.renewSession({ id, from: sha256, to: sha256Of(secret), at, graceUntil: at + graceMs });
    if (isRenewed) return cookie.write(secret, createdAt + maxAgeOf(session, settings()) - at);
  }
  if (at - seenAt > seenMs) await store.sawSession(id, at);
  return undefined;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
