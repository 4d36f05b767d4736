import type { ClientAuth, Configuration } from 'openid-client';
import { AppError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { Secret } from '../core/base/secret.ts';
import { type Http, HttpError } from '../net/http.ts';
import type { IdentityProvider, SignInReturn } from '../ports/identity-provider.ts';
import type { SignedInPerson } from '../ports/session-store.ts';
import { createOidcFetch } from './oidc-fetch.ts';
import { type Claims, claimAt, hidesGroups, personOf } from './person-of.ts';

/** A client of an OpenID provider. `clientSecret: null`: a public client. `ca`: PEM text; `null`: the authorities of the system. */
export type OidcClient = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret | null;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly trustsEmail: boolean;
  readonly ca: string | null;
};

export type OidcDeps = { readonly http: Http; readonly now: () => number; readonly log: Log };

type OidcLibrary = typeof import('openid-client');
type Discovery = { readonly oidc: OidcLibrary; readonly config: Configuration };

/** How long what the provider says of itself is used, and how long its failure is believed without asking again. */
const keepMs = 3_600_000;
const failedMs = 3_000;
/** How far the clocks of the provider and of this machine may be apart. */
const toleranceSeconds = 30;

/** Creates the OpenID provider. It is not asked anything before the first person signs in, so it may be away when the server starts. */
export function createOidcProvider(client: OidcClient, deps: OidcDeps): IdentityProvider {
  const { issuer, label, scopes } = client;
  const discovered = createDiscovery(client, deps);

  async function begin(redirectUri: string, signal: AbortSignal) {
    const { oidc, config } = await discovered(signal);
    const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: scopes.join(' '),
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  async function finish(answer: SignInReturn, signal: AbortSignal): Promise<SignedInPerson> {
    const { oidc, config } = await discovered(signal);
    const { state: expectedState, nonce: expectedNonce, verifier: pkceCodeVerifier } = answer.attempt;
    try {
      const checks = { expectedState, expectedNonce, pkceCodeVerifier, idTokenExpected: true };
      const tokens = await oidc.authorizationCodeGrant(config, new URL(answer.url), checks);
      const claims: Claims = { ...tokens.claims() };
      const all = await withUserInfo(claims, tokens.access_token, { oidc, config });
      if (hidesGroups(all, client.groupsClaim)) deps.log.warn({ issuer }, 'the provider leaves out groups, because a person has too many');
      return personOf(all, client);
    } catch (error) {
      throw translate(error, client, deps.log);
    }
  }

  /** Some providers put groups and the address into the user info only. What the ID token says wins: it is signed. */
  async function withUserInfo(claims: Claims, accessToken: string, { oidc, config }: Discovery): Promise<Claims> {
    const isComplete = claimAt(claims, client.groupsClaim) !== undefined && claims.email !== undefined;
    if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await oidc.fetchUserInfo(config, accessToken, String(claims.sub))), ...claims };
  }

  async function endUrl(returnUri: string, signal: AbortSignal): Promise<string | null> {
    const { oidc, config } = await discovered(signal);
    if (config.serverMetadata().end_session_endpoint === undefined) return null;
    return oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: returnUri, client_id: client.clientId }).href;
  }

  return { label, issuer, begin, finish, endUrl };
}

/** Reads what the provider says of itself, once for all who ask at the same time. */
function createDiscovery(client: OidcClient, { http, now, log }: OidcDeps): (signal: AbortSignal) => Promise<Discovery> {
  let last: { readonly at: number; readonly result: Promise<Discovery>; failed: boolean } | null = null;

  async function discover(): Promise<Discovery> {
    // Few servers have a sign-in, so the library is loaded by the first that does.
    const oidc = await import('openid-client');
    const { issuer, clientId, clientSecret, ca } = client;
    const isLocal = URL.parse(issuer)?.protocol === 'http:';
    try {
      const metadata = { [oidc.clockTolerance]: toleranceSeconds };
      const config = await oidc.discovery(new URL(issuer), clientId, metadata, proofOf(oidc, clientSecret), {
        [oidc.customFetch]: createOidcFetch(http, ca),
        // Without it, the signature of an ID token that came over TLS is not checked.
        execute: [oidc.enableNonRepudiationChecks, ...(isLocal ? [oidc.allowInsecureRequests] : [])],
      });
      return { oidc, config };
    } catch (error) {
      throw translate(error, client, log);
    }
  }

  return (signal) => {
    signal.throwIfAborted();
    const age = last === null ? Number.POSITIVE_INFINITY : now() - last.at;
    if (last !== null && age < (last.failed ? failedMs : keepMs)) return last.result;
    const started = { at: now(), result: discover(), failed: false };
    started.result.catch(() => {
      started.failed = true;
    });
    last = started;
    return started.result;
  };
}

/** How this server proves who it is: with its secret in the body where the provider says that it reads it there, else in a header. */
function proofOf(oidc: OidcLibrary, secret: Secret | null): ClientAuth {
  if (secret === null) return oidc.None();
  return (server, client, body, headers) => {
    const isInBody = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true;
    const prove = isInBody ? oidc.ClientSecretPost(secret.reveal()) : oidc.ClientSecretBasic(secret.reveal());
    prove(server, client, body, headers);
  };
}

// The text of an answer is not shown: the person could read what another site has put into the address.
function translate(error: unknown, { issuer, label }: OidcClient, log: Log): AppError {
  if (error instanceof AppError) return error;
  const refusal = codeOf(error);
  if (error instanceof HttpError || refusal === null || refusal === 'OAUTH_RESPONSE_IS_NOT_CONFORM') {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ issuer, why }, 'the identity provider does not answer as it should');
    return new AppError(
      'unavailable',
      `${label} does not answer: ${error instanceof HttpError ? error.message : 'see the log of the server'}`,
    );
  }
  log.warn({ issuer, refusal, why: error instanceof Error ? error.message : null }, 'a sign-in was refused');
  return new AppError('unauthorized', `${label} did not confirm who you are; start again`);
}

/** The code of an answer of OAuth (`access_denied`), or of a check of the library. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('error' in error && typeof error.error === 'string') return error.error;
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}
