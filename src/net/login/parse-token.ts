import { Secret } from '../../core/base/secret.ts';
import { type BearerToken, defaultLifetimeMs } from './token-cache.ts';

/** What is wrong with the output of a program that should print a token. It quotes nothing. */
export type TokenFault = { readonly fault: string };

/**
 * Reads a token from the output of a program, in one of these forms: kubectl's `ExecCredential`, the JSON of an OAuth2 server (`access_token`,
 * `expires_in`), that of `az` (`accessToken`, `expires_on`), or the token alone. A token alone that is a JWT names its own end.
 */
export function parseToken(text: string, now: number): BearerToken | TokenFault {
  const trimmed = text.trim();
  const object = trimmed.startsWith('{') ? parseObject(trimmed) : null;
  if (trimmed.startsWith('{') && object === null) return { fault: 'its output is not JSON' };
  const { token, end } = object === null ? { token: trimmed, end: null } : fieldsOf(object, now);
  if (typeof token !== 'string' || token === '') return { fault: 'its output holds no token' };
  if (!/^[!-~]+$/.test(token)) return { fault: 'its token is not one word of printable ASCII' };
  if (end !== null && !Number.isFinite(end)) return { fault: 'the end of its token is not a time' };
  return { secret: new Secret(token), expiresAt: end ?? endOfJwt(token) ?? now + defaultLifetimeMs };
}

type Fields = { readonly token: unknown; readonly end: number | null };

function fieldsOf(object: Readonly<Record<string, unknown>>, now: number): Fields {
  const { kind, status, access_token: snake, accessToken: camel, expires_in: lifetime, expires_on: seconds } = object;
  if (kind === 'ExecCredential') {
    const { token, expirationTimestamp: end } = isObject(status) ? status : {};
    return { token, end: end === undefined || end === null ? null : Date.parse(String(end)) };
  }
  if (lifetime !== undefined) return { token: snake ?? camel, end: now + Number(lifetime) * 1_000 };
  return { token: snake ?? camel, end: seconds === undefined ? null : Number(seconds) * 1_000 };
}

/** The claim `exp` of a JWT; `null` for every other token. Only the server checks the signature. */
function endOfJwt(token: string): number | null {
  const [, claims] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token) ?? [];
  if (claims === undefined) return null;
  const { exp } = parseObject(Buffer.from(claims, 'base64url').toString()) ?? {};
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1_000 : null;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // The message of the parser would quote the token.
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
