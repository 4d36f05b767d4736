import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import { createAwsKeySource } from '../../src/net/aws-keys.ts';
import { type AwsKeys, signAwsRequest } from '../../src/net/aws-sign.ts';
import type { HttpRequest } from '../../src/net/http.ts';

// The facts of AWS' published test suite for Signature Version 4: the identity, the scope, the time, and the signature of each case.
const keys: AwsKeys = {
  accessKey: 'AKIDEXAMPLE',
  secretKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
  sessionToken: null,
};
const signing = { keys, region: 'us-east-1', service: 'service', at: Date.parse('2015-08-30T12:36:00Z') };
const host = 'https://example.amazonaws.com';
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

type PublishedCase = {
  readonly name: string;
  readonly request: Partial<HttpRequest>;
  readonly headers: string;
  readonly signature: string;
};
const published: readonly PublishedCase[] = [
  {
    name: 'get-vanilla',
    request: { url: `${host}/` },
    headers: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    request: { url: `${host}/?Param2=value2&Param1=value1` },
    headers: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'post-vanilla',
    request: { method: 'POST', url: `${host}/` },
    headers: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-x-www-form-urlencoded',
    request: { method: 'POST', url: `${host}/`, headers: form, body: 'Param1=value1' },
    headers: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
];

const signed = (request: Partial<HttpRequest>, options = signing): Promise<HttpRequest> =>
  signAwsRequest({ method: 'GET', url: `${host}/`, timeoutMs: 1_000, ...request }, options);

describe("AWS' Signature Version 4", () => {
  test.for(published)('signs the published case $name', async ({ request, headers, signature }) => {
    const result = await signed(request);
    expect(result.headers?.['x-amz-date']).toBe('20150830T123600Z');
    expect(result.headers?.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${headers}, Signature=${signature}`,
    );
  });

  test('signs text and the same bytes alike, and keeps the rest of the request', async () => {
    const text = await signed({ method: 'POST', headers: form, body: 'Param1=value1', maxBytes: 7 });
    const bytes = await signed({ method: 'POST', headers: form, bytes: new TextEncoder().encode('Param1=value1') });
    expect(bytes.headers?.authorization).toBe(text.headers?.authorization);
    expect(text).toMatchObject({ body: 'Param1=value1', maxBytes: 7, timeoutMs: 1_000 });
  });

  test('covers the session token and every header of AWS, and leaves to proxies what they change', async () => {
    const temporary = { ...signing, keys: { ...keys, sessionToken: new Secret('a-session') } };
    const headers = { 'X-Amz-Target': 'Service.Operation', 'User-Agent': 'bakewatch', accept: 'application/json' };
    const result = await signed({ headers }, temporary);
    expect(result.headers).toMatchObject({ 'x-amz-security-token': 'a-session', 'user-agent': 'bakewatch', accept: 'application/json' });
    expect(result.headers?.authorization).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,');
    const other = await signed({ headers: { ...headers, 'User-Agent': 'proxy' } }, temporary);
    expect(other.headers?.authorization).toBe(result.headers?.authorization);
  });
});

describe('the AWS credential chain', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('takes the keys of the environment', async () => {
    const variables = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a secret', AWS_SESSION_TOKEN: 'a session' };
    for (const [name, value] of Object.entries({ ...variables, AWS_PROFILE: '' })) vi.stubEnv(name, value);
    const found = await createAwsKeySource({})();
    expect([found.accessKey, found.secretKey.reveal(), found.sessionToken?.reveal()]).toEqual(['AKIDEXAMPLE', 'a secret', 'a session']);
    expect(JSON.stringify(found)).not.toMatch(/a secret|a session/);
  });

  test("takes a profile of AWS' files, keeps its temporary keys, and asks again when it must", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-aws-'));
    const count = join(folder, 'count');
    // A program prints keys that are good for an hour; each run has a new number.
    const expiry = new Date(Date.now() + 3_600_000).toISOString();
    const program = `echo x >> ${count}; printf '{"Version":1,"AccessKeyId":"AKID%s","SecretAccessKey":"s","Expiration":"${expiry}"}' $(wc -l < ${count})`;
    writeFileSync(join(folder, 'print'), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'config'), `[profile watch]\ncredential_process = ${join(folder, 'print')}\n`);
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    const keysNow = createAwsKeySource({ profile: 'watch' });
    const both = await Promise.all([keysNow(), keysNow()]);
    const asked = [...both, await keysNow(), await keysNow({ isFresh: true }), await keysNow()];
    rmSync(folder, { recursive: true });
    expect(asked.map(({ accessKey }) => accessKey)).toEqual(['AKID1', 'AKID1', 'AKID1', 'AKID2', 'AKID2']);
  });

  test('says that there are none', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    await expect(createAwsKeySource({ profile: 'nobody' })()).rejects.toThrow(/^no AWS credentials were found: /);
  });
});
