import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../core/base/secret.ts';
import type { InboxCall } from '../../ports/inbox.ts';

const toleranceMs = 300_000;

/**
 * Whether Slack signed exactly these bytes with this secret, not longer than five minutes before or after `at`: an old call may have been kept by
 * someone, and one of the future could be kept for later.
 */
export function isFromSlack(secret: Secret, { header, body, at }: InboxCall): boolean {
  const seconds = header('x-slack-request-timestamp') ?? '';
  const match = /^v0=([0-9a-f]{64})$/.exec(header('x-slack-signature') ?? '');
  if (match === null || !/^\d{1,12}$/.test(seconds)) return false;
  const expected = createHmac('sha256', secret.reveal()).update(`v0:${seconds}:`).update(body).digest();
  const isRight = timingSafeEqual(Buffer.from(match[1] ?? '', 'hex'), expected);
  return isRight && Math.abs(at - Number(seconds) * 1_000) <= toleranceMs;
}
