import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Http } from '../../src/net/http.ts';

export type Account = { readonly email?: string; readonly email_verified?: boolean; readonly groups?: readonly string[] };

/** A real OpenID provider on this machine, with one account signed in at a time. */
export type TestIdentityProvider = {
  readonly issuer: string;
  /** Who signs in next. */
  who: string;
  readonly accounts: Map<string, Account>;
  /** Signs a JWT with the key of the provider. */
  jwt(claims: object): string;
  close(): Promise<void>;
};

export const clients = { own: 'bakewatch', other: 'another-app' } as const;
export const clientSecret = 'a-client-secret-of-many-characters';

/** Starts the provider. `callback`: where it sends browsers back. */
export async function startIdentityProvider(callback: string): Promise<TestIdentityProvider> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts = new Map<string, Account>();
  const scope = 'openid profile email groups';
  const client = {
    client_secret: clientSecret,
    redirect_uris: [callback],
    post_logout_redirect_uris: [callback.replace('/auth/callback', '/sign-in')],
  };
  const provider = new Provider(issuer, {
    clients: Object.values(clients).map((client_id) => ({ ...client, client_id })),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a-key-of-the-test'] },
    scopes: scope.split(' '),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => '/interaction' },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, ...accounts.get(sub) }) }),
    async loadExistingGrant(context: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const { client: asking, session } = context.oidc;
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope(scope);
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const result: TestIdentityProvider = {
    issuer,
    who: 'anna',
    accounts,
    jwt(claims) {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`;
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  server.on('request', (request, response) => {
    if (request.url === '/interaction') void provider.interactionFinished(request, response, { login: { accountId: result.who } });
    else answer(request, response);
  });
  return result;
}

/** Follows a browser through the provider, from the address that a server sends it to, to the one that it comes back with. */
export async function passThrough(url: string, callback: string): Promise<string> {
  const jar = new Map<string, string>();
  let at = url;
  while (!at.startsWith(callback)) {
    const response = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const next = response.headers.get('location');
    if (next === null) throw new Error(`the provider answered ${response.status} at ${at}: ${(await response.text()).slice(0, 500)}`);
    at = new URL(next, at).href;
  }
  return at;
}

/** An HTTP client that changes the claims in ID tokens on their way, and signs them again with the key of the provider. */
export function forgingHttp(http: Http, provider: TestIdentityProvider, forge: (claims: Record<string, unknown>) => object | string): Http {
  return {
    ...http,
    async request(request, signal) {
      const response = await http.request(request, signal);
      if (request.method !== 'POST' || response.status !== 200) return response;
      const answer = JSON.parse(response.text) as { id_token: string };
      const claims = JSON.parse(Buffer.from(answer.id_token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
      const forged = forge(claims);
      return { ...response, text: JSON.stringify({ ...answer, id_token: typeof forged === 'string' ? forged : provider.jwt(forged) }) };
    },
  };
}
