import { describe, expect, test } from 'vitest';
import { refusalOf, transportError, type Vendor, type VendorFault } from '../../providers/refusal.ts';
import { Secret } from '../../src/core/base/secret.ts';
import { HttpError, type HttpErrorKind } from '../../src/net/http-error.ts';

const vendor = (fault: VendorFault | null = null): Vendor => ({
  name: 'Acme',
  url: 'https://acme.example.com/api',
  secrets: [new Secret('hunter22')],
  hints: { 404: 'is the path right?' },
  tooLarge: 'ask for less',
  pauseMs: 2_000,
  readFault: () => fault,
});
const answer = (status: number, headers = {}) => ({ status, headers, text: '' });
const syntax = { kind: 'bad_query', message: 'unexpected )' } as const;
const late = { kind: 'timeout', message: 'took too long' } as const;
const strange = { kind: 'bad_response', message: 'E42' } as const;

describe('refusalOf', () => {
  test.for<readonly [number, VendorFault | null, string, string]>([
    [401, null, 'unauthorized', 'answered 401: it does not accept our credentials'],
    [401, syntax, 'unauthorized', 'answered 401: it does not accept our credentials'],
    [402, null, 'unauthorized', 'answered 402: it asks for payment'],
    [403, null, 'unauthorized', 'answered 403: it does not accept our credentials'],
    [429, syntax, 'rate_limited', 'answered 429: too many requests'],
    [500, null, 'unavailable', 'answered 500'],
    [500, syntax, 'unavailable', 'answered 500: unexpected )'],
    [503, late, 'timeout', 'answered 503: took too long'],
    [400, syntax, 'bad_query', 'refused the query: unexpected )'],
    [400, strange, 'bad_response', 'answered 400: this is not an answer of Acme'],
    [400, null, 'bad_response', 'answered 400: this is not an answer of Acme'],
    [404, null, 'bad_response', 'answered 404: is the path right?'],
    [302, null, 'bad_response', 'answered 302: redirects are not followed, write the final address'],
    [200, syntax, 'bad_query', 'refused the query: unexpected )'],
    [200, late, 'timeout', 'did not finish the query in time: took too long'],
    [200, strange, 'bad_response', 'reported an error of an unknown class: E42'],
    [200, { kind: 'unauthorized', message: 'no' }, 'unauthorized', 'denied access: no (it does not accept our credentials)'],
    [200, { kind: 'rate_limited', message: '' }, 'rate_limited', 'got too many requests'],
  ])('status %i with the fault %j is %s', ([status, fault, kind, message]) => {
    expect(refusalOf(answer(status), vendor(fault))).toMatchObject({ kind, message: `acme.example.com ${message}` });
  });

  test.for<readonly [number, object, number | undefined]>([
    [429, { 'retry-after': '7' }, 7_000],
    [429, {}, 2_000],
    [503, { 'retry-after': '7' }, 7_000],
    [503, {}, undefined],
  ])('status %i with the headers %j asks for a pause of %s ms', ([status, headers, retryAfterMs]) => {
    expect(refusalOf(answer(status, headers), vendor()).retryAfterMs).toBe(retryAfterMs);
  });

  test('the words of the server are one line of limited length, without our credentials', () => {
    const message = `key hunter22\n\u0007${'x'.repeat(1_000)}`;
    const error = refusalOf(answer(400), vendor({ kind: 'bad_query', message }));
    expect(error.message).toMatch(/^acme\.example\.com refused the query: key \[redacted\] x{200,300}…$/);
  });
});

test.for<readonly [HttpErrorKind, string, string]>([
  ['timeout', 'timeout', 'oops'],
  ['aborted', 'timeout', 'oops'],
  ['unreachable', 'unavailable', 'oops'],
  ['tls', 'unavailable', 'oops'],
  ['broken', 'unavailable', 'oops'],
  ['too_large', 'bad_response', 'oops: ask for less'],
])('a request that ended with %s is %s', ([httpKind, kind, message]) => {
  expect(transportError(new HttpError(httpKind, 'oops'), 'ask for less')).toMatchObject({ kind, message });
});
