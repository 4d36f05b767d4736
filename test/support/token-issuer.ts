import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type StubServer, startStubServer } from './stub-server.ts';

type SigningKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** A CI system that makes tokens for its jobs, with real keys. */
export type TokenIssuer = {
  readonly issuer: string;
  /** How often its keys were fetched. */
  fetches(): number;
  /** Whether it answers. */
  isAway: boolean;
  /** Replaces the key that it signs with. The old one is no longer among its keys. */
  rotate(kid: string): void;
  /** A signed token. */
  token(claims: object, header?: object): string;
  /** A token whose header and signature are made by an attacker who knows the public keys. */
  forged(claims: object, how: 'none' | 'hmac' | 'otherKey' | 'embeddedKey' | 'noKid' | 'unknownKid'): string;
  close(): Promise<void>;
};

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const newKey = (kid: string): SigningKey => ({ kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });

function signed(header: object, claims: object, key: KeyObject): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** Starts the issuer on this machine. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const server: StubServer = await startStubServer();
  let key = newKey('one');
  const stranger = newKey('one');
  const issuer: TokenIssuer = {
    issuer: server.url,
    fetches: () => server.requests.filter(({ url }) => url === '/keys').length,
    isAway: false,
    rotate(kid) {
      key = newKey(kid);
    },
    token: (claims, header = {}) => signed({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }, claims, key.privateKey),
    forged(claims, how) {
      const { kid } = key;
      switch (how) {
        case 'none':
          return `${part({ alg: 'none', kid })}.${part(claims)}.`;
        case 'hmac': {
          const text = `${part({ alg: 'HS256', kid })}.${part(claims)}`;
          const secret = key.publicKey.export({ type: 'spki', format: 'pem' });
          return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
        }
        case 'otherKey':
          return signed({ alg: 'RS256', kid }, claims, stranger.privateKey);
        case 'embeddedKey':
          return signed({ alg: 'RS256', kid, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims, stranger.privateKey);
        case 'noKid':
          return signed({ alg: 'RS256' }, claims, key.privateKey);
        case 'unknownKid':
          return signed({ alg: 'RS256', kid: 'two' }, claims, stranger.privateKey);
      }
    },
    close: server.close,
  };
  server.reply(({ url }) => {
    if (issuer.isAway) return { status: 503, body: 'maintenance' };
    if (url === '/.well-known/openid-configuration') return { body: { issuer: server.url, jwks_uri: `${server.url}/keys` } };
    return { body: { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: 'RS256' }] } };
  });
  return issuer;
}
