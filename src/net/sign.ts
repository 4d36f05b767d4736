import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../core/base/secret.ts';

/**
 * The value of the header `Bakewatch-Signature`: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. The signature covers the time, so that a receiver
 * can refuse a replayed message.
 */
export function signature(secret: Secret, body: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  return `t=${seconds},v1=${digest(secret, seconds, body).toString('hex')}`;
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
  const match = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header);
  if (!match) return false;
  const seconds = Number(match[1]);
  if (Math.abs(at - seconds * 1_000) > toleranceMs) return false;
  return timingSafeEqual(Buffer.from(match[2] ?? '', 'hex'), digest(secret, seconds, body));
}

function digest(secret: Secret, seconds: number, body: string): Buffer {
  return createHmac('sha256', secret.reveal()).update(`${seconds}.${body}`).digest();
}
