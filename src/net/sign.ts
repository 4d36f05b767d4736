import { createHmac, timingSafeEqual } from 'node:crypto';
import { Secret } from '../core/base/secret.ts';

/** How a message is signed: in which format, and with which keys. Several keys: one of them is being replaced, and the receiver has either. */
export type Signing = { readonly format: 'bakewatch' | 'standard'; readonly secrets: readonly Secret[] };

/** The message that is signed. `id`: the same for each repetition. */
type SignedMessage = { readonly id: string; readonly body: string };

const standardPrefix = 'whsec_';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The headers that sign a message. Both formats cover the time, so that a receiver can refuse a replayed message. */
export function signatureHeaders({ format, secrets }: Signing, { id, body }: SignedMessage, at: number): Readonly<Record<string, string>> {
  if (format === 'bakewatch') return { 'bakewatch-signature': signature(secrets, body, at) };
  const seconds = Math.floor(at / 1_000);
  const digests = secrets.map((secret) => `v1,${hmac(standardKey(secret), `${id}.${seconds}.${body}`).toString('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': digests.join(' ') };
}

/** The value of the header `Bakewatch-Signature`: `t=<unix seconds>`, and for each secret `,v1=<hex HMAC-SHA256 of "t.body">`. */
export function signature(secrets: readonly Secret[], body: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  return [`t=${seconds}`, ...secrets.map((secret) => `v1=${digest(secret, seconds, body).toString('hex')}`)].join(',');
}

/**
 * Returns true if the header was made with this secret for exactly this body, at most `toleranceMs` (default: 5 minutes) before or after `at`.
 * Receivers do the same; `docs/how-to/receive-webhooks.md` shows it in other languages.
 */
export function isSigned(
  secret: Secret,
  { header, body }: { readonly header: string; readonly body: string },
  { at, toleranceMs = 300_000 }: { readonly at: number; readonly toleranceMs?: number },
): boolean {
  const match = /^t=(\d{1,15})((?:,v1=[0-9a-f]{64}){1,5})$/.exec(header);
  if (!match) return false;
  const seconds = Number(match[1]);
  if (Math.abs(at - seconds * 1_000) > toleranceMs) return false;
  const expected = digest(secret, seconds, body);
  const sent = (match[2] ?? '').split(',v1=').slice(1);
  return sent.some((hex) => timingSafeEqual(Buffer.from(hex, 'hex'), expected));
}

/** Whether a secret that begins with `whsec_` goes on as Standard Webhooks wants it: at least 16 bytes in base64. Every other text is fine. */
export function isStandardSecret(secret: Secret): boolean {
  const encoded = encodedKey(secret);
  return encoded === null || (base64.test(encoded) && Buffer.from(encoded, 'base64').length >= 16);
}

/** What must not be shown of a signature's keys: with the prefix and without it. */
export function secretsOfSigning({ secrets }: Signing): readonly Secret[] {
  return secrets.flatMap((secret) => {
    const encoded = encodedKey(secret);
    return encoded === null ? [secret] : [secret, new Secret(encoded)];
  });
}

function digest(secret: Secret, seconds: number, body: string): Buffer {
  return hmac(secret.reveal(), `${seconds}.${body}`);
}

/** The key of Standard Webhooks: the bytes that follow `whsec_` in base64; of every other secret, its text. */
function standardKey(secret: Secret): Buffer {
  const encoded = encodedKey(secret);
  return encoded === null ? Buffer.from(secret.reveal()) : Buffer.from(encoded, 'base64');
}

function encodedKey(secret: Secret): string | null {
  const text = secret.reveal();
  return text.startsWith(standardPrefix) ? text.slice(standardPrefix.length) : null;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
