import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../core/base/secret.ts';
import type { InboxCall } from '../../ports/inbox.ts';

const toleranceMs = 300_000;

/** Whether Slack signed exactly these bytes with this secret, at most five minutes before or after `at`. The limit prevents replays of a recorded call. */
export function isFromSlack(secret: Secret, { header, body, at }: InboxCall): boolean {
  const seconds = header('x-slack-request-timestamp') ?? '';
  const match = /^v0=([0-9a-f]{64})$/.exec(header('x-slack-signature') ?? '');
  if (match === null || !/^\d{1,12}$/.test(seconds)) return false;
  const expected = createHmac('sha256', secret.reveal()).update(`v0:${seconds}:`).update(body).digest();
  const matches = timingSafeEqual(Buffer.from(match[1] ?? '', 'hex'), expected);
  return matches && Math.abs(at - Number(seconds) * 1_000) <= toleranceMs;
}
