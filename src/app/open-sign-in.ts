import type { Log } from '../core/base/log.ts';
import type { Http } from '../net/http.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdentityProvider } from '../ports/identity-provider.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { OidcConfig, SignInConfig } from '../rules/config.ts';
import { createOidcProvider } from '../sign-in/oidc.ts';
import { recordAfterwards } from '../usecases/audited.ts';
import { createCookie } from '../usecases/session-cookie.ts';
import { createSessions, type SessionSettings, type Sessions } from '../usecases/sessions.ts';
import type { TokenSignIn } from '../usecases/token-sign-in.ts';
import type { PageAccess } from '../web/gate-pages.ts';
import { createSignIn, type SignInEvent } from '../web/sign-in-routes.ts';

export type SignInParts = {
  readonly store: SessionStore & Pick<AuditTrail, 'recordAudit'>;
  readonly clock: Clock;
  readonly http: Http;
  readonly log: Log;
  /** The section in force; a reload changes it. `null`: nobody signs in. */
  readonly config: () => SignInConfig | null;
  readonly tokens: TokenSignIn;
  readonly baseUrl: string;
  readonly stopping: AbortSignal;
};

/** What the faces need of the sign-in. */
export type SignInFace = {
  readonly sessions: Sessions;
  readonly access: PageAccess;
  readonly routes: ReturnType<typeof createSignIn>;
  /** How long sessions last, and for whom. Without the section, there are none. */
  readonly settings: () => SessionSettings;
};

/** Builds the sign-in from the config. The identity provider is built anew when a reload has changed it. */
export function openSignIn({ store, clock, http, log, config, tokens, baseUrl, stopping }: SignInParts): SignInFace {
  const provider = createProviderOf({ http, log, now: clock.now });
  const settings = () => settingsOf(config());
  const sessions = createSessions({ store, clock, cookie: createCookie('bakewatch', baseUrl), settings, tokens });
  const routes = createSignIn({
    store,
    clock,
    sessions,
    tokens,
    provider: () => provider(config()?.oidc ?? null),
    roles: () => config()?.roles ?? [],
    record: (event) => record(event, { store, clock, log }),
    stopping,
    baseUrl,
  });
  const access = { hasSignIn: () => config() !== null, hasTokens: tokens.isOffered, isByLink: () => config()?.deployPages === 'by_link' };
  return { sessions, access, routes, settings };
}

/** How long sessions with a token last where the config has no section. */
const defaultSession = { idleMs: 12 * 3_600_000, maxMs: 7 * 86_400_000 };

/** The limits of sessions, and who may do what. Without the section, every session that a token did not begin is over. */
export function settingsOf(config: SignInConfig | null): SessionSettings {
  if (config === null) return { ...defaultSession, roles: [], issuer: null, hasSignIn: false };
  return { ...config.session, roles: config.roles, issuer: config.oidc?.issuer ?? null, hasSignIn: true };
}

function createProviderOf(deps: Parameters<typeof createOidcProvider>[1]): (oidc: OidcConfig | null) => IdentityProvider | null {
  let made: { readonly key: string; readonly provider: IdentityProvider } | null = null;
  return (oidc) => {
    if (oidc === null) return null;
    const key = JSON.stringify([oidc, oidc.clientSecret?.reveal()]);
    if (made?.key !== key) made = { key, provider: createOidcProvider(oidc, deps) };
    return made.provider;
  };
}

const means = { link: 'a one-time link', provider: 'the identity provider', token: 'a token' } as const;

async function record(event: SignInEvent, { store, clock, log }: Pick<SignInParts, 'store' | 'clock' | 'log'>): Promise<void> {
  const { what, kind, name, session, requestId, address } = event;
  log.info({ name, kind, session, requestId, address }, what);
  const entry = {
    at: clock.now(),
    actor: { kind: kind === 'token' ? 'token' : 'person', name } as const,
    requestId,
    address,
    verb: what === 'signed in' ? 'session.begin' : 'session.end',
    place: null,
    outcome: 'done' as const,
    detail: `${what}, by ${means[kind]}`,
  };
  await recordAfterwards({ store, log }, entry);
}

/** The first steps, for the log: without a role nobody can do anything. `null`: somebody has a role, or nobody signs in. */
export function firstSteps(config: SignInConfig | null): string | null {
  if (config === null || config.roles.length > 0) return null;
  return 'nobody has a role: run `bakewatch admin-link` on this machine to sign in as admin, and write `sign_in.roles` into the config';
}
