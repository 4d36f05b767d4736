import { Secret } from '../../core/base/secret.ts';
import { excerptOf } from '../excerpt.ts';
import { type Http, HttpError } from '../http.ts';
import { redact } from '../redact.ts';
import { LoginError } from './login.ts';
import { defaultLifetimeMs, type TokenSource } from './token-cache.ts';

/** A client of an OAuth2 server. `parameters`: sent in the body, such as `scope`. `isInBody`: the secret too, instead of in a header. */
export type Oauth2Client = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly isInBody: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly ca?: string | undefined;
};

/** Gets tokens by the grant of client credentials. */
export function createOauth2Tokens(client: Oauth2Client, { http, now }: { http: Http; now: () => number }): TokenSource {
  const { tokenUrl, clientId, clientSecret, isInBody } = client;
  const { host, origin, protocol } = new URL(tokenUrl);
  const server = { issuer: origin, token_endpoint: tokenUrl };
  return async (signal) => {
    // Few servers use OAuth2, so the library is loaded by the first that does.
    const oauth = await import('oauth4webapi');
    const proof = isInBody ? oauth.ClientSecretPost(clientSecret.reveal()) : oauth.ClientSecretBasic(clientSecret.reveal());
    try {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        { client_id: clientId },
        proof,
        { ...client.parameters },
        {
          [oauth.customFetch]: (_: string, { headers, body }: FetchInit) =>
            post({ headers, body: body.toString() }, client, { http, signal }),
          [oauth.allowInsecureRequests]: protocol === 'http:',
        },
      );
      const answer = await oauth.processClientCredentialsResponse(server, { client_id: clientId }, response);
      const lifetimeMs = answer.expires_in === undefined ? defaultLifetimeMs : answer.expires_in * 1_000;
      return { secret: new Secret(answer.access_token), expiresAt: now() + lifetimeMs };
    } catch (error) {
      throw translate(error, { host, secrets: [clientSecret], isRefusal: (other) => other instanceof oauth.ResponseBodyError });
    }
  };
}

type FailureContext = {
  readonly host: string;
  readonly secrets: readonly Secret[];
  readonly isRefusal: (error: unknown) => error is OAuthRefusal;
};
type OAuthRefusal = { readonly error: string; readonly error_description?: string | undefined };

function translate(error: unknown, { host, secrets, isRefusal }: FailureContext): LoginError {
  if (error instanceof LoginError) return error;
  if (error instanceof HttpError) {
    const isLate = error.kind === 'timeout' || error.kind === 'aborted';
    return new LoginError(isLate ? 'timeout' : 'unreachable', `the token server: ${error.message}`);
  }
  if (!isRefusal(error)) return new LoginError('refused', `the token server ${host} did not answer as an OAuth2 server does`);
  const words = [error.error, error.error_description].filter((word) => word !== undefined).join(': ');
  return new LoginError('refused', `the token server ${host} refused: ${excerptOf(redact(words, secrets))}`);
}

type FetchInit = { readonly headers: Readonly<Record<string, string>>; readonly body: URLSearchParams };
type PostContext = { readonly http: Http; readonly signal: AbortSignal };

async function post(
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  { tokenUrl, timeoutMs, ca }: Oauth2Client,
  { http, signal }: PostContext,
): Promise<Response> {
  const sent = { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'bakewatch' };
  const request = { method: 'POST', url: tokenUrl, headers: sent, body, timeoutMs, ...(ca !== undefined && { ca }) } as const;
  const { status, headers: received, text } = await http.request(request, signal);
  const { host } = new URL(tokenUrl);
  if (status === 429 || status >= 500) throw new LoginError('unreachable', `the token server ${host} answered ${status}`);
  if (status !== 200 && !text.trim().startsWith('{')) throw new LoginError('refused', `the token server ${host} answered ${status}`);
  return new Response(text, { status, headers: { 'content-type': received['content-type'] ?? 'text/plain' } });
}
