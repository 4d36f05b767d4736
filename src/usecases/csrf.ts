import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token that the forms of a session carry. Another site can make a browser send a form, but it cannot know this token. `secret`: that of the session, as
 * in `Identity.session`; it stays when the cookie is renewed, so that an open form still works.
 */
export function csrfToken(secret: string, sessionId: string): string {
  return createHmac('sha256', secret).update(`csrf ${sessionId}`).digest('base64url');
}

/** Whether a form carries the token of this session. The time that it takes says nothing about the token. */
export function isCsrfToken(text: unknown, secret: string, sessionId: string): boolean {
  if (typeof text !== 'string') return false;
  const [given, right] = [Buffer.from(text), Buffer.from(csrfToken(secret, sessionId))];
  return given.length === right.length && timingSafeEqual(given, right);
}
