import { z } from 'zod';
import { SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';

/** An http or https URL that may hold a secret, as those of chat services do: it is never printed, and messages name its host only. */
export const HttpAddress = SecretText.refine(
  (url) => {
    const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : null;
    return parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  },
  { message: 'must be an http:// or https:// URL' },
);

/** Additional headers of a request; their values are secrets. Those that we set ourselves cannot be replaced. */
export const ExtraHeaders = z.record(
  z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a header name: letters, digits and - only')
    .refine((name) => !ours.has(name.toLowerCase()), { message: 'is a header that Bakewatch sets itself' }),
  SecretText.refine((value) => /^[ -~]+$/.test(value.reveal()), { message: 'must be one line of printable ASCII' }),
);

/** The key of a signature; a short one could be guessed from a single signed message. */
export const SigningSecret = SecretText.refine((secret) => secret.reveal().length >= 16, {
  message: 'must be at least 16 characters long, such as the output of `openssl rand -hex 32`',
});

const ours = new Set([
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
 * The parts of a URL that may be a secret: all of it, its user and password (as the header `Authorization` has them, too), and the longer pieces of its
 * path and query; as they are written, and as they are meant.
 */
export function secretsIn(address: Secret): readonly Secret[] {
  const url = new URL(address.reveal());
  const pair = `${decoded(url.username)}:${decoded(url.password)}`;
  const written = [url.password, url.username, ...url.pathname.split('/'), ...url.searchParams.values()];
  const pieces = [...written, ...written.map(decoded), Buffer.from(pair).toString('base64')];
  return [address, ...pieces.filter((piece) => piece.length >= 6).map((piece) => new Secret(piece))];
}

/** The value of a header, and the credentials in it without their scheme: a far side may name those alone. */
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
