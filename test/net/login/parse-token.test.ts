import { expect, test } from 'vitest';
import { parseToken } from '../../../src/net/login/parse-token.ts';

const now = Date.parse('2026-11-01T12:00:00Z');
const inFiveMinutes = now + 300_000;
const jwt = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'sign'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const execCredential = (status: object | null) =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status });

test.for<readonly [string, string, string, number]>([
  ['the token alone', 'ya29.abc-DEF_~+/=\n', 'ya29.abc-DEF_~+/=', inFiveMinutes],
  ['a JWT, which names its end', jwt({ exp: now / 1_000 + 60 }), jwt({ exp: now / 1_000 + 60 }), now + 60_000],
  ['a JWT without an end', jwt({ sub: 'me' }), jwt({ sub: 'me' }), inFiveMinutes],
  ['three words with dots that are no JWT', 'a.b.c', 'a.b.c', inFiveMinutes],
  ['kubectl', execCredential({ token: 'abc', expirationTimestamp: '2026-11-01T13:00:00Z' }), 'abc', now + 3_600_000],
  ['kubectl without an end', execCredential({ token: 'abc' }), 'abc', inFiveMinutes],
  ['OAuth2', '{"access_token":"abc","expires_in":3599,"token_type":"Bearer"}', 'abc', now + 3_599_000],
  ['OAuth2 with seconds as text', '{"access_token":"abc","expires_in":"60"}', 'abc', now + 60_000],
  ['az', `{"accessToken":"abc","expiresOn":"2026-11-01 14:00:00.000000","expires_on":${now / 1_000 + 9}}`, 'abc', now + 9_000],
  ['az of old', '{"accessToken":"abc","expiresOn":"2026-11-01 14:00:00.000000"}', 'abc', inFiveMinutes],
])('reads %s', ([, text, token, expiresAt]) => {
  const found = parseToken(text, now);
  expect('fault' in found ? found : [found.secret.reveal(), found.expiresAt]).toEqual([token, expiresAt]);
});

test.for<readonly [string, string]>([
  ['', 'holds no token'],
  ['\n', 'holds no token'],
  ['{}', 'holds no token'],
  [execCredential(null), 'holds no token'],
  [execCredential({ token: '' }), 'holds no token'],
  ['{"access_token":7}', 'holds no token'],
  ['{"access_token":"a"', 'is not JSON'],
  ['Please log in:\nhttps://id.example.com', 'is not one word'],
  ['two words', 'is not one word'],
  ['tökén', 'is not one word'],
  [execCredential({ token: 'abc', expirationTimestamp: 'tomorrow' }), 'is not a time'],
  ['{"access_token":"abc","expires_in":"soon"}', 'is not a time'],
])('%j: %s', ([text, fault]) => {
  const found = parseToken(text, now);
  expect(found).toHaveProperty('fault', expect.stringContaining(fault));
});
