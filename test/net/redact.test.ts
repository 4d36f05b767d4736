import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import { redact } from '../../src/net/redact.ts';
import { codePoint } from '../support/code-point.ts';

describe('redact', () => {
  test.for([
    { text: 'Authorization: Bearer abc.def.ghi', hidden: 'abc' },
    { text: 'curl: -H "Authorization: Basic dXNlcjpwYXNz" failed', hidden: 'dXNlcjpwYXNz' },
    { text: 'password=hunter2 user=shop', hidden: 'hunter2' },
    { text: '{"api_key": "hunter2", "a": 1}', hidden: 'hunter2' },
    { text: 'DB_PASSWORD="hunter2 with spaces"', hidden: 'hunter2' },
    { text: 'mysql --password hunter2', hidden: 'hunter2' },
    { text: 'postgres://shop:hunter2@db.internal/shop', hidden: 'hunter2' },
    { text: 'posting to https://hooks.slack.com/services/T000/B000/XXXXXXXX', hidden: 'XXXXXXXX' },
    { text: 'xoxb-1234567890-abcdef', hidden: '1234567890' },
    { text: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', hidden: 'abcdefghij' },
    { text: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP', hidden: 'dBjftJeZ4CVP' },
    { text: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\nrest', hidden: 'b3Blb' },
    { text: 'half a key: -----BEGIN RSA PRIVATE KEY-----\nb3BlbnNzaC1rZXk', hidden: 'b3Blb' },
  ])('hides what looks like a secret in $text', ({ text, hidden }) => {
    const clean = redact(text);
    expect(clean).not.toContain(hidden);
    expect(clean).toContain('[redacted]');
    expect(redact(clean)).toBe(clean);
  });

  test.for(['rolled back to v41', 'https://ci.example.com/runs/5', 'errors 4.2 % of 1,310 requests, tolerance 0.7 %'])(
    'leaves "%s" alone',
    (text) => expect(redact(text)).toBe(text),
  );

  test('no encoding of a given secret remains', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40, size: 'max', unit: codePoint }),
        fc.string(),
        fc.string(),
        (text, before, after) => {
          fc.pre(text.trim().length >= 6 && !'[redacted]'.includes(text));
          const forms = [
            text,
            JSON.stringify(text).slice(1, -1),
            encodeURIComponent(text),
            Buffer.from(text).toString('base64').replace(/=+$/, ''),
          ];
          for (const form of forms) expect(redact(`${before} ${form} ${after}`, [new Secret(text)])).not.toContain(form);
        },
      ),
    );
  });

  test('a hostile text does not make it slow', () => {
    const begun = performance.now();
    for (const unit of ['a', 'token', 'a.', '://', '-----BEGIN RSA PRIVATE KEY-----', 'eyJaaaaaaaa.', 'password:  ', 'bearer ']) {
      redact(unit.repeat(Math.ceil(100_000 / unit.length)), [new Secret('zzzzzzzz')]);
    }
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
