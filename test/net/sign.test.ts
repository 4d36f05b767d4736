import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { isSigned, signature } from '../../src/net/sign.ts';

const secret = new Secret('a-key-of-sufficient-length');
const at = 1_700_000_000_500;
const body = '{"a":"ş"}';

describe('the signature', () => {
  test('is the HMAC of the time, a dot and the body', () => {
    const hex = createHmac('sha256', 'a-key-of-sufficient-length').update('1700000000.{"a":"ş"}').digest('hex');
    expect(signature(secret, body, at)).toBe(`t=1700000000,v1=${hex}`);
  });

  const header = signature(secret, body, at);
  test.for([
    { name: 'the same message', given: { header, body }, when: at, valid: true },
    { name: 'the same message four minutes later', given: { header, body }, when: at + 240_000, valid: true },
    { name: 'an old message', given: { header, body }, when: at + 301_000, valid: false },
    { name: 'a message from the future', given: { header, body }, when: at - 301_000, valid: false },
    { name: 'another body', given: { header, body: `${body} ` }, when: at, valid: false },
    { name: 'another time', given: { header: header.replace('t=17', 't=18'), body }, when: at, valid: false },
    { name: 'a shorter digest', given: { header: header.slice(0, -2), body }, when: at, valid: false },
    { name: 'no signature', given: { header: '', body }, when: at, valid: false },
  ])('$name: $valid', ({ given, when, valid }) => {
    expect(isSigned(secret, given, { at: when })).toBe(valid);
    expect(isSigned(new Secret('another-key-of-that-length'), given, { at: when })).toBe(false);
  });
});
