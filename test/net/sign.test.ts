import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import { isSigned, signature, signatureHeaders } from '../../src/net/sign.ts';

const secret = new Secret('a-key-of-sufficient-length');
const next = new Secret('the-key-that-comes-next-in-time');
const at = 1_700_000_000_500;
const body = '{"a":"ş"}';

describe('the signature', () => {
  test('is the HMAC of the time, a dot and the body', () => {
    const hex = createHmac('sha256', 'a-key-of-sufficient-length').update('1700000000.{"a":"ş"}').digest('hex');
    expect(signature([secret], body, at)).toBe(`t=1700000000,v1=${hex}`);
  });

  const header = signature([secret], body, at);
  test.for([
    { name: 'the same message', given: { header, body }, when: at, valid: true },
    { name: 'the same message four minutes later', given: { header, body }, when: at + 240_000, valid: true },
    { name: 'an old message', given: { header, body }, when: at + 301_000, valid: false },
    { name: 'a message from the future', given: { header, body }, when: at - 301_000, valid: false },
    { name: 'another body', given: { header, body: `${body} ` }, when: at, valid: false },
    { name: 'another time', given: { header: header.replace('t=17', 't=18'), body }, when: at, valid: false },
    {
      name: 'the same message, signed with another secret as well',
      given: { header: signature([next, secret], body, at), body },
      when: at,
      valid: true,
    },
    { name: 'a shorter digest', given: { header: header.slice(0, -2), body }, when: at, valid: false },
    { name: 'no signature', given: { header: '', body }, when: at, valid: false },
  ])('$name: $valid', ({ given, when, valid }) => {
    expect(isSigned(secret, given, { at: when })).toBe(valid);
    expect(isSigned(new Secret('another-key-of-that-length'), given, { at: when })).toBe(false);
  });
});

describe('the signature of Standard Webhooks', () => {
  const key = Buffer.from('twenty-four bytes of key');
  const encoded = `whsec_${key.toString('base64')}`;
  const headersFor = (...secrets: readonly string[]) =>
    signatureHeaders({ format: 'standard', secrets: secrets.map((text) => new Secret(text)) }, { id: 'bake-1:7:1:team', body }, Date.now());

  test('is accepted by the library, for whsec_ and base64 as well as for a text', () => {
    expect(new Webhook(encoded).verify(body, headersFor(encoded))).toEqual({ a: 'ş' });
    expect(new Webhook(secret.reveal(), { format: 'raw' }).verify(body, headersFor(secret.reveal()))).toEqual({ a: 'ş' });
  });

  test('is refused by the library for another key, body or id', () => {
    expect(() => new Webhook(secret.reveal(), { format: 'raw' }).verify(body, headersFor(encoded))).toThrow('No matching signature');
    expect(() => new Webhook(encoded).verify(`${body} `, headersFor(encoded))).toThrow('No matching signature');
    expect(() => new Webhook(encoded).verify(body, { ...headersFor(encoded), 'webhook-id': 'other' })).toThrow('No matching signature');
  });

  test('with two secrets is accepted by receivers that have either', () => {
    const headers = headersFor(encoded, secret.reveal());
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(new Webhook(encoded).verify(body, headers)).toEqual({ a: 'ş' });
    expect(new Webhook(secret.reveal(), { format: 'raw' }).verify(body, headers)).toEqual({ a: 'ş' });
  });
});

describe('the verification in the docs', () => {
  const page = readFileSync(new URL('../../docs/how-to/receive-webhooks.md', import.meta.url), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-docs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('in JavaScript, accepts what we sign and nothing else', async () => {
    writeFileSync(join(folder, 'verify.mjs'), /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    const { isFromBakewatch } = await import(pathToFileURL(join(folder, 'verify.mjs')).href);
    const header = signature([secret], body, Date.now());
    expect(isFromBakewatch(secret.reveal(), header, body)).toBe(true);
    expect(isFromBakewatch(secret.reveal(), header, `${body} `)).toBe(false);
    expect(isFromBakewatch('another key', header, body)).toBe(false);
    expect(isFromBakewatch(secret.reveal(), signature([secret], body, Date.now() - 400_000), body)).toBe(false);
    expect(isFromBakewatch(secret.reveal(), undefined, body)).toBe(false);
    const rotating = signature([next, secret], body, Date.now());
    expect([next, secret].map((one) => isFromBakewatch(one.reveal(), rotating, body))).toEqual([true, true]);
    expect(isFromBakewatch('another key', rotating, body)).toBe(false);
  });

  test.skipIf(spawnSync('python3', ['--version']).status !== 0)('in Python too', () => {
    const check = 'import sys\nprint(is_from_bakewatch(sys.argv[1], sys.argv[2], sys.argv[3].encode()))\n';
    writeFileSync(join(folder, 'verify.py'), `${/```python\n([\s\S]*?)```/.exec(page)?.[1] ?? ''}\n${check}`);
    const verify = (...args: string[]) => execFileSync('python3', [join(folder, 'verify.py'), ...args], { encoding: 'utf8' }).trim();
    const header = signature([secret], body, Date.now());
    const rotating = signature([next, secret], body, Date.now());
    expect([
      verify(secret.reveal(), header, body),
      verify(secret.reveal(), header, '{}'),
      verify('another key', header, body),
      verify(next.reveal(), rotating, body),
      verify(secret.reveal(), rotating, body),
      verify('another key', rotating, body),
    ]).toEqual(['True', 'False', 'False', 'True', 'True', 'False']);
  });

  test.skipIf(spawnSync('openssl', ['version']).status !== 0)('in a shell too', () => {
    const script = `${/```bash\n([\s\S]*?)```/.exec(page)?.[1] ?? ''}\nis_from_bakewatch "$@"`;
    const verify = (input: string, ...args: string[]) => spawnSync('bash', ['-c', script, 'bash', ...args], { input }).status;
    const header = signature([secret], body, Date.now());
    const old = signature([secret], body, Date.now() - 400_000);
    expect(verify(body, secret.reveal(), header)).toBe(0);
    const rotating = signature([next, secret], body, Date.now());
    expect([next, secret].map((one) => verify(body, one.reveal(), rotating))).toEqual([0, 0]);
    for (const status of [
      verify(`${body}\n`, secret.reveal(), header),
      verify(body, 'another key', header),
      verify(body, 'another key', rotating),
      verify(body, secret.reveal(), old),
      verify(body, secret.reveal(), ''),
    ]) {
      expect(status).toBe(1);
    }
  });
});
