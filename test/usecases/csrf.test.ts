import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { csrfToken, isCsrfToken } from '../../src/usecases/csrf.ts';

const secret = randomBytes(32).toString('base64url');

test('a form of the session carries its token', () => {
  expect(isCsrfToken(csrfToken(secret, 'one'), secret, 'one')).toBe(true);
});

test.for([
  ['of another session', csrfToken(secret, 'two')],
  ['of another secret', csrfToken('guessed', 'one')],
  ['cut off', csrfToken(secret, 'one').slice(0, -1)],
  ['with the same letters in another case', csrfToken(secret, 'one').toUpperCase()],
  ['that is empty', ''],
  ['that is no text', ['x']],
  ['that is missing', undefined],
] as const)('a token %s is refused', ([, text]) => {
  expect(isCsrfToken(text, secret, 'one')).toBe(false);
});

test('the token reveals neither the secret nor the session', () => {
  const token = csrfToken(secret, 'a-session');
  expect(token).not.toContain(secret.slice(0, 8));
  expect(token).not.toContain('a-session');
});
