import { z } from 'zod';
import { SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';

/** An http or https URL that may hold a secret, such as those of chat services. It is never printed: messages name only its host. */
export const HttpAddress = SecretText.refine(
  (url) => {
    const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : null;
    return parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  },
  { message: 'must be an http:// or https:// URL' },
);

/** The address of a server. It may be shown, because it holds no credentials. */
export const ServerAddress = z
  .string()
  .refine(isServerAddress, 'must be an http:// or https:// address without a user, a query or a fragment');

/** Returns true if the text is an http or https URL without credentials, query and fragment. */
export function isServerAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** Additional headers of a request. Their values are secrets. The headers that Bakewatch sets cannot be replaced. */
export const ExtraHeaders = z.record(
  z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a header name: letters, digits and - only')
    .refine((name) => !reservedHeaders.has(name.toLowerCase()), { message: 'is a header that Bakewatch sets itself' }),
  SecretText.refine((value) => /^[ -~]+$/.test(value.reveal()), { message: 'must be one line of printable ASCII' }),
);

/** The key of a signature. A short key could be guessed from one signed message. */
export const SigningSecret = SecretText.refine((secret) => secret.reveal().length >= 16, {
  message: 'must be at least 16 characters long, such as the output of `openssl rand -hex 32`',
});

const reservedHeaders = new Set([
  'content-type',
  'content-length',
  'host',
  'idempotency-key',
  'bakewatch-signature',
  'user-agent',
  'transfer-encoding',
  'connection',
]);

/**
 * The parts of a URL that may be secret: the whole URL, its user and password (also in the form of the header `Authorization`), and each part of its
 * path and query from 6 characters on. Each part is listed as written and percent-decoded.
 */
export function secretsIn(address: Secret): readonly Secret[] {
  const url = new URL(address.reveal());
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  const written = [url.password, url.username, ...url.pathname.split('/'), ...url.searchParams.values()];
  const pieces = [...written, ...written.map(decoded), Buffer.from(pair).toString('base64')];
  return [address, ...pieces.filter((piece) => piece.length >= 6).map((piece) => new Secret(piece))];
}

/** The secrets in the value of a header: the value, and the credentials without their scheme, which a server may echo alone. */
export function secretsInHeader(value: Secret): readonly Secret[] {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.+)$/.exec(value.reveal()) ?? [];
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString() : '';
  const pieces = [credentials, pair, pair.slice(pair.indexOf(':') + 1)];
  return [value, ...pieces.filter((piece) => piece.length >= 6).map((piece) => new Secret(piece))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
